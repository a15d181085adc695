"""What the product is about: tasks, notes, habits and their rules, in plain Python."""
