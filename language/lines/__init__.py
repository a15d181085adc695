"""A line of text read as a task, part by part: labels, priority, timing, mentions, and the title that is left."""
