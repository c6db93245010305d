"""The table of what would happen if: each gate broken in each stage."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rich.cells import cell_len

from gonogo.entrypoints.cli.columns import column
from gonogo.entrypoints.cli.console import ConsolePage
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.simulated import head, notes
from gonogo.entrypoints.cli.simulated_json import plain
from gonogo.report.wording import NONE, number_text, one_line, span_text, value_text
from gonogo.simulation.result import Simulation
from gonogo.simulation.script import Text
from gonogo.simulation.whatif import Case
from gonogo.simulation.wording import day_text, short_exposed_text

COLUMNS = (
    "what goes wrong",
    "when",
    "users",
    "noticed",
    "back",
    "undone",
    "by hand",
    "exposed",
)
NARROWEST = 14
GAP = 2


def show_sweep(
    page: Page, base: Simulation, cases: Sequence[Case], texts: Sequence[Text]
) -> None:
    """Print the table, a row for each gate in each stage, and what it assumes."""
    head(page, base, texts)
    ending = f"As it is scripted: {base.ending} after {span_text(base.lasted)}."
    page.row("  otherwise ", ending)
    page.heading("What if, in each stage, a gate is broken right after a look?")
    if cases:
        _table(page, base, cases)
    else:
        page.row("  ", "No stage takes any time: there is nothing to break.")
    notes(page, base)


def _table(page: Page, base: Simulation, cases: Sequence[Case]) -> None:
    rows = [_cells(base, case) for case in cases]
    widths = _widths(page, [COLUMNS, *rows])
    page.row("    ", _joined(COLUMNS, widths), style="bold")
    stage = None
    for case, cells in zip(cases, rows, strict=True):
        if case.stage.stage != stage:
            page.row("  ", one_line(case.stage.title), style="bold")
        stage = case.stage.stage
        page.row("    ", _joined(cells, widths))
    known = base.exposed.user_minutes is not None
    unit = "user-minutes" if known else "minutes of all users"
    page.row("  ", f"noticed, back, exposed ({unit}): since the breach", style="dim")


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return (" " * GAP).join(column(cell, width) for cell, width in pairs).rstrip()


def _widths(page: Page, rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of each column; on a terminal the first gives way."""
    widths = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    if isinstance(page, ConsolePage):
        room = page.console.width - sum(widths[1:]) - GAP * (len(widths) + 1)
        widths[0] = max(min(widths[0], room), NARROWEST)
    return widths


def _cells(base: Simulation, case: Case) -> tuple[str, ...]:
    handed = sum(undo.how == "by hand" for undo in case.found.undos)
    undone = sum(undo.how == "undone" for undo in case.found.undos)
    after = case.found.exposed_after_breach
    return (
        _wrong(case),
        day_text(case.at, base.started_at),
        f"{number_text(case.exposure_pct)} %",
        _noticed(case),
        _span(case.back_after),
        str(undone),
        str(handed),
        short_exposed_text(after) if after else NONE,
    )


def _noticed(case: Case) -> str:
    if case.gate is not None and case.found.state.aborted is None:
        return "never"
    return _span(case.noticed_after)


def _wrong(case: Case) -> str:
    if case.gate is None or case.value is None:
        return "nothing watches; somebody aborts"
    unit = None if case.gate.condition.relative else case.gate.condition.unit
    value = value_text(case.value, unit)
    return f"{one_line(case.gate.metric)} {value} (line {case.gate.line})"


def _span(span: timedelta | None) -> str:
    return NONE if span is None else span_text(span)


def sweep_as_object(base: Simulation, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return the rows of the table."""
    return [
        {
            "stage": case.stage.title,
            "line": case.stage.line,
            "metric": case.gate.metric if case.gate else None,
            "gate_line": case.gate.line if case.gate else None,
            "value": case.value,
            "at": plain(case.at),
            "day": day_text(case.at, base.started_at),
            "ending": case.found.ending.value,
            "exposure_pct": case.exposure_pct,
            "noticed_after": plain(case.noticed_after),
            "back_after": plain(case.back_after),
            "exposed_after_breach": plain(case.found.exposed_after_breach),
            "undos": plain(case.found.undos),
        }
        for case in cases
    ]
