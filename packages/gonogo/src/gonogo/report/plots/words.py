"""What a plot shows, in words: for those who cannot see it, and for its labels."""

from datetime import datetime

from gonogo.analysis.figures import odds_text
from gonogo.model.verdict import Outcome
from gonogo.report.plots.plot import Look, Plot, last_of
from gonogo.report.wording import instant_text, number_text, span_text, value_text


def description(plot: Plot) -> str:
    """Return everything that the drawing says, in a few sentences."""
    said = [
        _values(plot),
        f"Limit {plot.limit_text}.",
        _baseline(plot),
        _unread(plot),
        _evidence(plot),
        _held(plot),
        _moment(plot),
    ]
    return " ".join(each for each in said if each)


def evidence_text(look: Look) -> str:
    """Return how far the evidence has come, as '1.4 of 40'; '' for the plain judge."""
    if look.against is None:
        return ""
    so_far = odds_text(look.against)
    return f"{so_far} of {odds_text(look.bar)}" if look.bar else so_far


def clock_text(at: datetime) -> str:
    """Return the time of day, as '14:02:07Z'."""
    return instant_text(at)[11:]


def count_text(count: int, one: str) -> str:
    """Return a count with its noun."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def _values(plot: Plot) -> str:
    values = [look.value for look in plot.looks if look.value is not None]
    looks = count_text(len(plot.looks), "look")
    when = f"{looks} from {instant_text(plot.start)} to {instant_text(plot.end)}"
    if not values:
        return f"{when}, none with a number."
    low, high = number_text(min(values)), number_text(max(values))
    control = last_of([look.control for look in plot.looks])
    beside = f"; control last {_value(plot, control)}" if control is not None else ""
    return f"{when}: {low} to {high}, last {_value(plot, values[-1])}{beside}."


def _baseline(plot: Plot) -> str:
    if plot.baseline is None:
        return ""
    return f"Baseline before the change {_value(plot, plot.baseline)}."


def _unread(plot: Plot) -> str:
    parts = []
    for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE):
        count = sum(look.outcome is outcome for look in plot.looks)
        parts += [f"{count} {outcome.value}"] if count else []
    return f"Not passing: {', '.join(parts)}." if parts else ""


def _evidence(plot: Plot) -> str:
    judged = [look for look in plot.looks if look.against is not None]
    if not judged:
        return ""
    needed = " needed" if judged[-1].bar else ""
    return f"Evidence against the change, last {evidence_text(judged[-1])}{needed}."


def _held(plot: Plot) -> str:
    spans = [span_text(each.end - each.start) for each in plot.holds[-3:]]
    return f"Held for {', '.join(spans)}." if spans else ""


def _moment(plot: Plot) -> str:
    moment = plot.moment
    return f"{moment.words} at {instant_text(moment.at)}." if moment else ""


def _value(plot: Plot, value: float) -> str:
    return value_text(value, plot.unit)
