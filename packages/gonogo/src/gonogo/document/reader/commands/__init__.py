"""Fenced blocks: what they do, whether they run, what they should give."""
