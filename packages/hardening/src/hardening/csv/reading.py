"""
Reading: pieces of a source in, blocks of rows for PostgreSQL out.

Pure: it opens nothing and waits for nothing. A piece is decoded, cut after its last
line end, split into records and checked; what is left over waits for the next piece.
After each block the position says where reading would go on, in bytes, which is what a
resumed import starts from.
"""

import gc
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hardening.csv.encoding import Encoding
from hardening.csv.layout import lines_of
from hardening.csv.records import Form, Records, overlong, split
from hardening.csv.reject import Fault, Reason, Reject, shown
from hardening.csv.rows import Read, RowReader

# A return at the very end may be the first half of a line end.
_LINE_END = re.compile(r"\n|\r\n|\r(?!\Z)")
_NUL = Fault(Reason.NUL, "a NUL character")
_NO_TEXT = re.compile("[\ud800-\udfff]")
_HALF = "\udc80"


@dataclass(frozen=True, slots=True)
class Position:
    """
    How far a source was read.

    Attributes:
        offset: Where the next record begins, in bytes.
        line: How many physical lines precede it.
        row: How many rows precede it, the header not counted.
        imported: How many of the rows went into the table.
        rejected: How many went into the rejects file.
    """

    offset: int
    line: int
    row: int = 0
    imported: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """
    Some thousand rows.

    Attributes:
        copy: The good ones, in COPY's text format.
        rejects: The others, by their place in the source.
        position: After the block.
    """

    copy: bytes
    rejects: tuple[Reject, ...]
    position: Position


