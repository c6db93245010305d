"""Reports as files: written beside the journal, or where a person says."""

from pathlib import Path

from gonogo.bootstrap.workspace import Workspace
from gonogo.bootstrap.writing import write_whole
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
        write_whole(file, text)
    return files
