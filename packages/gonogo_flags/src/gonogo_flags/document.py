"""
A flag document: flagd-form JSON text, parsed once at the edge into checked values.

Every problem is collected with its path and reported together. Flags are written back
as text: only the span of the one flag is replaced, so that putting the old text back
leaves the very bytes that were there before, whoever laid out the file.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gonogo_flags.errors import FlagDocumentInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


class _DuplicateKey(ValueError):
    """The same key stands twice in one JSON object."""


@dataclass(frozen=True, slots=True)
class _Member:
    """Where one `"key": value` of an object stands in the text (offsets)."""

    key: str
    start: int
    value_start: int
    end: int


def parse_json(text: str, source: str) -> dict[str, Json]:
    """
    Return the JSON object that a flag document is.

    Raises:
        FlagDocumentInvalid: Broken JSON, a repeated key, or no object.
    """
    try:
        parsed = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _invalid(source, where, f"no JSON here ({error.msg})") from None
    except _DuplicateKey as error:
        raise _invalid(source, "document", f"'{error}' stands twice") from None
    except (RecursionError, ValueError):
        raise _invalid(source, "document", "JSON beyond all reason") from None
    if not isinstance(parsed, dict):
        raise _invalid(source, "document", "a JSON object is wanted")
    return parsed


def flag_text(text: str, flag: str) -> str | None:
    """Return the flag's definition exactly as the text has it; None without one."""
    for member in _flags(text)[1]:
        if member.key == flag:
            return text[member.value_start : member.end]
    return None


def with_flag(text: str, flag: str, definition: str) -> str:
    """Return the text with the flag's definition replaced, or added as the last."""
    opening, members = _flags(text)
    for member in members:
        if member.key == flag:
            return text[: member.value_start] + definition + text[member.end :]
    added = f"{json.dumps(flag)}: {definition}"
    if not members:
        return text[: opening + 1] + added + text[opening + 1 :]
    last = members[-1]
    before_key = text[_end_of_space_before(text, last.start) : last.start]
    return text[: last.end] + "," + before_key + added + text[last.end :]


def without_flag(text: str, flag: str) -> str:
    """Return the text without the flag: the exact reverse of adding it."""
    opening, members = _flags(text)
    for at, member in enumerate(members):
        if member.key != flag:
            continue
        if at:
            return text[: members[at - 1].end] + text[member.end :]
        if len(members) > 1:
            return text[: member.start] + text[members[1].start :]
        return text[: opening + 1] + text[member.end :]
    return text


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Build an object, refusing a key that stands twice."""
    built = dict(pairs)
    if len(built) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKey(next(key for key in keys if keys.count(key) > 1))
    return built


def _invalid(source: str, where: str, what: str) -> FlagDocumentInvalid:
    """Return the error for a document that is not a JSON object."""
    remedy = 'Write a flagd-form document, such as {"flags": {}}.'
    return FlagDocumentInvalid(source, [Problem(where, what, remedy)])


def _flags(text: str) -> tuple[int, list[_Member]]:
    """Return where the object of the flags opens, and its members."""
    top = _members(text, _after_space(text, 0))
    opening = next(member.value_start for member in top if member.key == "flags")
    return opening, _members(text, opening)


def _members(text: str, opening: int) -> list[_Member]:
    """Return the members of the object that opens here; the text is valid JSON."""
    members: list[_Member] = []
    at = _after_space(text, opening + 1)
    while text[at] != "}":
        start = _after_space(text, at + 1) if text[at] == "," else at
        key, after_key = _DECODER.raw_decode(text, start)
        value_start = _after_space(text, _after_space(text, after_key) + 1)
        end = _DECODER.raw_decode(text, value_start)[1]
        members.append(_Member(key, start, value_start, end))
        at = _after_space(text, end)
    return members


def _after_space(text: str, at: int) -> int:
    """Return the offset of the first character from here that is no white space."""
    while text[at] in _SPACE:
        at += 1
    return at


def _end_of_space_before(text: str, at: int) -> int:
    """Return the offset at which the white space before this place begins."""
    while text[at - 1] in _SPACE:
        at -= 1
    return at
