"""
The work: one import, without the database.

It knows what a batch is, counts, writes the rejects, keeps the limits and tells how far
it is. `importer` carries what it returns to PostgreSQL, with and without `await`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from hardening.core import Clock, Listener, require
from hardening.csv.checkpoint import Checkpoint
from hardening.csv.errors import RejectsNotWritten, TooManyRejects
from hardening.csv.events import CsvEvent, CsvImportProgressed
from hardening.csv.layout import Layout
from hardening.csv.plain import PlainReading
from hardening.csv.reading import Position, Reading
from hardening.csv.reject import Reason
from hardening.csv.rejects import RejectsFile
from hardening.csv.source import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectLimits:
    """
    When to stop because the file is not what it should be.

    Attributes:
        most: As many rejected rows are taken; None sets no limit.
        pct: As many of 100 rows may be rejected; None sets no limit.
        pct_after: The share is looked at once so many rows were read, and at the end.
    """

    most: int | None = None
    pct: float | None = None
    pct_after: int = 1_000

    def __post_init__(self) -> None:
        most, pct = self.most, self.pct
        holds = most is None or most >= 0
        require("RejectLimits.most", most, "0 or more, or None", holds=holds)
        holds = pct is None or 0 <= pct <= 100  # noqa: PLR2004 - a percentage
        require("RejectLimits.pct", pct, "from 0 to 100, or None", holds=holds)
        after = self.pct_after
        require("RejectLimits.pct_after", after, "1 or more", holds=after >= 1)

    def broken(self, position: Position, *, last: bool) -> str | None:
        """Return the limit that was passed, in words; None where none was."""
        rejected, rows = position.rejected, position.row
        if self.most is not None and rejected > self.most:
            return f"{self.most:,} rows"
        enough = rows >= self.pct_after or (last and rows > 0)
        if self.pct is not None and enough and 100 * rejected > self.pct * rows:
            return f"{self.pct:g} % of the rows"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What became of a source.

    Attributes:
        name: The import's; None where it has none.
        rows: In the source, the header not counted; `imported` and `rejected` of them.
        imported: In the table.
        rejected: In the rejects file.
        rejects: That file.
        rejects_complete: Whether it holds all of them; not so where the import was
            resumed and the earlier part of the file was gone.
        reasons: How many rows of this attempt were rejected for each reason.
        encoding: The codec that decoded the source.
        delimiter: The character between cells.
        ignored: Headings that no column is for.
        resumed_after: The row after which this attempt went on; 0 began the source.
        phones: What read the phone numbers, where the mapping has any:
            'patterns', 'rphonenumbers', 'phonenumbers'.
        seconds: That this attempt took.
    """

    name: str | None
    rows: int
    imported: int
    rejected: int
    rejects: Path
    rejects_complete: bool
    reasons: dict[Reason, int]
    encoding: str
    delimiter: str
    ignored: tuple[str, ...]
    resumed_after: int
    phones: tuple[str, ...]
    seconds: float


def report(
    layout: Layout,
    position: Position,
    *,
    name: str | None,
    rejects: Path,
    resumed_after: int,
    phones: tuple[str, ...],
    rejects_complete: bool = True,
    reasons: Mapping[Reason, int] = MappingProxyType({}),
    seconds: float = 0.0,
) -> Report:
    """Return what became of a source that was read up to a position."""
    return Report(
        name=name,
        rows=position.row,
        imported=position.imported,
        rejected=position.rejected,
        rejects=rejects,
        rejects_complete=rejects_complete,
        reasons=dict(reasons),
        encoding=layout.encoding.codec,
        delimiter=layout.delimiter,
        ignored=layout.ignored,
        resumed_after=resumed_after,
        phones=phones,
        seconds=seconds,
    )


