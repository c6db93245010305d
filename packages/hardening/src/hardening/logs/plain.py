"""
Plain values: whatever is logged, as JSON can have it, within limits.

A log call must not fail, hang or fill the disk because of what it was given: a value
that contains itself, a list of a million, a repr that raises.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import islice
from typing import Any, Protocol

from hardening.core import require
from hardening.logs.names import counts_tokens

_CARD_MIN = 10**12  # a number of 13 digits may be that of a card
_PAIR = 2
_DEEP = "[cut: depth]"
_CYCLE = "[cut: contains itself]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    How much of an event is written; what is cut says so.

    Attributes:
        depth: Containers within containers.
        items: Of one container.
        values: Of the whole event, in all its containers together.
        text: Characters of one text.
    """

    depth: int = 8
    items: int = 200
    values: int = 2_000
    text: int = 16_384

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            name = f"Limits.{field.name}"
            require(name, value, "1 or more", holds=value >= 1)


class Cleaner(Protocol):
    """Knows secrets; `Redactor` is the one there is."""

    @property
    def known(self) -> Mapping[object, tuple[str, bool]]:
        """The names asked for lately, with what `key` returned."""
        ...

    def key(self, name: object, /) -> tuple[str, bool]:
        """Return a field's name as it may be shown, and whether it holds a secret."""
        ...

    def hidden(self, value: object, /) -> str:
        """Return the marker for the value of a secret field."""
        ...

    def clean(self, text: str, /) -> str:
        """Return a text without secrets."""
        ...


