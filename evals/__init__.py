"""How good it is, and how fast."""
