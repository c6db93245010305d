"""The durations of bindings: `90s 5m 24h 2d 1w 1h30m`, or ISO 8601 (`PT24H`)."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_NUMBER = r"\d{1,6}(?:\.\d{1,6})?"
_SHORT_PART = rf"{_NUMBER}\s*[wdhmsWDHMS]"
_SHORT = rf"{_SHORT_PART}(?:\s*{_SHORT_PART})*"
_ISO = (
    r"[Pp](?=[\dTt])(?:\d{1,6}[Ww])?(?:\d{1,6}[Dd])?"
    rf"(?:[Tt](?=\d)(?:\d{{1,6}}[Hh])?(?:\d{{1,6}}[Mm])?(?:{_NUMBER}[Ss])?)?"
)
_PART = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>[wdhms])", re.IGNORECASE)

PATTERN = rf"^\s*(?:{_SHORT}|{_ISO})\s*$"
"""What a duration looks like, as JSON Schemas say it too."""


def duration(text: str) -> timedelta | None:
    """Return the span that a binding states; None where it is none."""
    if not re.fullmatch(PATTERN, text):
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
