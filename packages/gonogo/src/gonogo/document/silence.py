"""Silence: the diagnostics that a project does not want to be told again."""

from collections.abc import Iterable, Iterator

from gonogo.document.bindings.bound import Bound
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.catalogue import RULES
from gonogo.document.codes import Code
from gonogo.model.diagnostic import Diagnostic, Severity


def silenced(
    found: Iterable[Diagnostic], unwanted: Bound[tuple[str, ...]] | None
) -> tuple[Diagnostic, ...]:
    """
    Return what is left to tell, and what is wrong with the codes to be left out.

    Errors are always told: they keep the document from running.
    """
    if unwanted is None:
        return tuple(found)
    codes = set(unwanted.value)
    left = (one for one in found if one.code not in codes or _is_error(one.code))
    return (*left, *_refused(unwanted))


def _is_error(code: str) -> bool:
    return code in RULES and RULES[code].severity is Severity.ERROR


def _refused(unwanted: Bound[tuple[str, ...]]) -> Iterator[Diagnostic]:
    problems = Problems()
    for code in unwanted.value:
        if code not in RULES:
            why, near = "there is no such code", hint(code, tuple(RULES))
            problems.add(Code.NOT_SILENCED, unwanted.at, name=code, why=why, hint=near)
        elif _is_error(code):
            why = "it is an error, and keeps the document from running"
            problems.add(Code.NOT_SILENCED, unwanted.at, name=code, why=why, hint="")
    yield from problems.found
