"""Search at scale: a built collection of many people, how fast and how complete it is searched, and what limits it."""
