"""The rows that wake-ups leave, which tell how late each was; and how all are run."""

TABLE = """
CREATE TABLE woken (rollout integer NOT NULL, due float8 NOT NULL, at float8 NOT NULL)
"""
"""`due` and `at` in seconds of the epoch, by the worker's clock."""

BATCH = 50
"""So many are taken at once."""

AT_ONCE = 8
"""So many are worked on at once, where a worker can; two cores need no more."""

POLL_S = 0.02
"""Between two looks of a worker for what has become due."""

Due = list[tuple[int, float]]
"""Rollouts, and when each is to be woken first."""
