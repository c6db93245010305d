"""The mapping: which heading of a file goes into which column of a table."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hardening.core import require
from hardening.csv.errors import HeaderAmbiguous, HeaderIncomplete
from hardening.csv.kinds import Kind, Text

_NO_WORD = re.compile(r"[\W_]+")
_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of the table.

    Attributes:
        name: In the table, and a heading that stands for it.
        kind: What its cells have to be.
        aliases: Other headings that stand for it.
        required: Whether the header must have it and each row must fill it.
    """

    name: str
    kind: Kind = _TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False

    def __post_init__(self) -> None:
        require("Column.name", self.name, "a name", holds=bool(folded(self.name)))
        given: object = self.aliases
        holds = isinstance(given, tuple) and all(map(folded, self.aliases))
        require("Column.aliases", given, "a tuple of headings", holds=holds)


@dataclass(frozen=True, slots=True)
class Mapping:
    """
    A table, and its columns.

    Attributes:
        table: Its name, with its schema's before a dot where it needs one.
        columns: One or more.
        rest: The `jsonb` column that keeps the cells of headings for which there is no
            column, by heading; None leaves them out.
    """

    table: str
    columns: tuple[Column, ...]
    rest: str | None = None

    def __post_init__(self) -> None:
        require("Mapping.table", self.table, "a name", holds=all(self.path))
        holds = len(self.columns) > 0
        rule = "a tuple of one column or more"
        require("Mapping.columns", self.columns, rule, holds=holds)
        self._require_distinct()

    @property
    def path(self) -> tuple[str, ...]:
        """The table's name, split at its dots."""
        return tuple(self.table.split("."))

    def _require_distinct(self) -> None:
        """Refuse columns that could not be told apart by a heading."""
        owner: dict[str, str] = {}
        for column in self.columns:
            for heading in (column.name, *column.aliases):
                taken = owner.setdefault(folded(heading), column.name)
                rule = f"told apart: {heading!r} also stands for {taken!r}"
                holds = taken == column.name
                require("Mapping.columns", column.name, rule, holds=holds)
        names = [column.name for column in self.columns]
        rule = "columns of different names"
        holds = len({*names}) == len(names)
        require("Mapping.columns", names, rule, holds=holds)
        rule = "another name than those of the columns"
        require("Mapping.rest", self.rest, rule, holds=self.rest not in names)


@dataclass(frozen=True, slots=True)
class Binding:
    """
    What a header means.

    Attributes:
        columns: Those that the file has, each with its place, counted from 0.
        rest: The other headings with their places; ignored, or kept as JSON.
        width: How many cells a row has.
    """

    columns: tuple[tuple[int, Column], ...]
    rest: tuple[tuple[int, str], ...]
    width: int


def folded(heading: str) -> str:
    """Return what is compared: no capitals, spaces or punctuation: 'E-Mail' is 'email'."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", heading).casefold())


def known(mapping: Mapping, headings: Iterable[str]) -> int:
    """Return how many of the headings stand for a column."""
    owner = _owners(mapping)
    return sum(folded(heading) in owner for heading in headings)


def bind(mapping: Mapping, headings: Sequence[str]) -> Binding:
    """
    Find the columns of a header.

    Raises:
        HeaderIncomplete: A required column is missing, or there is none at all.
        HeaderAmbiguous: Several headings stand for one column; or for one key of the
            JSON that keeps the rest.
    """
    owner = _owners(mapping)
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        column = owner.get(folded(heading))
        if column is not None:
            places.setdefault(column.name, []).append(place)
        elif mapping.rest is not None:
            places.setdefault(heading, []).append(place)
    _require_one_each(places, headings)
    _require_all(mapping, places, headings)
    bound = tuple((places[c.name][0], c) for c in mapping.columns if c.name in places)
    taken = {place for place, _ in bound}
    rest = tuple(item for item in enumerate(headings) if item[0] not in taken)
    return Binding(bound, rest, len(headings))


def _owners(mapping: Mapping) -> dict[str, Column]:
    """Return the column that each folded heading stands for."""
    return {
        folded(heading): column
        for column in mapping.columns
        for heading in (column.name, *column.aliases)
    }


def _require_one_each(places: dict[str, list[int]], headings: Sequence[str]) -> None:
    """Refuse a column that stands in several places."""
    for name, found in places.items():
        if len(found) > 1:
            raise HeaderAmbiguous(
                column=name,
                headings=[headings[place] for place in found],
                places=[place + 1 for place in found],
            )


def _require_all(
    mapping: Mapping, places: dict[str, list[int]], headings: Sequence[str]
) -> None:
    """Refuse a header without a required column, and one without any."""
    missing = [c.name for c in mapping.columns if c.required and c.name not in places]
    if not any(column.name in places for column in mapping.columns):
        missing = missing or ["any of its columns"]
    if missing:
        raise HeaderIncomplete(missing=missing, found=headings)