class Reading:
    """
    Reads one source from a position on.

    Attributes:
        position: After the last block.
        columns: The table's, in the order of the blocks.
        copy_form: What the blocks are to COPY.

    Args:
        encoding: Of the source.
        form: What a row has to look like.
        rows: Checks the rows.
        position: Where the first piece begins.
    """

    copy_form = "FORMAT text"

    def __init__(
        self, encoding: Encoding, form: Form, rows: RowReader, position: Position
    ) -> None:
        self._encoding = encoding
        self._form = form
        self._rows = rows
        self._decoder = encoding.decoder()
        self._pending = ""
        self._skipping = False
        self.position = position
        self.columns = rows.columns

    def take(self, piece: bytes, *, last: bool = False) -> Block:
        """
        Take in the next piece of the source.

        Args:
            piece: Any number of bytes; what is held in memory grows with it.
            last: Whether the source ends with it.
        """
        # Thousands of lists and tuples that nothing refers to in a circle: looking for
        # circles among them takes a tenth of an import's time.
        pausing = gc.isenabled()
        gc.disable()
        try:
            return self._taken(piece, last=last)
        finally:
            if pausing:
                gc.enable()

    @property
    def between_lines(self) -> bool:
        """Whether reading can go on from the position; not amid a line that is skipped."""
        return not self._skipping

    def stored(self, rows: int) -> None:
        """Do nothing with PostgreSQL's count; the rows were counted here."""

    def _taken(self, piece: bytes, *, last: bool) -> Block:
        """Take in the next piece of the source."""
        self._pending += self._decoded(piece, last=last)
        if self._skipping and not self._skipped(last=last):
            return Block(b"", (), self.position)
        cut = len(self._pending) if last else _last_line_end(self._pending)
        endless = len(self._pending) - cut > self._form.limits.characters
        if not cut and endless:
            return self._overlong()
        block, self._pending = self._pending[:cut], self._pending[cut:]
        # No quote that is open here can be closed within the limits: it waits no longer.
        return self._block(block, last=last or endless)

    def _decoded(self, piece: bytes, *, last: bool) -> str:
        """Return a piece as text; half a character at the end of all is no text."""
        text = self._decoder.decode(piece)
        if not last:
            return text
        try:
            return text + self._decoder.decode(b"", True)  # noqa: FBT003 - its signature
        except UnicodeDecodeError:
            return text + _HALF

    def _block(self, text: str, *, last: bool) -> Block:
        """Return the rows of whole lines; a record that goes on later waits for it."""
        lines = lines_of(text)
        records = split(lines, self._form, last=last)
        if records.taken < len(lines):
            left = "".join(lines[records.taken :])
            text = text[: len(text) - len(left)]
            self._pending = left + self._pending
        size, damaged = self._encoding.size(text)
        if damaged or "\0" in text:
            _set_aside(records)
        read = self._rows.read(records.rows)
        rejects = self._rejects(records, read, lines)
        before = self.position
        self.position = Position(
            offset=before.offset + size,
            line=before.line + records.taken,
            row=before.row + len(records.rows) + len(records.faults),
            imported=before.imported + read.imported,
            rejected=before.rejected + len(rejects),
        )
        return Block(read.copy, rejects, self.position)

    def _rejects(
        self, records: Records, read: Read, lines: Sequence[str]
    ) -> tuple[Reject, ...]:
        """Return the rows at fault, in the order of the source."""
        faults = {start: [("", fault)] for start, fault in records.faults.items()}
        faults |= {records.starts[row]: found for row, found in read.faults.items()}
        if not faults:
            return ()
        starts = sorted((*records.starts, *records.faults))
        used = lines[: records.taken]
        return tuple(
            self._reject(start, faults[start], starts, used) for start in sorted(faults)
        )

    def _reject(
        self,
        start: int,
        faults: Sequence[tuple[str, Fault]],
        starts: Sequence[int],
        lines: Sequence[str],
    ) -> Reject:
        """Return one row at fault."""
        place = bisect_left(starts, start)
        end = starts[place + 1] if place + 1 < len(starts) else len(lines)
        return Reject(
            line=self.position.line + start + 1,
            row=self.position.row + place + 1,
            columns="; ".join(column for column, _ in faults),
            reason=faults[0][1].reason,
            words="; ".join(dict.fromkeys(fault.words for _, fault in faults)),
            raw=shown("".join(lines[start:end])),
        )

    def _overlong(self) -> Block:
        """Reject a line that is over its limit, and skip to its end."""
        reject = Reject(
            line=self.position.line + 1,
            row=self.position.row + 1,
            columns="",
            reason=Reason.TOO_LONG,
            words=overlong(self._form.limits).words,
            raw=shown(self._pending),
        )
        row, rejected = self.position.row + 1, self.position.rejected + 1
        self.position = replace(self.position, row=row, rejected=rejected)
        self._skipping = True
        self._skipped(last=False)
        return Block(b"", (reject,), self.position)

    def _skipped(self, *, last: bool) -> bool:
        """Drop text up to the end of the line; tell whether the end was there."""
        found = _LINE_END.search(self._pending)
        half = self._pending.endswith("\r") and not last
        length = len(self._pending) - half
        end = found.end() if found else length
        size, _ = self._encoding.size(self._pending[:end])
        ended = found is not None or last
        self._pending = self._pending[end:]
        self._skipping = not ended
        before = self.position
        self.position = replace(
            before, offset=before.offset + size, line=before.line + ended
        )
        return ended


def _last_line_end(text: str) -> int:
    """Return where the last line that ends in the text ends; 0 where none does."""
    feed = text.rfind("\n") + 1
    return max(feed, text.rfind("\r", feed, len(text) - 1) + 1)


def _set_aside(records: Records) -> None:
    """Make faults of the rows that hold a NUL or bytes that are no text."""
    kept = []
    for start, row in zip(records.starts, records.rows, strict=True):
        text = "".join(row)
        if "\0" in text:
            records.faults[start] = _NUL
        elif _NO_TEXT.search(text):
            records.faults[start] = _undecodable(text)
        else:
            kept.append((start, row))
    records.starts = [start for start, _ in kept]
    records.rows = [row for _, row in kept]


def _undecodable(text: str) -> Fault:
    """Return what is wrong with a row that holds bytes of another encoding."""
    found = _NO_TEXT.search(text)
    return Fault(
        Reason.UNDECODABLE, f"bytes that are no text: {found and shown(found[0])}"
    )
