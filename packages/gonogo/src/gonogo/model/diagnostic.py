"""A diagnostic: a located statement about a document, with what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic weighs; an `ERROR` keeps the document from running."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Diagnostic:
    """
    One statement about one place in a document.

    Attributes:
        line: 1-based line of the document as stored.
        column: 1-based column; 1 where the whole line is meant.
        code: Stable, documented: `GNG` and three digits.
        message: What is the matter, as a sentence.
        remedy: What the author can do about it, as a sentence.
        path: Where a binding is meant: its path, such as `metrics.Error rate.http`.
        file: Name of the file beside the document that is meant; None: the document.
    """

    line: int
    column: int = 1
    severity: Severity
    code: str
    message: str
    remedy: str
    path: str | None = None
    file: str | None = None