@dataclass(slots=True, kw_only=True)
class Work:
    """
    One import, while it runs.

    Attributes:
        table: Where the rows go.
        name: The import's; None has one transaction for all.
        head: The source's first bytes.
        layout: How the source is read.
        reading: Reads it.
        statement: The COPY that takes what it reads.
        rejects: Takes what is not imported.
        path: Of that file.
        limits: When to stop.
        batch_rows: Commit after so many.
        committed: Up to where all is kept.
        phones: What reads phone numbers.
        listener: Told of progress.
        clock: Measures it.
        every_s: Seconds from one to the next.
        reasons: Why rows were rejected, in this attempt.
        batch_reasons: Likewise, since the last commit was counted.
        ended: Whether the source was read to its end.
        began: Where this attempt went on.
    """

    table: str
    name: str | None
    head: Head
    layout: Layout
    reading: Reading | PlainReading
    statement: bytes
    rejects: RejectsFile
    path: Path
    limits: RejectLimits
    batch_rows: int
    committed: Checkpoint
    phones: tuple[str, ...]
    listener: Listener[CsvEvent]
    clock: Clock
    every_s: float
    reasons: Counter[Reason] = field(default_factory=Counter)
    batch_reasons: Counter[Reason] = field(default_factory=Counter)
    ended: bool = False
    began: Position = field(init=False)
    _began_s: float = field(init=False)
    _told_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.reading.position
        self._began_s = self._told_s = self.clock.monotonic_s()

    @property
    def kept_row(self) -> int:
        """The row up to which all is kept."""
        return self.committed.position.row if self.committed.position else 0

    @property
    def batch_is_full(self) -> bool:
        """Whether it is time to commit, and a place where reading could go on."""
        full = self.reading.position.row - self.kept_row >= self.batch_rows
        return full and self.name is not None and self.reading.between_lines

    def start(self) -> None:
        """
        Begin the rejects file, once the place of the import is held.

        Raises:
            RejectsNotWritten: It cannot be opened or written.
        """
        try:
            self.rejects.start()
        except OSError as error:
            raise self._not_written(error) from error

    def take(self, piece: bytes) -> bytes:
        """
        Read a piece of the source; an empty one is its end.

        Returns:
            Rows for COPY; possibly none.

        Raises:
            TooManyRejects: A limit was passed.
            RejectsNotWritten: The rejects file could not be written.
        """
        block = self.reading.take(piece, last=not piece)
        if block.rejects:
            self.batch_reasons.update(reject.reason for reject in block.rejects)
            try:
                self.rejects.write(block.rejects)
            except OSError as error:
                raise self._not_written(error) from error
        broken = self.limits.broken(block.position, last=not piece)
        if broken is not None:
            raise TooManyRejects(
                rejected=block.position.rejected,
                rows=block.position.row,
                limit=broken,
                rejects=self.path,
                row=self.kept_row,
            )
        self.ended = not piece
        self._tell()
        return block.copy

    def stored(self, rows: int) -> None:
        """
        Keep the rejects, before the rows are committed.

        Args:
            rows: How many of the batch PostgreSQL has.

        Raises:
            RejectsNotWritten: They could not be kept.
        """
        self.reading.stored(rows)
        try:
            self.rejects.sync()
        except OSError as error:
            raise self._not_written(error) from error

    def commit(self) -> None:
        """Take note that all up to here is kept."""
        size = self.rejects.size
        self.committed = Checkpoint(self.reading.position, size, finished=self.ended)
        self.reasons.update(self.batch_reasons)

    def report(self) -> Report:
        """Return what became of the source so far."""
        return report(
            self.layout,
            self.reading.position,
            name=self.name,
            rejects=self.path,
            resumed_after=self.began.row,
            phones=self.phones,
            rejects_complete=self.rejects.kept or not self.began.rejected,
            reasons=self.reasons,
            seconds=self.clock.monotonic_s() - self._began_s,
        )

    def _not_written(self, error: OSError) -> RejectsNotWritten:
        """Return what to raise about the rejects file."""
        return RejectsNotWritten(rejects=self.path, row=self.kept_row, error=error)

    def _tell(self) -> None:
        """Tell how far the import is, once in a while."""
        now_s = self.clock.monotonic_s()
        if now_s - self._told_s < self.every_s:
            return
        self._told_s = now_s
        position, size = self.reading.position, self.head.size
        taken_s = now_s - self._began_s
        done = position.offset - self.began.offset
        left_s = None
        if size is not None and done:
            left_s = max(0.0, taken_s * (size - position.offset) / done)
        self.listener(
            CsvImportProgressed(
                table=self.table,
                rows=position.row,
                rejected=position.rejected,
                bytes_read=position.offset,
                bytes_in_all=size,
                rows_per_s=(position.row - self.began.row) / taken_s
                if taken_s
                else 0.0,
                remaining_s=left_s,
            )
        )
