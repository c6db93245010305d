"""Wording: instants and amounts of a simulation, as a person reads them."""

from datetime import datetime, timedelta

from gonogo.simulation.result import Exposed

_THOUSAND = 1000


def day_text(at: datetime, start: datetime) -> str:
    """Return an instant counted from the start: 'day 2 03:00:11' is 27 hours in."""
    gone = max(at - start, timedelta())
    hours, rest = divmod(gone.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"day {gone.days + 1} {hours:02}:{minutes:02}:{seconds:02}"


def exposed_text(exposed: Exposed) -> str:
    """Return exposed time: in user-minutes, or as minutes of all users."""
    if exposed.user_minutes is None:
        return f"as much as {_amount(exposed.full_minutes)} minutes of all users"
    return f"{_amount(exposed.user_minutes)} user-minutes"


def short_exposed_text(exposed: Exposed) -> str:
    """Return exposed time for a narrow column."""
    known = exposed.user_minutes
    return _amount(exposed.full_minutes if known is None else known)


def _amount(number: float) -> str:
    if number >= _THOUSAND or number == int(number):
        return f"{number:,.0f}"
    return f"{number:.3g}"
