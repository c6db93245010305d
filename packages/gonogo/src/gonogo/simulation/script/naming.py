"""Naming: which part of a plan a few words mean, or which they might."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gonogo.document.bindings.fields import hint
from gonogo.simulation.script.mistakes import Unclear

T = TypeVar("T")
SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Generic[T]):
    """Something that has a name, and a line where several have the same."""

    name: str
    value: T
    line: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The words that stand for a name, and where they stand."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a name as it is compared: case, space and backquotes ignored."""
    return " ".join(text.replace("`", "").casefold().split())


def find(words: Words, among: Sequence[Named[T]], kind: str) -> T:
    """
    Return what the words mean: the whole name, or a part that only one has.

    Args:
        words: As they stand in the line.
        among: Everything that could be meant.
        kind: What it is, for the message ('metric').

    Raises:
        Unclear: They mean nothing, or several things; each is named.
    """
    by_line = _by_line(words, among)
    found = by_line or _matching(fold(words.text), among)
    if len({id(each.value) for each in found}) == 1 or _same(found):
        return found[0].value
    raise (_ambiguous if found else _unknown)(words, found or among, kind)


def _same(found: Sequence[Named[T]]) -> bool:
    return bool(found) and all(each.value == found[0].value for each in found)


def _by_line(words: Words, among: Sequence[Named[T]]) -> Sequence[Named[T]]:
    line = re.fullmatch(r"\s*line\s+(\d+)\s*", words.text, re.IGNORECASE)
    return [each for each in among if line and each.line == int(line[1])]


def _matching(name: str, among: Sequence[Named[T]]) -> Sequence[Named[T]]:
    if not name:
        return []
    whole = [each for each in among if fold(each.name) == name]
    part = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    by_words = [each for each in among if part.search(fold(each.name))]
    anywhere = [each for each in among if name in fold(each.name)]
    return whole or by_words or anywhere


def _ambiguous(words: Words, found: Sequence[Named[T]], kind: str) -> Unclear:
    what = f"'{words.text}' could be {len(found)} {kind}s: say more of the name."
    return Unclear(words.start, words.end, what, _listed(kind, found))


def _unknown(words: Words, among: Sequence[Named[T]], kind: str) -> Unclear:
    names = tuple(each.name for each in among)
    near = hint(words.text, names) or hint(words.text, _parts(words.text, names))
    what = f"'{words.text}' names no {kind} of this plan.{near}"
    none = f"The plan has no {kind}."
    allowed = _listed(kind, among) if among else none
    return Unclear(words.start, words.end, what, allowed)


def _parts(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the parts of the names that have as many words as a text."""
    length = len(text.split())
    split = (name.split() for name in names)
    return tuple(
        " ".join(words[start : start + length])
        for words in split
        for start in range(len(words) - length + 1)
    )


def _listed(kind: str, among: Sequence[Named[T]]) -> str:
    names = [
        f"'{each.name}'" + (f" (line {each.line})" if each.line else "")
        for each in among
    ]
    shown = list(dict.fromkeys(names))
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return f"{kind.capitalize()}s: {', '.join(shown[:SHOWN])}{more}."
