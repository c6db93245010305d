"""A simulation on screen: the world, the timeline, the picture, and what it comes to."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from gonogo.decision import RolloutState, evolve
from gonogo.entrypoints.cli.line import Line
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.telling import Teller
from gonogo.report.wording import number_text, span_text
from gonogo.simulation.result import Asked, Breach, Ending, Simulation, UndoFound, peak
from gonogo.simulation.script import Text
from gonogo.simulation.wording import day_text, exposed_text

OTHERWISE = (
    "Otherwise every metric is healthy, every look, action and undo works, and people "
    "answer and approve at once."
)
LONGEST = 100
"""So many lines of a timeline are shown; of a longer one its two ends."""
FEWEST_WAIT = timedelta(seconds=1)
MOST_WAITS = 12
ENDINGS = {
    Ending.COMPLETED: ("✓ COMPLETED", "bold green"),
    Ending.ROLLED_BACK: ("↩ ROLLED BACK", "bold yellow"),
    Ending.WAITING: ("! WAITS", "bold cyan"),
    Ending.CUT_SHORT: ("? NOT OVER", "bold yellow"),
}


def show(page: Page, found: Simulation, texts: Sequence[Text], *, full: bool) -> None:
    """Print a simulation: first the world, last what it comes to."""
    head(page, found, texts)
    page.heading("Timeline")
    _timeline(page, found, full=full)
    _picture(page, found)
    page.heading("What it comes to")
    _ending(page, found)
    if found.breach is not None:
        _breach(page, found, found.breach)
    _exposed(page, found)
    _undos(page, found.undos)
    _people(page, found)
    notes(page, found)


def _picture(page: Page, found: Simulation) -> None:
    """Print the picture, on a terminal."""
    if type(page) is Page:
        return
    # Not at the top: a pipe need not wait for what only a terminal shows.
    from gonogo.entrypoints.cli.simulated_picture import picture_of  # noqa: PLC0415

    for row in picture_of(page, found):
        page.row("", row)


def head(page: Page, found: Simulation, texts: Sequence[Text]) -> None:
    """Print what is simulated, and the world it is simulated in."""
    plan = found.state.plan
    page.row("", f"Simulation of '{plan.title}': nothing is touched.", style="bold")
    page.row("  plan      ", plan.digest)
    for number, text in enumerate(texts):
        page.row("            " if number else "  world     ", text.text)
    page.row("            " if texts else "  world     ", OTHERWISE, style="dim")


def timeline_of(found: Simulation) -> Iterator[Line]:
    """Yield what happens, in the words of a real run."""
    teller = Teller()
    state: RolloutState | None = None
    for event in found.journal:
        state = evolve(state, event)
        yield from teller.tell(event, state)


def _timeline(page: Page, found: Simulation, *, full: bool) -> None:
    lines = list(timeline_of(found))
    half = LONGEST // 2
    if full or len(lines) <= LONGEST:
        _lines(page, lines, found.started_at)
        return
    _lines(page, lines[:half], found.started_at)
    left = len(lines) - LONGEST
    page.row("", f"… {left} more lines; --full shows them …", style="dim")
    _lines(page, lines[-half:], found.started_at)


def _lines(page: Page, lines: Sequence[Line], start: datetime) -> None:
    width = max((len(day_text(line.at, start)) for line in lines), default=0)
    for line in lines:
        lead = f"{day_text(line.at, start):<{width}}  {line.tone.symbol} "
        page.row(lead, line.text, style=line.tone.style, lead_style=line.tone.style)


def _ending(page: Page, found: Simulation) -> None:
    text, style = ENDINGS[found.ending]
    when = day_text(found.ended_at, found.started_at)
    text = f"{text} after {span_text(found.lasted)} ({when})"
    page.row("  ", text, style=style)
    if found.reason:
        lead = (
            "  because    " if found.ending is Ending.ROLLED_BACK else "  waits for  "
        )
        lead = "  why        " if found.ending is Ending.CUT_SHORT else lead
        page.row(lead, found.reason)


def _breach(page: Page, found: Simulation, breach: Breach) -> None:
    began = day_text(breach.began, found.started_at)
    page.row("  breach     ", f"'{breach.title}' (line {breach.line}), from {began} on")
    page.row("             ", ", ".join(_after(breach)))


def _after(breach: Breach) -> Iterator[str]:
    yield f"tripped after {span_text(breach.tripped - breach.began)}"
    if breach.undo_begun is None:
        yield "nothing was undone"
        return
    yield f"undo begun after {span_text(breach.undo_begun - breach.began)}"
    if breach.undo_finished is None:
        yield "not all undone"
    else:
        yield f"finished after {span_text(breach.undo_finished - breach.began)}"


def _exposed(page: Page, found: Simulation) -> None:
    top = number_text(peak(found.levels))
    page.row(
        "  exposed    ", f"{exposed_text(found.exposed)}, up to {top} % of the users"
    )
    if found.exposed_after_breach is not None:
        text = f"{exposed_text(found.exposed_after_breach)} after the breach began"
        page.row("             ", text, style="bold")
    if found.ending is Ending.ROLLED_BACK and found.left_exposed_pct:
        left = number_text(found.left_exposed_pct)
        page.row(
            "             ", f"{left} % are still exposed at the end", style="bold red"
        )


def _undos(page: Page, undos: Sequence[UndoFound]) -> None:
    lead = "  undone     "
    for undo in undos:
        what = f": {undo.what}" if undo.what else ""
        style = "" if undo.how == "undone" else "bold cyan"
        how = "" if undo.how == "undone" else f"{undo.how.upper()}: "
        text = f"{how}{undo.title} (line {undo.line}){what}"
        page.row(lead, text, style=style)
        lead = " " * len(lead)


def _people(page: Page, found: Simulation) -> None:
    lead = "  people     "
    page_rows = [each for each in found.asked if _worth_telling(each)]
    for asked in page_rows[:MOST_WAITS]:
        page.row(lead, _waited(asked))
        lead = " " * len(lead)
    more = len(page_rows) - MOST_WAITS
    if more > 0:
        page.row(lead, f"and {more} more")
    quick = len(found.asked) - len(page_rows)
    if quick:
        asked_too = "asked too, and answered" if page_rows else "asked, and answered"
        page.row(lead, f"{quick} times {asked_too} at once", style="dim")


def _worth_telling(asked: Asked) -> bool:
    return asked.waited is None or asked.waited >= FEWEST_WAIT


def _waited(asked: Asked) -> str:
    where = f" (line {asked.line})" if asked.line else ""
    if asked.waited is None:
        return f"{asked.who}: {asked.what}{where}: {asked.came}"
    span = span_text(asked.waited)
    return f"{asked.who}: {asked.what}{where}: {asked.came} after {span}"


def notes(page: Page, found: Simulation) -> None:
    """Print what was assumed."""
    if found.notes:
        page.heading("Assumed")
    for note in found.notes:
        page.row("  - ", note)
