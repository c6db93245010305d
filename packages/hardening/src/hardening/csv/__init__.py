"""
CSV: contacts in, without losing a row or the memory; contacts out, without a formula.

    mapping = Mapping(
        "contacts",
        (
            Column("phone", Phone("US"), aliases=("Mobile",), required=True),
            Column("name"),
            Column("email", Email(), aliases=("E-Mail Address",)),
        ),
    )
    report = import_csv(
        "contacts.csv", connection, mapping, rejects="rejects.csv", name="2026-11"
    )

    export_csv(rows, "contacts.csv", {"Phone": Phone(), "Name": Text()})

An import reads any size of file in the same memory, writes phone numbers as E.164, puts
each row that it cannot import into the rejects file with its line and the reason, and
goes on where it stopped when it is called again with the same name. An export keeps a
spreadsheet from running what somebody typed as a name.
"""

from typing import TYPE_CHECKING

from hardening.core.migration import Migration, read_migrations
from hardening.csv.encoding import Decided
from hardening.csv.errors import (
    CheckpointsMissing,
    ConnectionBusy,
    CsvError,
    DatabaseLost,
    DatabaseRefused,
    EncodingUnsupported,
    ExportNotWritten,
    HeaderAmbiguous,
    HeaderIncomplete,
    HeaderUnreadable,
    ImportRunning,
    RejectsNotWritten,
    SourceChanged,
    SourceLost,
    TooManyRejects,
)
from hardening.csv.formula import escape, unescape
from hardening.csv.kinds import Boolean, Date, Email, Integer, Number, Phone, Text
from hardening.csv.mapping import Column, Mapping
from hardening.csv.records import Limits
from hardening.csv.reject import Reason
from hardening.lazily import lazily

if TYPE_CHECKING:
    from hardening.csv.events import (
        CsvEvent,
        CsvImportFinished,
        CsvImportProgressed,
        CsvImportStarted,
        CsvImportStopped,
        PhoneLibraryDisagreed,
    )
    from hardening.csv.exporter import Exporter, export_csv, export_csv_async
    from hardening.csv.importer import Importer, import_csv, import_csv_async
    from hardening.csv.work import RejectLimits, Report

__all__ = [
    "Boolean",
    "CheckpointsMissing",
    "Column",
    "ConnectionBusy",
    "CsvError",
    "CsvEvent",
    "CsvImportFinished",
    "CsvImportProgressed",
    "CsvImportStarted",
    "CsvImportStopped",
    "DatabaseLost",
    "DatabaseRefused",
    "Date",
    "Decided",
    "Email",
    "EncodingUnsupported",
    "ExportNotWritten",
    "Exporter",
    "HeaderAmbiguous",
    "HeaderIncomplete",
    "HeaderUnreadable",
    "ImportRunning",
    "Importer",
    "Integer",
    "Limits",
    "Mapping",
    "Migration",
    "Number",
    "Phone",
    "PhoneLibraryDisagreed",
    "Reason",
    "RejectLimits",
    "RejectsNotWritten",
    "Report",
    "SourceChanged",
    "SourceLost",
    "Text",
    "TooManyRejects",
    "escape",
    "export_csv",
    "export_csv_async",
    "import_csv",
    "import_csv_async",
    "migrations",
    "unescape",
]

# Who only exports pays for no import, and the other way round.
__getattr__, __dir__ = lazily(
    __name__,
    {
        "events": (
            "CsvEvent",
            "CsvImportFinished",
            "CsvImportProgressed",
            "CsvImportStarted",
            "CsvImportStopped",
            "PhoneLibraryDisagreed",
        ),
        "exporter": ("Exporter", "export_csv", "export_csv_async"),
        "importer": ("Importer", "import_csv", "import_csv_async"),
        "work": ("RejectLimits", "Report"),
    },
)


def migrations() -> tuple[Migration, ...]:
    """Return what makes the table `csv_imports`, which imports by name need."""
    return read_migrations(__name__)
