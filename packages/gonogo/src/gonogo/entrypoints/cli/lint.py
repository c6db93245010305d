"""`gonogo lint`: what is wrong or open in documents, and nothing else."""

import json
from pathlib import Path
from typing import Any

import click

from gonogo.bootstrap.documents import open_document
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.options import json_option
from gonogo.entrypoints.cli.page import Page, console_for
from gonogo.model.diagnostic import Diagnostic


@click.command("lint")
@click.argument(
    "files", type=click.Path(dir_okay=False, path_type=Path), nargs=-1, required=True
)
@click.option("--strict", is_flag=True, help="End with 1 when there are warnings.")
@json_option("the diagnostics as one JSON array")
def command(files: tuple[Path, ...], *, strict: bool, as_json: bool) -> int:
    """
    Name what is wrong or open in documents.

    One line for each finding, `FILE:LINE:COLUMN: severity CODE message`, and below
    it what to do.

    Examples:
      gonogo lint rollout.md
      gonogo lint --strict docs/rollouts/*.md
      gonogo lint rollout.md --json

    Exit status: 0, 1 for warnings with --strict, 2 for errors.
    """
    found = {file: open_document(file).compiled.diagnostics for file in files}
    if as_json:
        rows = [as_object(each, file) for file in files for each in found[file]]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _show(found)
    return _status(
        {each.severity.value for file in files for each in found[file]}, strict
    )


def as_object(found: Diagnostic, file: Path | None = None) -> dict[str, Any]:
    """Return a diagnostic as plain JSON values."""
    named = {} if file is None else {"file": str(file)}
    return {
        **named,
        "line": found.line,
        "column": found.column,
        "severity": found.severity.value,
        "code": found.code,
        "message": found.message,
        "remedy": found.remedy,
        "path": found.path,
    }


def _show(found: dict[Path, tuple[Diagnostic, ...]]) -> None:

    page = Page(console_for())
    for file, diagnostics in found.items():
        findings.show(page, str(file), diagnostics)
        page.row("", f"{file}: {findings.counted(diagnostics)}", style="bold")


def _status(severities: set[str], strict: bool) -> int:  # noqa: FBT001
    if "error" in severities:
        return Exit.USAGE
    return 1 if strict and "warning" in severities else Exit.OK
