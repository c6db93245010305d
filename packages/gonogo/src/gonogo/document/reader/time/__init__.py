"""Spans of time, and what each of them means."""
