"""The gates of a picture: last value, limit and verdict, each in its column."""

from collections.abc import Iterator

from rich.text import Text

from gonogo.entrypoints.cli.columns import column
from gonogo.model.plan import Holds
from gonogo.model.verdict import Outcome
from gonogo.report.status import Status
from gonogo.report.status_gates import GateStatus

VERDICTS = {
    Outcome.PASS: ("✓", "green"),
    Outcome.FAIL: ("✗", "bold red"),
    Outcome.ERROR: ("?", "yellow"),
    Outcome.INCONCLUSIVE: ("?", "yellow"),
    None: ("○", "dim"),
}
VALUE, LIMIT, VERDICT = 14, 20, 16
"""Widths of the columns behind the metric's name."""


def gate_lines(status: Status, width: int) -> Iterator[Text]:
    """Yield a line for each gate that matters now, behind a head; none for none."""
    if not status.gates:
        return
    name = max(width - VALUE - LIMIT - VERDICT - 5, 10)
    head = f"{'gate':<{name + 2}} {'value':>{VALUE}} {'limit':<{LIMIT}} verdict"
    yield Text()
    yield Text(head, "bold")
    for gate in status.gates:
        symbol, style = VERDICTS[gate.verdict]
        limit = gate.limit if gate.holds is Holds.MUST else f"not {gate.limit}"
        yield Text(
            f"{symbol} {column(gate.metric, name)} {column(gate.shown, VALUE, right=True)}"
            f" {column(limit, LIMIT)} {column(_verdict(gate), VERDICT)}",
            style,
        )
        if gate.evidence:
            yield Text(f"    {gate.evidence}", "dim")


def _verdict(gate: GateStatus) -> str:
    if gate.tripped:
        return "fail: TRIPPED"
    if gate.verdict is None:
        return "not judged yet"
    if gate.verdict is Outcome.FAIL and gate.consecutive > 1:
        return f"fail {gate.bad} of {gate.consecutive}"
    return gate.verdict.value
