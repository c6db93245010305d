"""The words of a binding that do something in the world, each read to its operation."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from gonogo.document.bindings.bound import Perform
from gonogo.document.bindings.fields import Fields
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    ReadFlag,
    SetFlag,
    Shell,
    Sql,
)

_TEN_MINUTES = timedelta(minutes=10)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Sent twice, these do no more than sent once (RFC 9110, section 9.2.2).
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})


def perform(word: str, fields: Fields, deadline: timedelta | None) -> Perform:
    """
    Return what a word that runs something says.

    Args:
        word: One of `PERFORMED`.
        fields: Of its mapping.
        deadline: For scripts and migrations that name none; None: ten minutes.
    """
    if word in _IN_TIME:
        return _IN_TIME[word](fields, deadline)
    return _AT_ONCE[word](fields)


def _shell(fields: Fields, deadline: timedelta | None) -> Perform:
    """Read `shell`."""
    idempotent = fields.flag("idempotent")
    span = fields.duration("deadline") or deadline or _TEN_MINUTES
    undo, harmless = _undo(fields)
    return Perform(
        word="shell",
        harmless=harmless,
        operation=Shell(
            run=fields.text("run") or "", deadline=span, idempotent=idempotent
        ),
        undo=Shell(run=undo, deadline=span, idempotent=idempotent) if undo else None,
    )


def _undo(fields: Fields) -> tuple[str | None, bool]:
    """Return what reverses it, and whether there is nothing to reverse."""
    undo = fields.text("undo")
    return (None, True) if undo == "none" else (undo, False)


def _sql(fields: Fields) -> Perform:
    """Read `sql`."""
    connection = fields.text("connection") or ""
    idempotent = fields.flag("idempotent")
    deadline = fields.duration("deadline") or timedelta(minutes=1)
    undo, harmless = _undo(fields)
    query = fields.text("query") or ""
    return Perform(
        word="sql",
        harmless=harmless,
        operation=Sql(
            query=query,
            connection=connection,
            deadline=deadline,
            idempotent=idempotent,
        ),
        undo=Sql(
            query=undo,
            connection=connection,
            deadline=deadline,
            idempotent=idempotent,
        )
        if undo
        else None,
    )


def _migrate(fields: Fields, deadline: timedelta | None) -> Perform:
    """Read `migrate`."""
    connection = fields.text("connection") or ""
    applied = fields.text("applied")
    return Perform(
        word="migrate",
        operation=Migrate(
            up=fields.text("up", required=True) or "",
            down=fields.text("down"),
            connection=connection,
            deadline=fields.duration("deadline") or deadline or _TEN_MINUTES,
            idempotent=fields.flag("idempotent"),
        ),
        check=Sql(query=applied, connection=connection) if applied else None,
        check_expects=Expectation(
            line=fields.at.line, kind=ExpectationKind.ROWS, value="1 row"
        )
        if applied
        else None,
    )


def _flag(fields: Fields) -> Perform:
    """Read `flag`."""
    fields.needs("percentage")
    return Perform(
        word="flag",
        operation=SetFlag(
            file=fields.text("file", required=True) or "",
            flag=fields.text("name", required=True) or "",
            percentage=fields.number("percentage", high=100) or 0.0,
        ),
    )


def _kill_flags(fields: Fields) -> Perform:
    """Read `kill_flags`."""
    return Perform(
        word="kill_flags",
        operation=KillFlags(
            file=fields.text("file", required=True) or "",
            flags=fields.texts("flags", required=True) or (),
        ),
    )


def _http(fields: Fields) -> Perform:
    """Read `http`."""
    method = (fields.text("method") or "GET").upper()
    if method not in _METHODS:
        fields.out_of_range("method", method, f"method ({', '.join(_METHODS)})")
    idempotent = fields.flag("idempotent", default=method in _IDEMPOTENT)
    return Perform(
        word="http",
        operation=Http(
            url=fields.text("url", required=True) or "",
            method=method,
            headers=_headers(fields),
            body=fields.text("body"),
            json=fields.text("json"),
            deadline=fields.duration("deadline") or timedelta(seconds=10),
            idempotent=idempotent,
        ),
    )


def _headers(fields: Fields) -> Mapping[str, str]:
    headers = Fields(fields.node("headers"), fields.place("headers"), fields.problems)
    texts = {name: headers.text(name) for name in headers.entries}
    return {name: text for name, text in texts.items() if text is not None}


def _read_flag(fields: Fields) -> Perform:
    """Read `read_flag`."""
    return Perform(
        word="read_flag",
        operation=ReadFlag(
            file=fields.text("file", required=True) or "",
            flag=fields.text("name", required=True) or "",
        ),
    )


_IN_TIME: Mapping[str, Callable[[Fields, timedelta | None], Perform]] = {
    "shell": _shell,
    "migrate": _migrate,
}
_AT_ONCE: Mapping[str, Callable[[Fields], Perform]] = {
    "sql": _sql,
    "flag": _flag,
    "kill_flags": _kill_flags,
    "http": _http,
    "read_flag": _read_flag,
}
PERFORMED = frozenset({*_IN_TIME, *_AT_ONCE})
"""The words that run something."""
