"""Times: the grammar that reads the words for time."""
