"""The durations of bindings: `90s 5m 24h 2d 1w 1h30m`, or ISO 8601 (`PT24H`)."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SHORT = re.compile(r"(?:\d{1,6}(?:\.\d{1,3})?\s*[wdhms]\s*)+", re.IGNORECASE)
_PART = re.compile(
    r"(?P<number>\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>[wdhms])", re.IGNORECASE
)
_ISO = re.compile(
    r"P(?=[\dT])(?:\d{1,6}W)?(?:\d{1,6}D)?"
    r"(?:T(?=\d)(?:\d{1,6}H)?(?:\d{1,6}M)?(?:\d{1,6}(?:\.\d{1,3})?S)?)?",
    re.IGNORECASE,
)


def duration(text: str) -> timedelta | None:
    """Return the span that a binding states; None where it is none."""
    text = text.strip()
    if not (_SHORT.fullmatch(text) or _ISO.fullmatch(text)):
        return None
    parts = _PART.finditer(text)
    spans = (
        timedelta(**{_UNITS[p["unit"].lower()]: float(p["number"])}) for p in parts
    )
    return sum(spans, timedelta())


def said(span: timedelta) -> str:
    """Return a span as people write it: '24h', '1h 30m', '90s'."""
    seconds = round(span.total_seconds())
    if seconds and seconds < 120 and seconds % 60:  # noqa: PLR2004
        return f"{seconds}s"
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return " ".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
