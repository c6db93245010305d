"""
Cells: one column of some thousand rows at a time, checked and made alike.

A call for each cell would cost more than PostgreSQL's whole work for the row. So a
column is looked at as one text, cells joined by NUL, which no cell holds by then; only
what does not fit is looked at by itself.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Protocol, assert_never

from hardening.csv.formula import unescape
from hardening.csv.kinds import Boolean, Date, Email, Integer, Kind, Number, Phone, Text
from hardening.csv.mapping import Column
from hardening.csv.phone import Phones
from hardening.csv.reject import Fault, Reason

# Beyond ASCII anything but spaces and what is not seen, as RFC 6531 has it.
_UNSEEN = r"\x7f-\xa0\u2000-\u206f\u3000\ufeff"
_LOCAL = rf"[^\x00-\x20\"(),.:;<>@\[\\\]{_UNSEEN}]++"
_LABEL = rf"(?!-)[^\x00-,./:-`{{-\x7e{_UNSEEN}]{{1,63}}+(?<!-)"
# A run of cells that are empty, or addresses whose domains are in lower case: mostly the
# whole column. Possessive, so that no cell can make it try again.
_EMAILS = re.compile(rf"(?:(?:{_LOCAL}(?:\.{_LOCAL})*+@{_LABEL}(?:\.{_LABEL})++)?\0)*+")
_EMAIL_LONGEST = 254
_NAME_LONGEST = 64
_INTEGER = re.compile(r"([+-]?)0*([0-9]{1,19})", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,100}(?:\.[0-9]{0,100})?|\.[0-9]{1,100})")
_REMEMBERED = 4096
# What is longer is no date, and is not kept: thousands of long cells fill the memory.
_DATE_LONGEST = 250


@dataclass(frozen=True, slots=True)
class Cells:
    """
    A column that was read.

    Attributes:
        values: As they are stored; an empty one is NULL, one at fault is anything.
        faults: What is wrong, by the cell's place.
        plain: Whether no value holds a backslash, a tab or a line end.
    """

    values: list[str]
    faults: dict[int, Fault] = field(default_factory=dict)
    plain: bool = True


class Reader(Protocol):
    """Reads cells of one kind; none of them holds a NUL."""

    def __call__(self, cells: Sequence[str], /) -> Cells:
        """Return what they become, in the same order."""
        ...


def reader(column: Column, phones: Mapping[str, Phones]) -> Reader:
    """
    Return what reads a column.

    Args:
        column: Its kind decides.
        phones: What reads phone numbers, by the names of their columns.
    """
    read = _reader(column.kind, phones.get(column.name))
    return partial(_required, read) if column.required else read


def _reader(kind: Kind, phones: Phones | None) -> Reader:  # noqa: PLR0911 - a case each
    """Return what reads cells of a kind, empty ones too."""
    match kind:
        case Text():
            return partial(_text, kind)
        case Phone():
            assert phones is not None  # noqa: S101 - one is made for each such column
            return partial(_phone, phones)
        case Email():
            return _email
        case Integer():
            words = f"not a whole number from {kind.low:,} to {kind.high:,}"
            return _each(partial(_integer, kind), Fault(Reason.INTEGER, words))
        case Number():
            return _each(_number, Fault(Reason.NUMBER, "not a number"))
        case Date():
            words = f"not a date like {' or '.join(kind.formats)}"
            read = lru_cache(_REMEMBERED)(partial(_date, kind))
            short = partial(_if_short, read)
            return _each(short, Fault(Reason.DATE, words))
        case Boolean():
            words = f"none of {', '.join((*kind.yes, *kind.no))}"
            return _each(partial(_boolean, _words(kind)), Fault(Reason.BOOLEAN, words))
        case _:
            assert_never(kind)


def _required(read: Reader, cells: Sequence[str]) -> Cells:
    """Return a column in which an empty cell is at fault."""
    done = read(cells)
    if "" in done.values:
        empty = Fault(Reason.EMPTY, "empty, but required")
        for place, content in enumerate(done.values):
            if not content:
                done.faults.setdefault(place, empty)
    return done


def _text(kind: Text, cells: Sequence[str]) -> Cells:
    """Return texts, as their kind wants them."""
    done = list(cells)
    if kind.unescape:
        done = list(map(unescape, done))
    if kind.nfc and not unicodedata.is_normalized("NFC", "\0".join(done)):
        done = [unicodedata.normalize("NFC", cell) for cell in done]
    if kind.strip:
        done = list(map(str.strip, done))
    longest = kind.longest
    if longest is None or max(map(len, done), default=0) <= longest:
        return Cells(done, plain=False)
    fault = Fault(Reason.TEXT, f"longer than {longest:,} characters")
    long = {i: fault for i, cell in enumerate(done) if len(cell) > longest}
    return Cells(done, long, plain=False)


def _phone(read: Phones, cells: Sequence[str]) -> Cells:
    """Return phone numbers in E.164."""
    numbers, wrong = read([*map(str.strip, cells)])
    return Cells(numbers, dict.fromkeys(wrong, _NO_PHONE))


_NO_PHONE = Fault(Reason.PHONE, "not a valid phone number")
_NO_EMAIL = Fault(Reason.EMAIL, "not an e-mail address")


def _email(cells: Sequence[str]) -> Cells:
    """Return addresses, their domains in lower case."""
    done, faults = [*map(str.strip, cells)], {}
    for place in [*_doubted(done)]:
        address = _address(done[place])
        done[place] = address or ""
        if address is None:
            faults[place] = _NO_EMAIL
    return Cells(done, faults)


def _doubted(cells: Sequence[str]) -> Iterator[int]:
    """Yield the places of cells that have to be looked at by themselves."""
    if max(map(len, cells), default=0) > _NAME_LONGEST:
        yield from (i for i, cell in enumerate(cells) if len(cell) > _NAME_LONGEST)
    text = "\0".join(cells) + "\0"
    place = start = 0
    while start < len(text):
        run = _EMAILS.match(text, start)
        end = run.end() if run else start
        place += text.count("\0", start, end)
        if end < len(text):
            yield place
            end += len(cells[place]) + 1
            place += 1
        start = end


def _address(cell: str) -> str | None:
    """Return an address with its domain in lower case, or None where it is none."""
    name, at, domain = cell.rpartition("@")
    address = name + at + domain.lower()
    return address if _is_short(address) and _EMAILS.fullmatch(f"{address}\0") else None


def _is_short(address: str) -> bool:
    """Tell whether an address is within the limits of RFC 5321, section 4.5.3.1."""
    return len(address) <= _EMAIL_LONGEST and address.find("@") <= _NAME_LONGEST


def _each(read: Callable[[str], str | None], fault: Fault) -> Reader:
    """Return what reads a column cell by cell; None is at fault."""

    def column(cells: Sequence[str]) -> Cells:
        return _with([cell and read(cell) for cell in map(str.strip, cells)], fault)

    return column


def _with(found: Sequence[str | None], fault: Fault) -> Cells:
    """Return a column whose cells of None are at fault."""
    faults = {i: fault for i, cell in enumerate(found) if cell is None}
    return Cells([cell or "" for cell in found], faults)


def _integer(kind: Integer, cell: str) -> str | None:
    """Return a whole number without its zeros in front, or None."""
    if not _INTEGER.fullmatch(cell):
        return None
    number = int(cell)
    return str(number) if kind.low <= number <= kind.high else None


def _number(cell: str) -> str | None:
    """Return a number as it is, or None."""
    return cell if _NUMBER.fullmatch(cell) else None


def _if_short(read: Callable[[str], str | None], cell: str) -> str | None:
    """Return what a cell becomes, or None where it is too long to be anything."""
    return read(cell) if len(cell) <= _DATE_LONGEST else None


def _date(kind: Date, cell: str) -> str | None:
    """Return a day as ISO 8601 has it, by the first format that fits, or None."""
    for form in kind.formats:
        try:
            day = datetime.strptime(cell, form)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day.date().isoformat()
    return None


def _words(kind: Boolean) -> dict[str, str]:
    """Return what each word means to PostgreSQL."""
    return dict.fromkeys(kind.yes, "t") | dict.fromkeys(kind.no, "f")


def _boolean(words: dict[str, str], cell: str) -> str | None:
    """Return 't', 'f' or None."""
    return words.get(cell.lower())
