"""
The reader and the compiler: Markdown to `Reading`, with bindings to `Plan`.

`read` says what a document says, line by line; `compile_document` joins that with the
bindings to a plan. Both are pure and never raise: what is wrong is a diagnostic.
"""

from dataclasses import replace

from gonogo.document.advice.advise import advise
from gonogo.document.advice.power import NOT_ASKED, Usual
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.compiler.compile import Compiled, compile_plan
from gonogo.document.compiler.windows import Calendars, no_calendars
from gonogo.document.explain import reading_as_json
from gonogo.document.reader.read import read
from gonogo.document.reading import Reading
from gonogo.document.silence import silenced
from gonogo.model.diagnostic import Diagnostic

__all__ = [
    "Beside",
    "Compiled",
    "Reading",
    "compile_document",
    "read",
    "reading_as_json",
]


def compile_document(
    data: bytes,
    *,
    name: str,
    beside: Beside | None = None,
    calendars: Calendars = no_calendars,
    usual: Usual = NOT_ASKED,
) -> tuple[Reading, Compiled]:
    """
    Read a document and compile it; the diagnostics are of the whole way.

    Args:
        data: The document, as stored.
        name: What the document is called.
        beside: The bindings file beside it, if there is one.
        calendars: Gives the calendar files that the bindings name.
        usual: What its sources say is usual, where they were asked.
    """
    reading = read(data, name)
    bindings, wrong = read_bindings(reading, beside)
    if bindings.vocabulary:
        # What stands where is known only with the team's own words.
        reading = read(data, name, bindings.vocabulary)
        bindings, wrong = read_bindings(reading, beside)
    compiled = compile_plan(reading, bindings, name=name, calendars=calendars)
    advice = advise(reading, compiled.plan, usual) if compiled.plan else ()
    every = {*reading.diagnostics, *wrong, *compiled.diagnostics, *advice}
    told = silenced(every, bindings.silenced)
    return reading, replace(compiled, diagnostics=tuple(sorted(told, key=_place)))


def _place(one: Diagnostic) -> tuple[object, ...]:
    return (one.file or "", one.line, one.column, one.code, one.message)
