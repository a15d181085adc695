"""Takes a turn and tells what happens."""
