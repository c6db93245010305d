"""Reports as files: written beside the journal, or where a person says."""

from pathlib import Path

from gonogo.bootstrap.workspace import Workspace
from gonogo.model.identifiers import RolloutId
from gonogo.report.report import report_of


def write_report(
    workspace: Workspace, rollout: RolloutId, folder: Path | None
) -> tuple[Path, Path]:
    """
    Write the report of a rollout, and return where: Markdown, HTML.

    Args:
        workspace: Holds its journal.
        rollout: Which one.
        folder: Made when missing; by default one beside the journal.
    """
    report = report_of(workspace.records(rollout))
    place = folder or workspace.folder / "reports" / rollout
    place.mkdir(parents=True, exist_ok=True)
    files = place / "report.md", place / "report.html"
    for file, text in zip(files, (report.markdown, report.html), strict=True):
        _replace(file, text)
    return files


def _replace(file: Path, text: str) -> None:
    """Write a file whole or not at all: a reader never sees half a report."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, "utf-8")
    beside.replace(file)
