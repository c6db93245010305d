"""Change windows in words: when one opens, for how long, where, and when it does not."""

from gonogo.model.window import ANCHOR, ChangeWindow
from gonogo.report.wording import span_text


def window_text(window: ChangeWindow) -> str:
    """Return a window in one line."""
    start = "" if window.start == ANCHOR else f", counted from {window.start}"
    closed = f", closed on {_days(window)}" if window.closed else ""
    span = span_text(window.duration)
    return f"{window.rule} for {span}, {window.zone}{start}{closed}"


def _days(window: ChangeWindow) -> str:
    """Return the closed days: a few by name, of many the number and both ends."""
    days = [day.isoformat() for day in window.closed]
    few = len(days) <= 4  # noqa: PLR2004  # as many as fit on a line
    return ", ".join(days) if few else f"{len(days)} days, {days[0]} to {days[-1]}"
