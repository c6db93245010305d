"""People: is consent asked for in time, by two who are two, and is anybody to call?"""

import re
from collections.abc import Iterator

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.bindings.names import folded
from gonogo.document.kinds import ApprovalTime
from gonogo.document.reading import Reading, Stage
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Approval, Plan

_GUARDS = re.compile(
    r"\b(?:before|to\s+(?:start|begin|enter|proceed\s+(?:to|with)|continue\s+(?:to|with)"
    r"|go\s+to))\s+(?P<name>(?:stage|phase|step|wave)\s+\d{1,3})\b",
    re.IGNORECASE,
)


def people(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield consents that come too late or from one head, and a missing contact."""
    yield from _too_late(reading)
    yield from _twice(plan)
    tasks = [task for task in plan.incident if task.operation is None]
    if tasks and not plan.contacts:
        yield diagnostic(Code.NOBODY_TO_CALL, min(task.line for task in tasks))


def _too_late(reading: Reading) -> Iterator[Diagnostic]:
    for asked in reading.approvals:
        found = _GUARDS.search(asked.text)
        if found is None or asked.when is not ApprovalTime.BEFORE:
            continue
        guarded = _named(reading, found["name"])
        if guarded is not None and asked.line > guarded.line:
            yield diagnostic(
                Code.APPROVAL_TOO_LATE,
                asked.line,
                stage=guarded.title,
                begun=guarded.line,
            )


def _named(reading: Reading, name: str) -> Stage | None:
    wanted = re.compile(rf"{re.escape(folded(name))}\b")
    return next((s for s in reading.stages if wanted.match(folded(s.title))), None)


def _twice(plan: Plan) -> Iterator[Diagnostic]:
    """Yield approvals whose only person is the only one of an earlier role, too."""
    alone: dict[str, Approval] = {}
    for stage in plan.stages:
        for step in stage.steps:
            if not isinstance(step, Approval) or len(step.people) != 1:
                continue
            earlier = alone.setdefault(folded(step.people[0]), step)
            if folded(earlier.role) != folded(step.role):
                yield diagnostic(
                    Code.ONE_PERSON_TWICE,
                    step.line,
                    person=step.people[0],
                    role=earlier.role,
                    other=step.role,
                )
