"""A card for each gate: its last value, its limit and verdict, and its drawing."""

from html import escape

from gonogo.analysis.threshold import limit_text
from gonogo.model import event as events
from gonogo.model.plan import Holds
from gonogo.model.verdict import GateVerdict
from gonogo.report.evidence_gates import Series, last_text, series_of
from gonogo.report.filling import deciding
from gonogo.report.gate_course import course_of
from gonogo.report.history import History
from gonogo.report.html_blocks import mark_html, ref_html
from gonogo.report.plots import plot_svg


def gates_html(history: History) -> str:
    """Return the cards of the gates that were judged; '' when none was."""
    judged = [series for series in series_of(history) if series.taken]
    cards = [_card(history, series, f"plot-{n}") for n, series in enumerate(judged)]
    return f'<div class="gates">{"".join(cards)}</div>' if cards else ""


def _card(history: History, series: Series, name: str) -> str:
    gate = series.gate
    last, found = series.taken[-1]
    value = last_text(series)
    _, decisive = deciding(series.taken)
    holds = "limit" if gate.holds is Holds.MUST else "must not be"
    tripped = any(e.event.gate == gate.id for e in history.of(events.RolloutAborted))
    badge = ' <strong class="trip">tripped</strong>' if tripped else ""
    return (
        f'<article class="gate {found.verdict.outcome.value}">'
        f"<h3>{escape(gate.title)}</h3>"
        f'<p class="value">{escape(value)} {mark_html(found.verdict.outcome)}{badge}</p>'
        f"{_drawing(history, series, name)}{_reasons(decisive)}"
        f'<p class="limit">{holds} {escape(limit_text(gate.condition))} · '
        f'<a class="line" href="#L{gate.line}">line {gate.line}</a> · '
        f"{len(series.taken)} looks, last {ref_html(last.seq)}</p></article>"
    )


def _drawing(history: History, series: Series, name: str) -> str:
    """Return the drawing within what lets a narrow screen scroll; '' for no curve."""
    svg = plot_svg(course_of(history, series), name)
    return f'<div class="plot" tabindex="0">{svg}</div>' if svg else ""


def _reasons(found: GateVerdict) -> str:
    """Return what evidence was found: one value alone does not say it."""
    if found.finding is None:
        return ""
    return f'<p class="limit">{escape(" ".join(map(_sentence, found.verdict.reasons)))}</p>'


def _sentence(reason: str) -> str:
    return reason if reason.endswith(".") else f"{reason}."
