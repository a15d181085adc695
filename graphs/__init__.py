"""How things proceed: the state machines."""
