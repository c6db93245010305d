"""
Queries that a model wrote: only allowed columns, operators, values and sizes.

The model answers with a document, never with SQL; what it may hold is listed here, and
everything else is refused, also what is only unknown.

    {"where": [{"column": "status", "operator": "eq", "value": "pending"}],
     "order_by": [{"column": "created_at", "descending": true}], "limit": 50}
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeGuard

from hardening.core import require
from hardening.prompts.errors import ForbiddenQuery

_TEXT_MAX = 500
_LIST_MAX = 100


class Operator(StrEnum):
    """How a column is compared."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_NULL = "is_null"


class ValueType(StrEnum):
    """What a column is compared with."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """
    What a query may do with a column.

    Attributes:
        type: Of its values.
        operators: Those that are allowed; IS_NULL takes a boolean.
        values: The only values, where they can be listed; a set, each of the type.
        sortable: Whether a query may be ordered by it.

    Raises:
        InvalidSetting: A part is none of these; it names the field.
    """

    type: ValueType = ValueType.TEXT
    operators: frozenset[Operator] = frozenset({Operator.EQ})
    values: frozenset[Any] | None = None
    sortable: bool = False

    def __post_init__(self) -> None:
        holds = isinstance(self.type, ValueType)
        require("Column.type", self.type, "one of ValueType", holds=holds)
        given: object = self.operators
        holds = isinstance(given, AbstractSet) and given <= {*Operator}
        require("Column.operators", given, "a set of Operator", holds=holds)
        rule = f"a set of values, each {_TYPES[self.type][0]}, or None"
        holds = self.values is None or self._are_values(self.values)
        require("Column.values", self.values, rule, holds=holds)

    def _are_values(self, values: object) -> bool:
        """Tell whether these can be compared with; a text holds letters and no values."""
        _, fits = _TYPES[self.type]
        return isinstance(values, AbstractSet) and all(map(fits, values))


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; all of a query's hold together."""

    column: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Order:
    """One column to order by."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query that asks for nothing that is not allowed."""

    where: tuple[Condition, ...]
    order_by: tuple[Order, ...]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryShape:
    """
    What queries may look like.

    Attributes:
        columns: By name; every other column does not exist for the model.
        conditions_max: In one query.
        limit_max: Rows of one answer; the limit where a query names none.
    """

    columns: Mapping[str, Column]
    conditions_max: int = 10
    limit_max: int = 100

    def __post_init__(self) -> None:
        holds = bool(self.columns)
        require("QueryShape.columns", dict(self.columns), "one or more", holds=holds)
        for name, number in (
            ("conditions_max", self.conditions_max),
            ("limit_max", self.limit_max),
        ):
            require(f"QueryShape.{name}", number, "1 or more", holds=number >= 1)

    def check(self, document: object) -> Query:
        """
        Return the query that a document is, when it is an allowed one.

        Args:
            document: As parsed from the model's JSON.

        Raises:
            ForbiddenQuery: It names the place and what is allowed there.
        """
        parts = _object(document, "query", {"where", "order_by", "limit"})
        where = _list(parts.get("where", []), "where", self.conditions_max)
        order_by = _list(parts.get("order_by", []), "order_by", len(self.columns))
        return Query(
            tuple(
                self._condition(each, f"where[{place}]")
                for place, each in enumerate(where)
            ),
            tuple(
                self._order(each, f"order_by[{place}]")
                for place, each in enumerate(order_by)
            ),
            self._limit(parts.get("limit", self.limit_max)),
        )

    def _condition(self, document: object, path: str) -> Condition:
        """Return one comparison."""
        parts = _object(document, path, {"column", "operator", "value"})
        name, column = self._column(parts.get("column"), path)
        allowed = sorted(column.operators)
        if parts.get("operator") not in allowed:
            rule = f"one of {', '.join(allowed)}"
            raise ForbiddenQuery(_at(path, "operator"), rule)
        operator = Operator(parts["operator"])
        value = _value(parts.get("value"), operator, column, f"{path}.value")
        return Condition(name, operator, value)

    def _order(self, document: object, path: str) -> Order:
        """Return one column to order by."""
        parts = _object(document, path, {"column", "descending"})
        name, column = self._column(parts.get("column"), path)
        if not column.sortable:
            raise ForbiddenQuery(_at(path, "column"), "one that may be sorted by")
        descending = parts.get("descending", False)
        if not isinstance(descending, bool):
            raise ForbiddenQuery(_at(path, "descending"), "true or false")
        return Order(name, descending)

    def _column(self, name: object, path: str) -> tuple[str, Column]:
        """Return an allowed column."""
        if not isinstance(name, str) or name not in self.columns:
            allowed = ", ".join(sorted(self.columns))
            raise ForbiddenQuery(_at(path, "column"), f"one of {allowed}")
        return name, self.columns[name]

    def _limit(self, limit: object) -> int:
        """Return an allowed number of rows."""
        if not _is_integer(limit) or not 1 <= limit <= self.limit_max:
            path, rule = "limit", f"a whole number from 1 to {self.limit_max}"
            raise ForbiddenQuery(path, rule)
        return limit


def _at(path: str, name: str) -> str:
    """Return the place of a part."""
    return f"{path}.{name}"


def _value(value: object, operator: Operator, column: Column, path: str) -> Any:  # noqa: ANN401
    """Return what a column may be compared with."""
    if operator is Operator.IS_NULL:
        if not isinstance(value, bool):
            raise ForbiddenQuery(path, "true or false")
        return value
    if operator is not Operator.IN:
        return _single(value, column, path)
    values = _list(value, path, _LIST_MAX)
    if not values:
        raise ForbiddenQuery(path, "a list of one value or more")
    return tuple(
        _single(each, column, f"{path}[{place}]") for place, each in enumerate(values)
    )


def _single(value: object, column: Column, path: str) -> object:
    """Return one value of a column's type."""
    rule, fits = _TYPES[column.type]
    if not fits(value):
        raise ForbiddenQuery(path, rule)
    if column.values is not None and value not in column.values:
        allowed = ", ".join(sorted(map(str, column.values)))
        raise ForbiddenQuery(path, f"one of {allowed}")
    return value


def _object(document: object, path: str, names: set[str]) -> Mapping[str, Any]:
    """Return an object that has no other names than these."""
    if not isinstance(document, Mapping) or not set(document) <= names:
        rule = f"an object with nothing but {', '.join(sorted(names))}"
        raise ForbiddenQuery(path, rule)
    return document


def _list(document: object, path: str, most: int) -> Sequence[Any]:
    """Return a list of a bounded size."""
    if not isinstance(document, list) or len(document) > most:
        raise ForbiddenQuery(path, f"a list of at most {most}")
    return document


def _is_text(value: object) -> bool:
    # PostgreSQL's texts hold no NUL; a surrogate cannot be sent at all.
    return (
        isinstance(value, str)
        and len(value) <= _TEXT_MAX
        and "\0" not in value
        and value.isprintable()
    )


def _is_integer(value: object) -> TypeGuard[int]:
    # True is an int to Python, and none to a database.
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return -(2**63) <= value < 2**63


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and isfinite(value))


_TYPES: dict[ValueType, tuple[str, Callable[[object], bool]]] = {
    ValueType.TEXT: (f"a printable text of at most {_TEXT_MAX} characters", _is_text),
    ValueType.INTEGER: ("a whole number of 64 bits", _is_integer),
    ValueType.NUMBER: ("a finite number", _is_number),
    ValueType.BOOLEAN: ("true or false", lambda value: isinstance(value, bool)),
}
