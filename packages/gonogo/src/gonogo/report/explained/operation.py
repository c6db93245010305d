"""Operations, expectations and limits in full: what exactly is run and looked at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never

from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.operation import (
    Asked,
    Http,
    KillFlags,
    Migrate,
    Operation,
    Query,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)
from gonogo.report.wording import operation_text, span_text

WORDS = {
    ExpectationKind.EXACT: "exactly: {}",
    ExpectationKind.CONTAINS: "contains: {}",
    ExpectationKind.JSON: "JSON: {}",
    ExpectationKind.NUMBER: "the number {}",
    ExpectationKind.COMPARATOR: "a number {}",
    ExpectationKind.HTTP_STATUS: "HTTP status {}",
    ExpectationKind.ROWS: "rows: {}",
    ExpectationKind.ABSENCE: "absent: {}",
    ExpectationKind.HUMAN: "a person judges: {}",
}


def expected(expectations: tuple[Expectation, ...]) -> Iterator[str]:
    """Yield what has to come back, one line for each expectation."""
    if not expectations:
        yield "it ends without an error"
    for each in expectations:
        yield f"{WORDS[each.kind].format(each.value)} (line {each.line})"


def written(operation: Operation) -> Iterator[str]:
    """Yield the lines of an operation, as it will be performed."""
    match operation:
        case Shell():
            yield from operation.run.strip().splitlines()
        case Sql():
            yield from operation.query.strip().splitlines()
        case Migrate():
            yield f"migrate with {operation.up}"
        case Http():
            yield from _request(operation)
        case SetFlag() | ReadFlag() | RestoreFlag() | KillFlags():
            yield f"{operation_text(operation)} in {operation.file}"
        case Query():
            yield from _asked("canary", operation.canary)
            if operation.control is not None:
                yield from _asked("control", operation.control)
        case _:
            assert_never(operation)


def terms(operation: Operation, *, changes: bool) -> str:
    """
    Return under which terms it runs: where, how long at most, whether again.

    Args:
        operation: What is run.
        changes: It changes the world; a look may be repeated as a matter of course.
    """
    where = {
        "sql": "on the connection {connection}",
        "migrate": "on the connection {connection}",
        "shell": "with bash, session {session}",
        "query": "from the source {source}",
    }.get(operation.kind, "")
    session = getattr(operation, "session", None)
    if operation.kind == "shell" and session is None:
        where = "with bash"
    named = where.format(
        connection=getattr(operation, "connection", ""),
        session=session,
        source=getattr(operation, "source", ""),
    )
    limit = f"at most {span_text(operation.deadline)}"
    again = "may be repeated" if operation.idempotent else "not repeated unasked"
    said = (named, limit, again if changes else "")
    return ", ".join(part for part in said if part)


def every(span: timedelta) -> str:
    """Return a cadence: 'every 1 min'."""
    return f"every {span_text(span)}"


def _request(operation: Http) -> Iterator[str]:
    yield f"{operation.method} {operation.url}"
    yield from (f"{name}: {value}" for name, value in operation.headers.items())
    if operation.body is not None:
        yield operation.body
    if operation.json is not None:
        yield f"the value at {operation.json}"


def _asked(arm: str, asked: Asked) -> Iterator[str]:
    yield f"{arm}: {asked.events}"
    if asked.exposure is not None:
        yield f"{arm}, among: {asked.exposure}"
