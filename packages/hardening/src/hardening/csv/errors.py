"""What can stop an import or an export, each as an error that says what to do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN_MAX = 20


class CsvError(Exception):
    """The parent of all errors that this piece raises while it works."""


class HeaderUnreadable(CsvError):
    """
    The first row cannot be taken as a header; nothing was imported.

    Attributes:
        reason: Why: 'the source is empty', 'its quotes do not match', …
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"No header was found: {reason}. The first row has to name the columns."
        )


class HeaderIncomplete(CsvError):
    """
    Columns that are required are not in the header; nothing was imported.

    Attributes:
        missing: The columns' names, in the mapping's order.
        found: The headings as they stand in the file.
    """

    def __init__(self, *, missing: Sequence[str], found: Sequence[str]) -> None:
        self.missing = tuple(missing)
        self.found = tuple(found)
        super().__init__(
            f"The header has no column for {', '.join(self.missing)}; "
            f"it has: {_shown(self.found)}. Rename a heading, or add it as an alias."
        )


class HeaderAmbiguous(CsvError):
    """
    Several headings stand for one column; nothing was imported.

    Attributes:
        column: The column's name.
        headings: Those that stand for it, as they stand in the file.
        places: Where they stand, counted from 1.
    """

    def __init__(
        self, *, column: str, headings: Sequence[str], places: Sequence[int]
    ) -> None:
        self.column = column
        self.headings = tuple(headings)
        self.places = tuple(places)
        super().__init__(
            f"{len(self.headings)} headings stand for {column}: "
            f"{_shown(self.headings)}, in columns {', '.join(map(str, self.places))}. "
            "Remove or rename all but one."
        )


class EncodingUnsupported(CsvError):
    """The source is UTF-32, which nobody should have written; nothing was imported."""

    def __init__(self) -> None:
        super().__init__("The source is UTF-32. Save it as UTF-8 and import it again.")


class SourceChanged(CsvError):
    """
    An import was to be resumed from another file than it was begun with.

    Attributes:
        name: The import's name.
        what: What differs: 'its size', 'its first bytes', 'it is shorter …'.
    """

    def __init__(self, *, name: str, what: str) -> None:
        self.name = name
        self.what = what
        super().__init__(
            f"Import {name!r} was begun with another file: {what}. "
            "Give it the same bytes, or take another name for the new file."
        )


class SourceLost(CsvError):
    """
    The source could not be read further; what was committed stays.

    Attributes:
        row: Imports by name go on after this row.
    """

    def __init__(self, *, row: int, detail: object) -> None:
        self.row = row
        super().__init__(
            f"The source could not be read: {detail}. {_go_on(row)}",
        )


class TooManyRejects(CsvError):
    """
    More rows are bad than the limits allow; the last batch was rolled back.

    Attributes:
        rejected: How many rows were rejected so far.
        rows: How many rows were read so far.
        limit: The limit in words: '5 %' or '100 rows'.
        rejects: The file that names them.
    """

    def __init__(
        self, *, rejected: int, rows: int, limit: str, rejects: "Path", row: int
    ) -> None:
        self.rejected = rejected
        self.rows = rows
        self.limit = limit
        self.rejects = rejects
        self.row = row
        super().__init__(
            f"{rejected:,} of {rows:,} rows were rejected, more than {limit}. "
            f"Read {rejects} for the reasons. {_go_on(row)}"
        )


class RejectsNotWritten(CsvError):
    """
    The rejects file could not be written; the batch was rolled back.

    Attributes:
        rejects: The file.
        row: Imports by name go on after this row.
    """

    def __init__(self, *, rejects: "Path", row: int, error: OSError) -> None:
        self.rejects = rejects
        self.row = row
        super().__init__(
            f"The rejects file {rejects} could not be written: "
            f"{error.strerror or error}. Make room for it. {_go_on(row)}"
        )


class DatabaseLost(CsvError):
    """
    PostgreSQL went away or gave up; the batch was rolled back.

    Attributes:
        row: Imports by name go on after this row.
    """

    def __init__(self, *, row: int, detail: object) -> None:
        self.row = row
        super().__init__(f"PostgreSQL was lost: {_line(detail)}. {_go_on(row)}")


class DatabaseRefused(CsvError):
    """
    PostgreSQL did not take a batch: a constraint, a type, a missing column or right.

    Attributes:
        row: Imports by name go on after this row.
        detail: PostgreSQL's own sentence.
        sqlstate: Its five-letter code, where there is one.
    """

    def __init__(self, *, row: int, detail: object, sqlstate: str | None) -> None:
        self.row = row
        self.detail = _line(detail)
        self.sqlstate = sqlstate
        super().__init__(
            f"PostgreSQL refused a batch of rows: {self.detail}. {_go_on(row)}"
        )


class ImportRunning(CsvError):
    """
    Another process is at the same import.

    Attributes:
        name: The import's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"Import {name!r} is being worked on by another process. Let it finish."
        )


class CheckpointsMissing(CsvError):
    """The table of checkpoints is not there, or may not be used."""

    def __init__(self, detail: object) -> None:
        super().__init__(
            f"The table csv_imports cannot be used: {_line(detail)}. "
            "Apply hardening.csv.migrations()."
        )


class ConnectionBusy(CsvError):
    """The connection is inside a transaction, so that no batch could be committed."""

    def __init__(self) -> None:
        super().__init__(
            "The connection is inside a transaction. Commit it first: a named import "
            "commits each batch by itself."
        )


class ExportNotWritten(CsvError):
    """
    The export could not be written; a file of the same name is as it was.

    Attributes:
        path: Where it was to go.
    """

    def __init__(self, *, path: "Path", error: OSError) -> None:
        self.path = path
        super().__init__(
            f"The export {path} could not be written: {error.strerror or error}."
        )


def _shown(headings: Sequence[str]) -> str:
    """Return headings for a message; a million of them are no help."""
    few = ", ".join(repr(heading[:60]) for heading in headings[:_SHOWN_MAX])
    more = len(headings) - _SHOWN_MAX
    return f"{few} and {more:,} more" if more > 0 else few or "none"


def _go_on(row: int) -> str:
    """Return what a person does next, after the batch was rolled back."""
    return f"Nothing after row {row:,} was kept; import it again to go on from there."


def _line(detail: object) -> str:
    """Return the first line of what another program said, without its full stop."""
    said = str(detail).strip()
    return said.splitlines()[0].rstrip(".") if said else type(detail).__name__
