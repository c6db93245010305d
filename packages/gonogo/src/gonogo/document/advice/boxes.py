"""Boxes: is the checklist clean, as one that is to be used has to be?"""

from collections.abc import Iterator

from gonogo.document.advice.codes import Code, diagnostic
from gonogo.document.kinds import BoxKind
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.plan import Plan

_NO_STEP = frozenset({BoxKind.GROUP, BoxKind.TRIGGER})


def boxes(reading: Reading, plan: Plan) -> Iterator[Diagnostic]:
    """Yield the first ticked box of each stage."""
    lines = {step.line for stage in plan.stages for step in stage.steps}
    seen: set[int | None] = set()
    for box in reading.boxes:
        asked = box.line in lines and box.kind not in _NO_STEP
        if box.checked and asked and box.stage_line not in seen:
            seen.add(box.stage_line)
            yield diagnostic(Code.TICKED, box.line, text=box.text)
