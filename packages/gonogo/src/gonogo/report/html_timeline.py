"""
The timeline: stages as bars over the time of the plan, drawn as one inline SVG.

What a bar was waiting for is told by its pattern, not by its colour alone: stripes for
people, dots for a soak, a crosshatch for the rollback.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from gonogo.model import event as events
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Soak
from gonogo.report.evidence_stages import ended, entered
from gonogo.report.history import Entry, History
from gonogo.report.status_stages import StageMark, mark_of
from gonogo.report.wording import instant_text, one_line, span_text

_LEFT, _WIDTH, _RIGHT, _ROW, _TOP = 270, 630, 140, 34, 30
_TOTAL = _LEFT + _WIDTH + _RIGHT
# Shorter bars could not be seen.
_LEAST = 3.0
_TICKS = 6
_STEPS_S = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 14_400, 21_600, 43_200),
    *(86_400, 172_800, 432_000, 864_000, 2_592_000, 8_640_000),
)
_SIGNS = {
    StageMark.DONE: "✓ done",
    StageMark.CURRENT: "… under way",
    StageMark.PENDING: "not reached",
    StageMark.STOPPED: "✗ stopped",
    StageMark.ROLLING_BACK: "↩ rolling back",
    StageMark.ROLLED_BACK: "↩ rolled back",
    StageMark.BY_HAND: "⚠ by hand",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of time; `kind` is a class of the style sheet."""

    kind: str
    start: datetime
    end: datetime
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A stage, or the rollback: its name, where it stands, and its bars."""

    name: str
    state: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From instants to the columns of the drawing."""

    start: datetime
    span: timedelta

    def x(self, at: datetime) -> float:
        """Return the column of an instant."""
        share = (at - self.start) / self.span if self.span else 0.0
        return _LEFT + _WIDTH * min(max(share, 0.0), 1.0)


def timeline_svg(history: History) -> str:
    """Return the drawing; the table of the stages says the same in words."""
    rows = tuple(_rows(history))
    start, end = history.started.at, history.last_at
    scale = Scale(start=start, span=end - start)
    height = _TOP + _ROW * len(rows) + 8
    body = "".join(_row(scale, index, row) for index, row in enumerate(rows))
    words = "; ".join(f"{row.name}: {row.state}" for row in rows)
    return (
        f'<svg class="timeline" viewBox="0 0 {_TOTAL} {height}" role="img" '
        f'aria-label="{escape(f"Timeline of the stages. {words}.")}">'
        f"{_PATTERNS}{_axis(scale, height)}{body}</svg>\n{_LEGEND}"
    )


def _rows(history: History) -> Iterator[Row]:
    for index, stage in enumerate(history.plan.stages):
        begin, end = entered(history, stage), ended(history, stage)
        until = end.at if end else history.last_at
        mark = mark_of(history.state, index)
        bars: list[Bar] = []
        if begin is not None:
            took = span_text(until - begin.at)
            bars.append(_bar("stage", begin.at, until, f"{stage.title}: {took}"))
            own = {step.id: step.title for step in stage.steps}
            bars.extend(_soaks(history, own, until))
            bars.extend(_waits(history, own, until))
        yield Row(name=stage.title, state=_SIGNS[mark], bars=tuple(bars))
    yield from _rollback(history)
    yield from _pauses(history)


def _bar(kind: str, start: datetime, end: datetime, title: str) -> Bar:
    times = f"{instant_text(start)} to {instant_text(end)}"
    return Bar(kind=kind, start=start, end=end, title=f"{title} ({times})")


def _soaks(history: History, own: dict[StepId, str], until: datetime) -> Iterator[Bar]:
    """Yield each soak from its beginning to its proof, or to where it was cut off."""
    soaks = {s.id for s in history.state.plan_steps() if isinstance(s, Soak)}
    done = {e.event.step: e.at for e in history.of(events.StepCompleted)}
    for entry in history.of(events.StepStarted):
        step = entry.event.step
        if step in own and step in soaks:
            end = done.get(step, until)
            yield _bar(
                "soak", entry.at, end, f"Soak: {own[step]}, {span_text(end - entry.at)}"
            )


def _waits(history: History, own: dict[StepId, str], until: datetime) -> Iterator[Bar]:
    """Yield the stretches in which people were waited for."""
    ends: dict[str, datetime] = {}
    said: list[Entry[_Word]] = [
        *history.of(events.ApprovalGiven),
        *history.of(events.ApprovalRefused),
        *history.of(events.ApprovalTimedOut),
    ]
    ends.update((entry.event.step, entry.at) for entry in said)
    for asked in history.of(events.ApprovalAsked):
        if asked.event.step in own:
            end = max(ends.get(asked.event.step, until), asked.at)
            words = f"Waiting for {asked.event.role}, {span_text(end - asked.at)}"
            yield _bar("people", asked.at, end, words)
    closed = _closings(history)
    for question in history.of(events.QuestionAsked):
        if question.event.subject in own:
            end = closed.get(question.event.question, until)
            words = one_line(f"Waiting for an answer: {question.event.text}")
            yield _bar("people", question.at, max(end, question.at), words)


