"""The layout: what the first bytes of a source say about all the others."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from hardening.csv.encoding import Decided, Encoding, chosen, detect
from hardening.csv.errors import HeaderUnreadable
from hardening.csv.mapping import Binding, Mapping, bind, known

HEAD_BYTES = 1 << 18
"""How much of a source is looked at before its rows; the header has to end in it."""

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between cells, in the order in which a tie is broken."""

# Excel writes it, and reads it, where a country's list separator is no comma.
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Layout:
    """
    How a source is to be read.

    Attributes:
        encoding: Of its bytes.
        delimiter: Between its cells.
        delimiter_by: What decided on it.
        binding: What its header means.
        offset: Where the first row begins, in bytes.
        line: How many physical lines precede it.
    """

    encoding: Encoding
    delimiter: str
    delimiter_by: Decided
    binding: Binding
    offset: int
    line: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Each heading's column in the file's order, or itself where it has none."""
        names = dict(self.binding.rest)
        names |= {place: column.name for place, column in self.binding.columns}
        return tuple(names[place] for place in range(self.binding.width))

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings that no column is for; kept as JSON where the mapping says so."""
        return tuple(heading for _, heading in self.binding.rest)


@dataclass(frozen=True, slots=True)
class _Header:
    """A header, as one delimiter has it."""

    delimiter: str
    headings: tuple[str, ...]
    line: int


def lines_of(text: str) -> list[str]:
    """Return physical lines with their ends: a line feed, a return, or both."""
    return StringIO(text, newline="").readlines()


def lay_out(
    head: bytes,
    mapping: Mapping,
    *,
    whole: bool,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Layout:
    """
    Recognise a source.

    Args:
        head: Its first bytes.
        mapping: The columns to find.
        whole: Whether there are no other bytes.
        encoding: Python's name of it; None decides by the bytes.
        delimiter: One character; None decides by the header: with which of the usual
            ones are most of the columns found?

    Raises:
        EncodingUnsupported: It is UTF-32.
        HeaderUnreadable: There is no header, or it does not end.
        HeaderIncomplete: A required column is missing.
        HeaderAmbiguous: Several headings stand for one column.
    """
    coded = chosen(encoding, head) if encoding else detect(head, whole=whole)
    # Half a character at the end is for the rows to reject.
    text = coded.decoder().decode(head[coded.mark :])
    lines = lines_of(text)
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    by, told = Decided.SETTING, delimiter
    if first < len(lines) and (sep := _SEP_LINE.fullmatch(lines[first])):
        first, by, told = first + 1, Decided.SEP_LINE, delimiter or sep[1]
    by = by if told else Decided.HEADER
    header = _header(lines, first, mapping, (told,) if told else DELIMITERS)
    if header.line == len(lines) and not whole:
        reason = f"it does not end within {len(head):,} bytes"
        raise HeaderUnreadable(reason)
    binding = bind(mapping, header.headings)
    _require_text(mapping, binding)
    used = "".join(lines[: header.line])
    offset = coded.mark + coded.size(used)[0]
    return Layout(coded, header.delimiter, by, binding, offset, header.line)


def _header(
    lines: Sequence[str], first: int, mapping: Mapping, delimiters: Sequence[str]
) -> _Header:
    """Return the header by the delimiter that finds most columns, then most cells."""
    if first >= len(lines):
        reason = "the source is empty"
        raise HeaderUnreadable(reason)
    found = [_by(lines, first, delimiter) for delimiter in delimiters]
    headers = [header for header in found if header is not None]
    if not headers:
        reason = "its quotes do not match, or a heading is too long"
        raise HeaderUnreadable(reason)
    return max(headers, key=lambda h: (known(mapping, h.headings), len(h.headings)))


def _by(lines: Sequence[str], first: int, delimiter: str) -> _Header | None:
    """Return the header as a delimiter has it; None where it makes no row."""
    reader = csv.reader(lines[first:], delimiter=delimiter, strict=True)
    try:
        headings = next(reader)
    except csv.Error:
        return None
    return _Header(delimiter, tuple(headings), first + reader.line_num)


def _require_text(mapping: Mapping, binding: Binding) -> None:
    """Refuse a heading that could not be a key of the JSON that keeps its cells."""
    for place, heading in binding.rest if mapping.rest is not None else ():
        if _NO_TEXT.search(heading):
            reason = f"heading {place + 1} holds bytes that are no text"
            raise HeaderUnreadable(reason)
