"""
The picture of a rollout: one screen that says where it stands and what comes next.

Pure: a status and the size of the screen in, lines of text out. Symbols and words say
everything; colours only repeat it. When the screen is low, what is past goes first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.text import Text

from gonogo.decision.transitions import Phase
from gonogo.entrypoints.cli.columns import bar, column
from gonogo.entrypoints.cli.output import safe
from gonogo.entrypoints.cli.phases import PHASES
from gonogo.entrypoints.cli.picture_gates import gate_lines
from gonogo.entrypoints.cli.waiting import waiting_lines
from gonogo.report.status import SoakStatus, Status
from gonogo.report.status_stages import StageMark, StageStatus
from gonogo.report.wording import later_text, one_line, span_text

MARKS = {
    StageMark.PENDING: ("○", "dim"),
    StageMark.CURRENT: ("▶", "bold"),
    StageMark.DONE: ("✓", "green"),
    StageMark.STOPPED: ("■", "yellow"),
    StageMark.ROLLING_BACK: ("↩", "bold yellow"),
    StageMark.ROLLED_BACK: ("↩", "yellow"),
    StageMark.BY_HAND: ("!", "bold cyan"),
}
STEP_WORDS = {
    "action": "runs",
    "check": "looks",
    "question": "asks",
    "approval": "asks for consent",
    "soak": "holds",
    "baseline": "measures",
}
FEWEST_STAGES = 3


@dataclass(frozen=True, slots=True)
class Screen:
    """The room that a picture has, in columns and lines."""

    width: int
    height: int


def picture(
    status: Status, screen: Screen, *, footer: str = "", chart: Sequence[str] = ()
) -> list[Text]:
    """
    Return the lines of a picture, not more than the screen holds.

    None is wider but the commands to type: these wrap rather than being cut.

    Args:
        status: Where the rollout stands.
        screen: Its room.
        footer: What the keys do here, or that nobody runs it.
        chart: Lines of a gate's chart, which stand there only while all else fits.
    """
    head = list(_head(status))
    present = [*_step(status), *gate_lines(status, screen.width), *_undos(status)]
    wanted = [*_waiting(status), *_next(status, footer)]
    rows = sum(-(-line.cell_len // screen.width) or 1 for line in wanted)
    room = screen.height - len(head) - len(present) - rows
    if chart and room > len(status.stages) + len(chart):
        present += [Text(), *(Text(safe(line)) for line in chart)]
        room -= len(chart) + 1
    stages = _timeline(status, max(room, FEWEST_STAGES), screen.width)
    fitted = (_fitted(line, screen.width) for line in (*head, *stages, *present))
    return [*fitted, *wanted][: screen.height]


def _fitted(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    return line


def _head(status: Status) -> Iterator[Text]:
    yield Text(safe(status.title), "bold")
    word, style = PHASES[status.phase]
    if status.paused is not None and status.phase is Phase.RUNNING:
        word, style = "‖ PAUSED", "bold cyan"
    elif status.frozen:
        word, style = "❄ FROZEN", "bold cyan"
    line = Text.assemble((word, style), f"  {status.rollout}")
    line.append(f"  {span_text(_whole(status.elapsed))}", "dim")
    yield line
    if status.aborted is not None:
        reason = one_line(safe(status.aborted.reason), 400)
        yield Text(f"  because {reason}", "yellow")
    yield from _held(status)
    yield Text()


def _held(status: Status) -> Iterator[Text]:
    """Say what keeps the rollout from going on: freezes, and a change window."""
    for freeze in status.frozen:
        reason = one_line(safe(f": {freeze.reason}" if freeze.reason else ""), 200)
        who = f"{safe(freeze.by)} froze {safe(freeze.scope)}"
        yield Text(f"  frozen  {who}{reason}", "cyan")
    if status.window is not None:
        opens = status.window.opens_at
        when = (
            f"opens {later_text(opens, after=status.now)}" if opens else "never opens"
        )
        title = one_line(safe(status.window.stage), 50)
        yield Text(f"  waits for the change window of '{title}': it {when}", "cyan")


def _timeline(status: Status, room: int, width: int) -> Iterator[Text]:
    stages = status.stages
    first, last = _window(stages, room)
    if first:
        yield Text(f"  … {first} before", "dim")
    for stage in stages[first:last]:
        yield _stage(stage, width)
    if last < len(stages):
        yield Text(f"  … {len(stages) - last} to come", "dim")


def _window(stages: Sequence[StageStatus], room: int) -> tuple[int, int]:
    """Return which stages to show: the current one, and as many around as fit."""
    if len(stages) <= room:
        return 0, len(stages)
    shown = max(room - 2, 1)
    begun = [number for number, stage in enumerate(stages) if stage.started_at]
    current = begun[-1] if begun else 0
    before = 1 if shown > 1 else 0
    first = max(0, min(current - before, len(stages) - shown))
    return first, first + shown


def _stage(stage: StageStatus, width: int) -> Text:
    symbol, style = MARKS[stage.state]
    begun = stage.started_at is not None
    lasted = span_text(_whole(stage.duration)) if begun else ""
    told = stage.state not in {StageMark.DONE, StageMark.CURRENT, StageMark.PENDING}
    word = stage.state.value if told else f"{stage.done}/{stage.steps}"
    title = column(stage.title, max(width - 30, 10))
    return Text(f"{symbol} {title} {word:>12} {lasted:>12}", style)


def _step(status: Status) -> Iterator[Text]:
    step = status.step
    if step is None:
        return
    yield Text()
    elapsed = f"  {span_text(_whole(step.elapsed))}" if step.started_at else ""
    attempt = f", attempt {step.attempt}" if step.attempt > 1 else ""
    yield Text.assemble(
        (f"now {STEP_WORDS[step.kind]}  ", "bold"),
        f"{one_line(safe(step.title), 60)} (line {step.line}){attempt}",
        (elapsed, "cyan"),
    )
    if status.soak is not None and status.soak.required:
        yield from _soak(status.soak, status.now)


def _soak(soak: SoakStatus, now: datetime) -> Iterator[Text]:
    share = soak.held / soak.required
    held = f"{span_text(_whole(soak.held))} of {span_text(soak.required)}"
    line = Text.assemble(
        (f"  {bar(share)} ", "cyan"), f"{int(share * 100):>3} %  {held}"
    )
    if soak.ends_at is not None:
        line.append(f", until {later_text(soak.ends_at, after=now)}", "dim")
    yield line
    if soak.since is None:
        yield Text(f"  ? does not count yet: {one_line(safe(soak.doubt))}", "yellow")


def _undos(status: Status) -> Iterator[Text]:
    if status.phase not in {Phase.ROLLING_BACK, Phase.ROLLED_BACK} or not status.undos:
        return
    symbols = {
        "armed": ("○", "dim"),
        "under_way": ("↩", "bold yellow"),
        "undone": ("✓", "green"),
        "handed_over": ("!", "bold cyan"),
    }
    yield Text()
    yield Text("way back, newest first", "bold")
    for undo in status.undos:
        symbol, style = symbols[undo.phase.value]
        word = undo.phase.value.replace("_", " ")
        reason = f": {one_line(safe(undo.reason))}" if undo.reason else ""
        title = one_line(safe(undo.title), 50)
        yield Text(f"{symbol} {word:<11} {title} (line {undo.line}){reason}", style)


def _waiting(status: Status) -> Iterator[Text]:
    lines = list(waiting_lines(status))
    if not lines:
        return
    yield Text()
    yield Text("! waits for", "bold cyan")
    for line in lines:
        yield Text(f"  {safe(line)}", "" if line.startswith(" ") else "cyan")


def _next(status: Status, footer: str) -> Iterator[Text]:
    yield Text()
    parts = []
    if status.next_wake_at is not None and status.phase is Phase.RUNNING:
        left = max(status.next_wake_at - status.now, timedelta())
        parts.append(f"next look in {span_text(_whole(left))}")
    if footer:
        parts.append(footer)
    yield Text(" · ".join(parts), "dim")


def _whole(span: timedelta) -> timedelta:
    """Return a span in whole seconds: a running tenth is only unrest."""
    return timedelta(seconds=int(span.total_seconds()))
