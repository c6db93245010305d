"""Thresholds as one grammar, and the gates and triggers that state them."""
