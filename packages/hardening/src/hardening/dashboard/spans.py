"""Spans: seconds, as people read them at a glance."""

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def span(seconds: float | None) -> str:
    """Return a span in its two largest units: '3 min 20 s', '45 ms'; a dash for none."""
    if seconds is None:
        return "–"  # noqa: RUF001 - a dash, for people
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < _MINUTE_S:
        return f"{seconds:.3g} s"
    return _long(int(seconds))


def at_most(seconds: float | None) -> str:
    """Return an upper bound of a bucket: '≤ 50 ms'; the last one has none: '> 10 s'."""
    if seconds is None:
        return span(None)
    if seconds == float("inf"):
        return "beyond the last bucket"
    return f"≤ {span(seconds)}"


def _long(seconds: int) -> str:
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S} min {seconds % _MINUTE_S} s"
    if seconds < _DAY_S:
        return f"{seconds // _HOUR_S} h {seconds % _HOUR_S // _MINUTE_S} min"
    return f"{seconds // _DAY_S} d {seconds % _DAY_S // _HOUR_S} h"
