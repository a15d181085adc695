"""What the model may do: one act a function."""
