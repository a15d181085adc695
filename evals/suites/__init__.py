"""Suites of public data: each answers, scores and sums up any file of its shape."""
