"""What an import did, as events."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvImportStarted:
    """
    A source was recognised, and its rows are being read.

    Attributes:
        table: Where the rows go.
        name: The import's name; None cannot be resumed.
        encoding: The codec that decodes the source: 'utf-8', 'cp1252', …
        encoding_by: What decided on it: 'byte order mark', 'first bytes', 'setting'.
        delimiter: The character between cells.
        ignored: Headings that no column is for.
        row: Rows up to this one were imported by an earlier attempt.
    """

    event: ClassVar[str] = "csv_import_started"
    level: ClassVar[int] = 20
    table: str
    name: str | None
    encoding: str
    encoding_by: str
    delimiter: str
    ignored: tuple[str, ...]
    row: int

    @property
    def subject(self) -> str:
        """The table."""
        return self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvImportProgressed:
    """
    Rows were read.

    Attributes:
        table: Where the rows go.
        rows: Read so far, rejected ones included, earlier attempts included.
        rejected: So far.
        bytes_read: Of the source, so far.
        bytes_in_all: The source's size; None where it cannot be known.
        rows_per_s: Of this attempt.
        remaining_s: At that speed; None where the size is not known.
    """

    event: ClassVar[str] = "csv_import_progressed"
    level: ClassVar[int] = 10
    table: str
    rows: int
    rejected: int
    bytes_read: int
    bytes_in_all: int | None
    rows_per_s: float
    remaining_s: float | None

    @property
    def subject(self) -> str:
        """The table."""
        return self.table

    @property
    def done_pct(self) -> float | None:
        """How much of the source was read, from 0 to 100."""
        if self.bytes_in_all is None:
            return None
        if self.bytes_in_all == 0:
            return 100.0
        return min(100.0, 100.0 * self.bytes_read / self.bytes_in_all)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvImportFinished:
    """All rows were read: imported, or written to the rejects file."""

    event: ClassVar[str] = "csv_import_finished"
    level: ClassVar[int] = 20
    table: str
    name: str | None
    rows: int
    imported: int
    rejected: int
    seconds: float

    @property
    def subject(self) -> str:
        """The table."""
        return self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvImportStopped:
    """
    An import ended before its source did.

    Attributes:
        row: What was read up to this row is kept; an import by name goes on after it.
    """

    event: ClassVar[str] = "csv_import_stopped"
    level: ClassVar[int] = 40
    table: str
    name: str | None
    row: int
    error: BaseException

    @property
    def subject(self) -> str:
        """The table."""
        return self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLibraryDisagreed:
    """
    A quick way to read a phone number gave another answer than phonenumbers does.

    It is not used any more; numbers read before it were not looked at again.

    Attributes:
        column: Where the number stood.
        way: What was wrong: 'rphonenumbers' or 'patterns'.
        number: The number, its digits after the fourth hidden.
    """

    event: ClassVar[str] = "csv_phone_library_disagreed"
    level: ClassVar[int] = 30
    column: str
    way: str
    number: str

    @property
    def subject(self) -> str:
        """The column."""
        return self.column


CsvEvent = (
    CsvImportStarted
    | CsvImportProgressed
    | CsvImportFinished
    | CsvImportStopped
    | PhoneLibraryDisagreed
)