class Plain:
    """
    Makes the values of one event plain; used once.

    Invariant: `within` holds the containers around the value that is looked at, so
    that its length is the depth, and one of them met again is a cycle.

    Args:
        limits: How much is written.
        cleaner: Knows the secrets.
    """

    __slots__ = ("_cleaner", "_left", "_limits", "_within")

    def __init__(self, limits: Limits, cleaner: Cleaner) -> None:
        self._limits = limits
        self._cleaner = cleaner
        self._left = limits.values
        self._within: list[int] = []

    def fields(self, event: Mapping[Any, object]) -> dict[str, object]:
        """Return the fields of an event or of a mapping in it, plain."""
        found: dict[str, object] = {}
        cleaner = self._cleaner
        known, clean, value_of = cleaner.known, cleaner.clean, self.value
        for name, value in self._some(event.items(), len(event)):
            key, secret = known.get(name) or cleaner.key(name)
            if secret and _holds_one(key, value):
                found[key] = cleaner.hidden(value)
            elif (kind := type(value)) is str:  # these are most, and spared a call
                found[key] = clean(value)
            elif kind is float or (kind is int and value < _CARD_MIN):
                found[key] = value
            else:
                found[key] = value_of(value)
        if len(found) < len(event):
            found["[cut]"] = f"{len(event) - len(found)} more"
        if "value" in event and self._names_a_secret(event.get("name")):
            found["value"] = cleaner.hidden(event["value"])
        return found

    def value(self, value: object) -> object:
        """Return a value, plain; the types that events are full of come first."""
        kind = type(value)
        if kind is int:
            return value if value < _CARD_MIN else self._number(value)  # type: ignore[operator,arg-type]
        if kind is float or value is None or kind is bool:
            return value
        if kind is str:
            return self._cleaner.clean(value)  # type: ignore[arg-type]
        try:
            if kind is dict:
                return self._contained(value, self.fields)
            return self._other(value)
        except Exception as error:  # noqa: BLE001 - a log call never fails
            return f"[unprintable {kind.__name__}: {type(error).__name__}]"

    def _other(self, value: object) -> object:  # noqa: PLR0911 - a case each
        """Return a value of the rarer types, plain."""
        match value:
            case tuple() if hasattr(value, "_asdict"):
                return self._contained(value, self._named)
            case list() | tuple() | AbstractSet():
                return self._contained(value, self._items)
            case Mapping():
                return self._contained(value, self.fields)
            case _ if is_dataclass(value) and not isinstance(value, type):
                return self._contained(value, self._record)
            case Enum():
                return self.value(value.value)
            case int() | float() | timedelta() | datetime() | date() | time():
                return self._measured(value)
            case _:
                return self._cleaner.clean(self._told(value))

    def _measured(self, value: float | timedelta | datetime | date | time) -> object:
        """Return a number, also of a class of its own, a span in seconds, or a date."""
        match value:
            case int():
                return self._number(int(value))
            case float():
                return float(value)
            case timedelta():
                return value.total_seconds()
            case _:
                return value.isoformat()

    def _told(self, value: object) -> str:
        """Return text, bytes, an error or any object as text."""
        match value:
            case str():
                return str.__str__(value)
            case bytes() | bytearray() | memoryview():
                # What is no UTF-8 becomes escapes; more than fits is not decoded.
                raw = bytes(value[: 2 * self._limits.text])
                return raw.decode("utf-8", "backslashreplace")
            case BaseException():
                return f"{type(value).__name__}: {value}"
            case _:
                return repr(value)

    def _contained(self, value: Any, inner: Callable[[Any], object]) -> object:  # noqa: ANN401 - any container
        """Return a container, plain, unless it is too deep or contains itself."""
        within = self._within
        if id(value) in within:
            return _CYCLE
        if len(within) >= self._limits.depth:
            return _DEEP
        within.append(id(value))
        try:
            return inner(value)
        finally:
            within.pop()

    def _record(self, value: Any) -> object:  # noqa: ANN401 - any dataclass
        """Return a dataclass's fields, plain."""
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return self.fields(named)

    def _named(self, value: Any) -> object:  # noqa: ANN401 - any named tuple
        """Return a named tuple's fields, plain; a URL that was taken apart as a text."""
        if not hasattr(value, "geturl"):
            return self.fields(value._asdict())
        url = self._told(value.geturl())
        # A password is known by the '://' before it, which a URL without scheme lacks.
        bare = url[:2] == "//"
        return self._cleaner.clean(f":{url}")[1:] if bare else self._cleaner.clean(url)

    def _items(self, items: Any) -> list[object]:  # noqa: ANN401 - list, tuple or set
        """Return a sequence or a set, plain; a pair may be a header and its value."""
        if len(items) == _PAIR and type(items) in {tuple, list}:
            name, second = items
            if self._names_a_secret(name) and _holds_one(
                self._cleaner.key(name)[0], second
            ):
                return [self.value(name), self._cleaner.hidden(second)]
        found = [self.value(item) for item in self._some(items, len(items))]
        if len(items) > len(found):
            found.append(f"[cut: {len(items) - len(found)} more]")
        return found

    def _some(self, items: Iterable[Any], count: int) -> Iterable[Any]:
        """Return the items that may still be written, and take them from the limit."""
        left = self._left
        if count <= left and count <= self._limits.items:
            self._left = left - count
            return items
        allowed = min(count, left, self._limits.items)
        self._left = left - allowed
        return islice(items, allowed)

    def _names_a_secret(self, name: object) -> bool:
        """Tell whether a text, or a header's name in bytes, is that of a secret."""
        return isinstance(name, str | bytes) and self._cleaner.key(name)[1]

    def _number(self, number: int) -> object:
        """Return a number, unless it is that of a card."""
        if number < _CARD_MIN:
            return number
        text = str(number) if number < _CARD_MIN**2 else f"{number:x}"
        cleaned = self._cleaner.clean(text)
        return number if cleaned == text else cleaned


def _holds_one(name: str, value: object) -> bool:
    """Tell whether a secret field is filled, and with more than a count or a yes."""
    if value is None or isinstance(value, bool) or value == "":
        return False
    return not (isinstance(value, int | float) and counts_tokens(name))
