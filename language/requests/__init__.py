"""Requests: what sentences ask for, a grammar for each kind of thing, and what they come to together."""