_Word = events.ApprovalGiven | events.ApprovalRefused | events.ApprovalTimedOut


def _closings(history: History) -> dict[str, datetime]:
    said: list[Entry[events.QuestionAnswered | events.QuestionWithdrawn]] = [
        *history.of(events.QuestionAnswered),
        *history.of(events.QuestionWithdrawn),
    ]
    return {entry.event.question: entry.at for entry in said}


def _rollback(history: History) -> Iterator[Row]:
    for began in history.of(events.RolloutAborted):
        over = next(iter(history.of(events.RolledBack)), None)
        end = over.at if over else history.last_at
        left = len(over.event.handed_over) if over else 0
        state = f"⚠ {left} by hand" if left else "↩ over" if over else "… under way"
        title = f"Rollback: {span_text(end - began.at)}"
        bar = _bar("rollback", began.at, end, title)
        yield Row(name="Rollback", state=state, bars=(bar,))


def _pauses(history: History) -> Iterator[Row]:
    resumed = [entry.at for entry in history.of(events.RolloutResumed)]
    resumed += [entry.at for entry in history.of(events.RolloutAborted)]
    bars = tuple(
        _bar("people", entry.at, end, f"Paused by {entry.event.by.name}")
        for entry in history.of(events.RolloutPaused)
        for end in [min((a for a in resumed if a >= entry.at), default=history.last_at)]
    )
    if bars:
        yield Row(name="Paused", state=f"{len(bars)} times", bars=bars)


def _row(scale: Scale, index: int, row: Row) -> str:
    top = _TOP + _ROW * index
    name = escape(one_line(row.name, 34))
    middle = top + _ROW / 2 + 4
    bars = "".join(_rect(scale, top, bar) for bar in row.bars)
    track = f'<line class="track" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{top + _ROW}" y2="{top + _ROW}"/>'
    return (
        f'{track}<text class="name" x="{_LEFT - 12}" y="{middle}">{name}</text>{bars}'
        f'<text class="state" x="{_LEFT + _WIDTH + 12}" y="{middle}">'
        f"{escape(row.state)}</text>"
    )


def _rect(scale: Scale, top: float, bar: Bar) -> str:
    start = scale.x(bar.start)
    width = max(scale.x(bar.end) - start, _LEAST)
    start = min(start, _LEFT + _WIDTH - width)
    return (
        f'<rect class="bar {bar.kind}" x="{start:.1f}" y="{top + 7}" '
        f'width="{width:.1f}" height="{_ROW - 14}" rx="2">'
        f"<title>{escape(bar.title)}</title></rect>"
    )


def _axis(scale: Scale, height: float) -> str:
    total = scale.span.total_seconds()
    step = next((s for s in _STEPS_S if total / s <= _TICKS), _STEPS_S[-1])
    ticks = []
    for number in range(int(total // step) + 1):
        x = scale.x(scale.start + timedelta(seconds=number * step))
        label = span_text(timedelta(seconds=number * step)) if number else "start"
        ticks.append(
            f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" '
            f'y2="{height - 4}"/>'
            f'<text class="label" x="{x:.1f}" y="{_TOP - 12}">{label}</text>'
        )
    return "".join(ticks[: _TICKS + 2])


_PATTERNS = """<defs>
<pattern id="p-people" width="7" height="7" patternUnits="userSpaceOnUse" \
patternTransform="rotate(45)"><rect class="p-people-bg" width="7" height="7"/>\
<rect class="p-people-fg" width="3" height="7"/></pattern>
<pattern id="p-soak" width="7" height="7" patternUnits="userSpaceOnUse">\
<rect class="p-soak-bg" width="7" height="7"/>\
<circle class="p-soak-fg" cx="3.5" cy="3.5" r="1.4"/></pattern>
<pattern id="p-rollback" width="8" height="8" patternUnits="userSpaceOnUse">\
<rect class="p-rollback-bg" width="8" height="8"/>\
<path class="p-rollback-fg" d="M0 0 L8 8 M8 0 L0 8"/></pattern>
</defs>"""

_LEGEND = (
    '<p class="legend" aria-hidden="true">'
    + " ".join(
        f'<span><svg viewBox="0 0 26 14" width="26" height="14">'
        f'<rect class="bar {kind}" x="0.5" y="0.5" width="25" height="13" rx="2"/>'
        f"</svg> {words}</span>"
        for kind, words in (
            ("stage", "steps of the stage"),
            ("people", "waiting for people"),
            ("soak", "soak, gates judged"),
            ("rollback", "rollback"),
        )
    )
    + "</p>"
)
