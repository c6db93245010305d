"""Judging: pure functions from what was measured to a verdict with its reasons."""
