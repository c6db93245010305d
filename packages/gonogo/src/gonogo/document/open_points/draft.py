"""
A draft: the bindings of a document under way, one answer after another.

An answer counts only when the bindings with it compile without a new error, and when
what was open is open no more; otherwise it is refused, with the reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gonogo.document.bindings.names import named_line
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.codes import Code
from gonogo.document.compiler.compile import compile_plan
from gonogo.document.open_points.additions import Addition, added
from gonogo.document.open_points.answer import AnswerRefused, flow, value_of
from gonogo.document.open_points.find import open_points
from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind, OpenPoint
from gonogo.document.open_points.values import unknown_names
from gonogo.document.open_points.ways import way_script
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic, Severity

_DATABASE = Addition(
    section="connections", name="database", value="{env: DATABASE_URL}"
)
_HEAD = "# What {name} cannot say itself: what runs, what measures, who answers.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    A document with the bindings beside it, as far as they are written.

    Attributes:
        beside: The text of the bindings file; '' while there is none.
        wrong: What is wrong with the bindings and the plan.
        points: What is open, in the order of asking.
        additions: What was added so far.
    """

    looking: Looking
    beside: Beside
    wrong: tuple[Diagnostic, ...]
    points: tuple[OpenPoint, ...]
    additions: tuple[Addition, ...] = ()


def draft_of(
    reading: Reading, beside: Beside, environment: frozenset[str] = frozenset()
) -> Draft:
    """
    Return the draft of a document with what is bound already.

    Args:
        reading: The document.
        beside: The file beside it; its text is '' where there is none.
        environment: The names of the variables that are set.
    """
    looking, wrong = _look(reading, beside, environment)
    points = open_points(looking)
    return Draft(looking=looking, beside=beside, wrong=wrong, points=points)


def answered(draft: Draft, point: OpenPoint, text: str) -> Draft:
    """
    Return the draft with an answer in it.

    Raises:
        AnswerRefused: It has no form that fits, or would be an error in the bindings.
        NoPlaceForIt: The bindings file leaves no place for it.
    """
    value = _way_of_line(draft, point, text) or value_of(point, text)
    reason = ""
    for name in point.names:
        addition = Addition(section=point.section, name=name, value=value)
        tried = _with_needs(_with(draft, addition), draft)
        reason = _refusal(draft, tried, point)
        if not reason:
            looking = tried.looking
            answers = (*looking.answers, (point, text))
            return _seen(replace(tried, looking=replace(looking, answers=answers)))
    raise AnswerRefused(reason)


def errors_in(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the errors among diagnostics."""
    return tuple(d for d in diagnostics if d.severity is Severity.ERROR)


def _seen(draft: Draft) -> Draft:
    """Return a draft whose points are those after its last answer."""
    return replace(draft, points=open_points(draft.looking))


def _look(
    reading: Reading, beside: Beside, environment: frozenset[str]
) -> tuple[Looking, tuple[Diagnostic, ...]]:
    given = beside if beside.text else None
    bindings, wrong = read_bindings(reading, given)
    compiled = compile_plan(reading, bindings, name=reading.name)
    looking = Looking(
        reading=reading,
        bindings=bindings,
        compiled=compiled,
        environment=environment,
    )
    return looking, (*wrong, *compiled.diagnostics)


def _with(draft: Draft, *additions: Addition) -> Draft:
    name = draft.looking.reading.name
    text = draft.beside.text or _HEAD.format(name=name)
    for addition in additions:
        text = added(text, addition)
    beside = replace(draft.beside, text=text)
    before = draft.looking
    looking, wrong = _look(before.reading, beside, before.environment)
    looking = replace(looking, answers=before.answers)
    return Draft(
        looking=looking,
        beside=beside,
        wrong=wrong,
        points=open_points(looking),
        additions=(*draft.additions, *additions),
    )


def _with_needs(tried: Draft, before: Draft) -> Draft:
    """Bind what an answer needs besides: its variables, and a first database."""
    known = set(unknown_names(before.looking.bindings))
    names = [n for n in unknown_names(tried.looking.bindings) if n not in known]
    needs = [Addition(section="values", name=n, value=flow({"env": n})) for n in names]
    if _lacks_connection(tried) and not tried.looking.bindings.connections:
        needs.append(_DATABASE)
    return _with(tried, *needs) if needs else tried


def _lacks_connection(draft: Draft) -> bool:
    return any(
        d.code == Code.MISSING_KEY.value and "'connection'" in d.message
        for d in draft.wrong
    )


def _refusal(before: Draft, after: Draft, point: OpenPoint) -> str:
    """Return why an answer is refused, as sentences; '' where it is not."""
    new = list(_new_errors(before.wrong, after.wrong))
    if new:
        return f"{new[0].message} {new[0].remedy}"
    if any(left.key == point.key for left in after.points):
        return "that leaves it open as it was: say it in another way, or skip it."
    return ""


def _new_errors(
    before: Sequence[Diagnostic], after: Sequence[Diagnostic]
) -> Iterator[Diagnostic]:
    known = Counter((d.code, d.message) for d in errors_in(before))
    for error in errors_in(after):
        known[error.code, error.message] -= 1
        if known[error.code, error.message] < 0:
            yield error


def _way_of_line(draft: Draft, point: OpenPoint, text: str) -> str | None:
    """Return the script that 'line 120' means as a way back."""
    line = named_line(text)
    if point.kind is not Kind.ROLLBACKS or line is None:
        return None
    script = way_script(draft.looking, line)
    if script is None:
        message = f"line {line} is no way back, and no block, whose commands run."
        raise AnswerRefused(message)
    return flow({"shell": {"run": script}})
