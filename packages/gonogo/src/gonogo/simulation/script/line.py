"""One line of a script: which kind it is, by its first word or its verb."""

from collections.abc import Callable, Mapping
from functools import partial

from gonogo.model.plan import Plan
from gonogo.simulation.script import metrics, people, work
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.rules import Kind, Rule
from gonogo.simulation.script.tokens import Sort

Handler = Callable[[Cursor, Plan], Rule]

HEADS: Mapping[str, Handler] = {
    **dict.fromkeys(("probe", "probes"), metrics.probe_line),
    **dict.fromkeys(("action", "actions"), partial(work.work_line, Kind.ACTION)),
    **dict.fromkeys(("undo", "undos"), partial(work.work_line, Kind.UNDO)),
    **dict.fromkeys(("check", "checks"), partial(work.work_line, Kind.CHECK)),
    **dict.fromkeys(("look", "looks"), partial(work.work_line, Kind.LOOK)),
    **dict.fromkeys(("approver", "approvers"), people.approver_line),
    **dict.fromkeys(("everyone", "everybody"), people.everyone_line),
    **dict.fromkeys(("worker", "runner"), work.worker_line),
    "answer": people.answer_line,
    "traffic": work.traffic_line,
    "exposure": work.exposure_line,
    "metric": metrics.metric_line,
}
ALLOWED = """A line says what one thing does, and when. For example:
    error rate 5 % from hour 3 at 5 % exposure
    probe down for 10 minutes
    approver silent for two days
    action Deploy takes 20 minutes
    check Health fails until hour 2
    kim aborts at hour 5
    worker down for 3 hours from hour 2
    traffic 1,200 users a minute"""


def rule_of(text: str, plan: Plan) -> Rule:
    """
    Return what a line says.

    Raises:
        Unclear: With the place in the line, and what may stand there.
    """
    cursor = Cursor(text)
    head = cursor.peek().word
    if head in HEADS:
        cursor.take()
        return HEADS[head](cursor, plan)
    return _by_verb(cursor)(cursor, plan)


def _by_verb(cursor: Cursor) -> Handler:
    """Return who reads a line that begins with a name: by the first verb in it."""
    mark = cursor.mark()
    while not cursor.done:
        token = cursor.take()
        if token.sort is Sort.NUMBER or token.word in metrics.VERBS - {"is"}:
            cursor.back(mark)
            return metrics.metric_line
        if token.word in people.VERBS:
            cursor.back(mark)
            return people.person_line
        if token.word == "is" and cursor.peek().word not in people.SILENT:
            cursor.back(mark)
            return metrics.metric_line
    what = "it is not said what that does."
    raise Unclear(0, len(cursor.text), what, ALLOWED)
