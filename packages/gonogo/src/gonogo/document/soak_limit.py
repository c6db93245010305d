"""When a soak that does not complete calls a person, where nothing says it."""

from datetime import timedelta

_LEAST = timedelta(minutes=10)


def soak_limit(duration: timedelta) -> timedelta:
    """Return twice the duration, ten minutes at least."""
    return max(2 * duration, _LEAST)
