"""Steps that a person would have to take, traffic to shift, and times nobody states."""

import re
from collections.abc import Iterator

from gonogo.document.bindings.fields import Problems
from gonogo.document.bindings.names import line_name
from gonogo.document.codes import Code
from gonogo.document.compiler import targets
from gonogo.document.compiler.placing import place
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.open_points.traffic import as_before, as_flag, share_in
from gonogo.model.plan import Purpose, Question

_SCRIPT = re.compile(r"(?P<path>[\w./-]+)\.up\.sql\b")
_ASKED: dict[Purpose, str] = {
    Purpose.DO: "What does this, instead of a person?",
    Purpose.VERIFY: "What verifies this, instead of a person?",
}


def steps(looking: Looking) -> Iterator[OpenPoint]:
    """Yield the lines that are left to people, where gonogo could do or look itself."""
    titles = _titles(looking)
    untimed = set(looking.lines_of(Code.WAIT_WITHOUT_TIME))
    for question in _questions(looking):
        if question.line in titles:
            yield _point(looking, question, titles[question.line], untimed)


def _questions(looking: Looking) -> Iterator[Question]:
    plan = looking.compiled.plan
    for step in (step for stage in plan.stages for step in stage.steps) if plan else ():
        if isinstance(step, Question) and step.purpose in _ASKED:
            yield step


def _titles(looking: Looking) -> dict[int, str]:
    """Return the title of each line that may be bound, and is not yet; '' without."""
    reading = looking.reading
    bound = targets.steps(place(reading), looking.bindings, Problems())
    found = {c.line: targets.block_title(c) for c in reading.commands}
    found |= {box.line: box.text for box in reading.boxes if not box.checked}
    return {line: title for line, title in found.items() if line not in bound}


def _point(
    looking: Looking, question: Question, title: str, untimed: set[int]
) -> OpenPoint:
    kind, line = Kind.STEPS, question.line
    asked = _ASKED[question.purpose]
    suggestion = None
    if line in untimed:
        kind, asked = Kind.WAITS, "How long does this take?"
    elif question.purpose is Purpose.DO and share_in(title):
        kind, asked = Kind.TRAFFIC, "What shifts this share of the traffic?"
        suggestion = as_before(looking, title) or as_flag(looking, title)
    elif match := _SCRIPT.search(title):
        suggestion = f"migrate: {match[0]} {match['path']}.down.sql"
    named = (title,) if title else ()
    return OpenPoint(
        kind=kind,
        line=line,
        text=looking.text(line),
        section="steps",
        names=(*named, line_name(line)),
        subject=question.title,
        question=asked,
        suggestion=suggestion,
    )
