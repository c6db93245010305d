"""Rows: checked column by column, and put into the form that PostgreSQL's COPY takes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

from hardening.csv.cells import Reader, reader
from hardening.csv.kinds import Phone
from hardening.csv.mapping import Binding, Mapping
from hardening.csv.phone import Phones, Told, phones
from hardening.csv.reject import Fault

# PostgreSQL, COPY, 'Text Format': what has a meaning of its own in a cell.
_SPECIAL = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_NULL = "\\N"


@dataclass(slots=True)
class Read:
    """
    Rows that were read.

    Attributes:
        copy: The good ones, for COPY.
        imported: How many those are.
        faults: What is wrong with the others, by their place, each with its column.
    """

    copy: bytes = b""
    imported: int = 0
    faults: dict[int, list[tuple[str, Fault]]] = field(default_factory=dict)


class RowReader:
    """
    Reads the rows of one source.

    Args:
        readers: By the columns' names.
        binding: Where the columns are.
        rest: The name of the JSON column; None leaves out what has no column.
    """

    def __init__(
        self, readers: dict[str, Reader], binding: Binding, rest: str | None
    ) -> None:
        self._places = [(p, c.name, readers[c.name]) for p, c in binding.columns]
        self._rest = binding.rest if rest is not None else ()
        self.columns = [name for _, name, _ in self._places]
        if self._rest and rest is not None:
            self.columns.append(rest)

    def read(self, rows: Sequence[Sequence[str]]) -> Read:
        """Check rows, all of the header's width and without NULs."""
        if not rows:
            return Read()
        columns = list(zip(*rows, strict=True))
        done, values, plain = Read(), [], []
        for place, name, read in self._places:
            cells = read(columns[place])
            values.append(cells.values)
            plain.append(cells.plain)
            for row, fault in cells.faults.items():
                done.faults.setdefault(row, []).append((name, fault))
        if self._rest:
            values.append(self._kept(columns, len(rows)))
            plain.append(False)
        if done.faults:
            good = bytearray(b"\1") * len(rows)
            for row in done.faults:
                good[row] = 0
            values = [list(compress(column, good)) for column in values]
        done.imported = len(values[0])
        done.copy = _copy(values, plain) if done.imported else b""
        return done

    def _kept(self, columns: Sequence[Sequence[str]], count: int) -> list[str]:
        """Return what has no column, as a JSON object a row; empty cells are left out."""
        return [
            json.dumps(
                {head: columns[p][row] for p, head in self._rest if columns[p][row]},
                ensure_ascii=False,
            )
            for row in range(count)
        ]


def phone_readers(mapping: Mapping, told: Told) -> dict[str, Phones]:
    """
    Return what reads the numbers of each phone column, by its name.

    Args:
        mapping: The columns.
        told: Hears that a quick way to read numbers was wrong.

    Raises:
        InvalidSetting: A column has a region that phonenumbers does not know.
    """
    return {
        column.name: phones(column.kind.region, column.name, told)
        for column in mapping.columns
        if isinstance(column.kind, Phone)
    }


def readers(mapping: Mapping, numbers: dict[str, Phones]) -> dict[str, Reader]:
    """Return what reads each column, by its name."""
    return {column.name: reader(column, numbers) for column in mapping.columns}


def copy_statement(path: Sequence[str], columns: Sequence[str], form: str) -> bytes:
    """
    Return the statement that takes rows in UTF-8, whatever the client's encoding is.

    Args:
        path: The table's name, its schema's before it.
        columns: Their names.
        form: COPY's own options: 'FORMAT text'.
    """
    table, names = ".".join(map(_quoted, path)), ", ".join(map(_quoted, columns))
    return f"COPY {table} ({names}) FROM STDIN ({form}, ENCODING 'UTF8')".encode()


def _quoted(name: str) -> str:
    """Return a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _copy(values: Sequence[list[str]], plain: Sequence[bool]) -> bytes:
    """Return rows in COPY's text format; an empty cell is NULL."""
    columns = [
        column if is_plain else _escaped(column)
        for column, is_plain in zip(values, plain, strict=True)
    ]
    columns = [
        [cell or _NULL for cell in column] if "" in column else column
        for column in columns
    ]
    lines = map("\t".join, zip(*columns, strict=True))
    return ("\n".join(lines) + "\n").encode()


def _escaped(column: list[str]) -> list[str]:
    """Return a column's cells as COPY takes them."""
    text = "\0".join(column)
    escaped = text
    for character, spelt in _SPECIAL:
        if character in text:
            escaped = escaped.replace(character, spelt)
    return column if escaped is text else escaped.split("\0")
