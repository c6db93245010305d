"""`gonogo explain`: how every line of a document is understood."""

import json
from pathlib import Path
from typing import Any

import click

from gonogo.bootstrap.documents import Document, open_document
from gonogo.document import reading_as_json
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.explained import explain
from gonogo.entrypoints.cli.findings import as_object as finding
from gonogo.entrypoints.cli.findings import errors_of
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.pages import page_for
from gonogo.model.sealing import encode_plan


@click.command("explain")
@file_argument
@click.option(
    "--lines", is_flag=True, help="Show what becomes of every line, at the end."
)
@click.option(
    "--html", "as_html", is_flag=True, help="Write a page to read and to pass on."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="PAGE",
    help="Where --html writes; - is stdout. [default: ./FILE.explained.html]",
)
@json_option("the reading, the plan and the diagnostics as one JSON object")
def command(
    file: Path, *, lines: bool, as_html: bool, output: Path | None, as_json: bool
) -> int:
    """
    Show how every line of a document is understood.

    Open points come first. Then, stage by stage, each step with its line: what
    exactly is run or looked at, what is expected, who is asked, and the way back.

    With --html the same becomes one file for a browser: the document at the left,
    beside each line how it was understood, and what is open on top.

    Examples:
      gonogo explain rollout.md
      gonogo explain rollout.md --lines
      gonogo explain rollout.md --html -o review.html
      gonogo explain rollout.md --json | jq .plan.digest

    Exit status: 0, or 2 when the document has errors and cannot run.
    """
    if as_html and as_json:
        text = "--html and --json exclude each other: ask for one of them."
        raise click.UsageError(text)
    if output is not None and not as_html:
        text = "-o names the file for a page: add --html."
        raise click.UsageError(text)
    document = open_document(file)
    if as_html:
        # Not at the top: only who asks for a page waits for it.
        from gonogo.entrypoints.cli.explained_page import (  # noqa: PLC0415
            write_page,
        )

        write_page(document, output)
    elif as_json:
        click.echo(json.dumps(as_object(document), ensure_ascii=False, indent=2))
    else:
        _show(document, lines=lines)
    return Exit.USAGE if errors_of(document.compiled.diagnostics) else Exit.OK


def as_object(document: Document) -> dict[str, Any]:
    """Return the reading by its contract, with the plan and every diagnostic."""
    plan = document.compiled.plan
    return {
        **reading_as_json(document.reading),
        "plan": None if plan is None else encode_plan(plan),
        "diagnostics": [finding(each) for each in document.compiled.diagnostics],
    }


def _show(document: Document, *, lines: bool) -> None:
    explain(page_for(), document, lines=lines)
