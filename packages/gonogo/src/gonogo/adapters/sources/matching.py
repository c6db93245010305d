r"""
What a query means in a log: which entries are counted, and which numbers are taken.

    level=error                             entries that match a regular expression
    took (?P<value>[\d.]+) ms               the numbers that it names `value`
    $[?@.status >= 500]                     entries that a JSON path finds
    $[?@.path == "/pay"].duration_ms        the numbers that it finds
    buckets: $[?@.path == "/pay"].duration_ms

`buckets:` makes a histogram of the numbers, for a percentile; `count:` and `values:` say
what otherwise follows from the query.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from jsonpath import JSONPathEnvironment, JSONPathError

from gonogo.adapters.sources.entries import Entry
from gonogo.analysis.buckets import cumulative_of
from gonogo.ports.source import Point, Series

_PREFIX = re.compile(r"(count|values|buckets):\s*")
_RFC_9535 = JSONPathEnvironment(strict=True)
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


class NoPattern(ValueError):
    """A query is neither a regular expression nor a JSON path; says why."""


class What(StrEnum):
    """What is made of the entries that match."""

    COUNT = "count"
    VALUES = "values"
    BUCKETS = "buckets"


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    A query, ready to be matched.

    Attributes:
        find: Gives what an entry has; empty for one that does not match.
    """

    what: What
    find: Callable[[Entry], Sequence[object]]

    def series(self, entries: Iterable[Entry], *, until: datetime) -> Iterator[Series]:
        """Yield what the entries of a stretch give, counts as of its end."""
        found = [(entry.at, one) for entry in entries if (one := self.find(entry))]
        if self.what is What.COUNT:
            yield Series(points=(Point(until, float(len(found))),))
            return
        given = [(at, _number(one), one) for at, several in found for one in several]
        numbers = [Point(at, number) for at, number, _ in given if number is not None]
        if odd := [str(one) for _, number, one in given if number is None]:
            yield Series(points=(), notes=(_no_numbers(odd),))
        if self.what is What.VALUES:
            yield Series(points=tuple(numbers))
            return
        for bound, count in cumulative_of(point.value for point in numbers).items():
            yield Series(points=(Point(until, count),), labels={"le": repr(bound)})


@lru_cache(maxsize=256)
def pattern_of(query: str) -> Pattern:
    """
    Return what a query means.

    Raises:
        NoPattern: It cannot be read.
    """
    prefix = _PREFIX.match(query.strip())
    text = query.strip()[prefix.end() if prefix else 0 :]
    if not text:
        message = "the query is empty. Write what an entry has to match."
        raise NoPattern(message)
    said = What(prefix[1]) if prefix else None
    if text.startswith("$"):
        usual = What.COUNT if _chooses(text) else What.VALUES
        return Pattern(said or usual, _path(text))
    return _regular(text, said)


def _regular(text: str, said: What | None) -> Pattern:
    try:
        compiled = re.compile(text)
    except re.error as error:
        message = f"{text!r} is no regular expression: {error}."
        raise NoPattern(message) from error
    named = "value" in compiled.groupindex
    if not named and said in {What.VALUES, What.BUCKETS}:
        message = f"{text!r} names no number: write (?P<value>…) round it."
        raise NoPattern(message)

    def find(entry: Entry) -> Sequence[object]:
        found = compiled.search(entry.text)
        if found is None:
            return ()
        return (found["value"],) if named else (True,)

    return Pattern(said or (What.VALUES if named else What.COUNT), find)


def _path(text: str) -> Callable[[Entry], Sequence[object]]:
    try:
        compiled = _RFC_9535.compile(text)
    except (JSONPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        message = f"JSON path {text} cannot be followed: {reason}."
        raise NoPattern(message) from error

    def find(entry: Entry) -> Sequence[object]:
        return () if entry.held is None else compiled.findall([entry.held])

    return find


def _chooses(path: str) -> bool:
    """Return whether a path ends with the choice of entries, and takes nothing inside."""
    plain = _QUOTED.sub('""', path)
    depth = 0
    for place, sign in enumerate(plain):
        depth += (sign == "[") - (sign == "]")
        if sign == "]" and depth == 0:
            return place == len(plain) - 1
    return plain == "$"


def _no_numbers(odd: Sequence[str]) -> str:
    return f"Of what matched, {len(odd)} were no numbers, such as {odd[0][:40]!r}."


def _number(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
