"""Faults: real servers under load, killed, cut off and cancelled at random points, and what became of every effect."""
