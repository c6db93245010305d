"""Diagnostics as people read them: the place, what is the matter, and what to do."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gonogo.document.explain import diagnostic_as_json
from gonogo.entrypoints.cli.page import Page
from gonogo.model.diagnostic import Diagnostic, Severity

ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def by_severity(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics, errors first, then by place."""
    return tuple(
        sorted(diagnostics, key=lambda each: (ORDER.index(each.severity), each))
    )


def errors_of(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that keep a document from running."""
    return tuple(each for each in diagnostics if each.severity is Severity.ERROR)


def counted(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many there are of each severity: '1 error, 2 warnings, 30 notes'."""
    names = {
        Severity.ERROR: "error",
        Severity.WARNING: "warning",
        Severity.INFO: "note",
    }
    counts = {
        severity: sum(each.severity is severity for each in diagnostics)
        for severity in ORDER
    }
    said = (
        f"{count} {names[severity]}{'' if count == 1 else 's'}"
        for severity, count in counts.items()
        if count
    )
    return ", ".join(said) or "nothing to remark"


def place_of(document: Path, found: Diagnostic) -> Path:
    """Return the file that a diagnostic is about: the document, or one beside it."""
    return document.with_name(found.file) if found.file else document


def as_object(found: Diagnostic, document: Path | None = None) -> dict[str, Any]:
    """Return a diagnostic as plain JSON values; with a document, its file comes first."""
    place = found.file if document is None else place_of(document, found)
    named = {} if place is None else {"file": str(place)}
    return {**named, **diagnostic_as_json(found)}


def show(page: Page, file: str, diagnostics: Iterable[Diagnostic]) -> None:
    """Print each as `FILE:LINE:COLUMN: severity CODE message`, its remedy below."""
    for each in diagnostics:
        place = f"{place_of(Path(file), each)}:{each.line}:{each.column}: "
        word = "note" if each.severity is Severity.INFO else each.severity.value
        path = f" [{each.path}]" if each.path else ""
        page.row(
            "",
            f"{place}{word} {each.code} {each.message}{path}",
            style=STYLES[each.severity],
        )
        page.row("    → ", each.remedy)
