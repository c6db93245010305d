"""Mapped classes of SQLAlchemy: locked rows as fresh objects, versions as typed errors."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hardening.core import require
from hardening.core.database import Steps
from hardening.locks.errors import StaleVersion
from hardening.locks.target import Target, target_of

_TABLE = re.compile(r"on table '([^']+)'")


def target_of_class(mapped: type, keys: Sequence[object]) -> Target:
    """Return the rows that a mapped class with a primary key of one column stands for."""
    mapper = _mapper(mapped)
    columns = [column.name for column in mapper.primary_key]
    rule = "a class with a primary key of one column"
    require("table", columns, rule, holds=len(columns) == 1)
    return target_of(table_of(mapped), columns[0], keys)


def table_of(mapped: type) -> str:
    """Return the name of a mapped class's table, with its schema if that is stated."""
    return str(_mapper(mapped).local_table.fullname)


def select_objects(mapped: type, target: Target, *, lock: str) -> Any:  # noqa: ANN401
    """
    Select the objects of some rows, in the order of their keys.

    What the session knew of them before is overwritten: it was read without the lock.
    """
    from sqlalchemy import select  # noqa: PLC0415 - loaded by its first use

    key = _mapper(mapped).primary_key[0]
    asked: Any = select(mapped).where(key.in_(target.keys)).order_by(key)
    if lock:
        skip, nowait = lock.endswith("skip locked"), lock.endswith("nowait")
        asked = asked.with_for_update(skip_locked=skip, nowait=nowait)
    return asked.execution_options(populate_existing=True)


def objects(_target: Target, work: Steps[Any]) -> Steps[Any]:
    """Return the objects' keys, and the objects."""
    rows = yield from work
    found = [next(iter(row.values())) for row in rows]
    keys = [_mapper(type(each)).primary_key_from_instance(each)[0] for each in found]
    return keys, found


@contextmanager
def stale_is_typed() -> Iterator[None]:
    """Raise SQLAlchemy's error of a stale version as the kit's own."""
    from sqlalchemy.orm.exc import StaleDataError  # noqa: PLC0415 - see above

    try:
        yield
    except StaleDataError as error:
        found = _TABLE.search(str(error))
        raise StaleVersion(found.group(1) if found else "a mapped table") from error


def _mapper(mapped: type) -> Any:  # noqa: ANN401 - SQLAlchemy's mapper
    from sqlalchemy import inspect  # noqa: PLC0415 - loaded by its first use

    return inspect(mapped)
