"""`gonogo bind`: ask what a document leaves open, and write its bindings."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gonogo.bootstrap.documents import bindings_path
from gonogo.bootstrap.drafts import keep, open_draft
from gonogo.document.bindings.fields import hint
from gonogo.document.open_points.draft import Draft, errors_in
from gonogo.document.open_points.point import FORMS, Kind, OpenPoint
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.bind_dialogue import Dialogue, by_kind
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for


def _kinds(ctx: click.Context, param: click.Parameter, value: str | None) -> list[Kind]:
    """Return the kinds that a list names, all where it is left out."""
    del ctx, param
    if value is None:
        return list(Kind)
    known = [kind.value for kind in Kind]
    names = [name.strip() for name in value.split(",") if name.strip()]
    for name in names:
        if name not in known:
            text = f"'{name}' is never open.{hint(name, known)} Name some of: "
            raise click.BadParameter(text + ", ".join(known) + ".")
    return [Kind(name) for name in names]


@click.command("bind")
@file_argument
@click.option("--list", "listed", is_flag=True, help="Name what is open; ask nothing.")
@json_option("the open points as one JSON array, with --list")
@click.option(
    "--only",
    "kinds",
    metavar="KINDS",
    callback=_kinds,
    help=f"Ask for some only: {', '.join(Kind)}.",
)
@click.option("--dry-run", is_flag=True, help="Print the bindings; write nothing.")
def command(
    file: Path, *, listed: bool, as_json: bool, kinds: list[Kind], dry_run: bool
) -> int:
    """
    Ask what a document leaves open, and write its bindings.

    Each open point is asked with its line: what measures a metric, who has a role,
    what runs instead of a person. Enter takes the suggestion, `?` explains, `s` skips
    (it stays a person's), `q` or Ctrl-C stops and keeps what was answered. The answers
    go into NAME.bindings.yaml beside NAME.md; all that stands there stays. Answers may
    be piped in, one a line.

    Examples:
      gonogo bind rollout.md
      gonogo bind rollout.md --list
      gonogo bind rollout.md --only metrics,people
      gonogo bind rollout.md --dry-run < answers.txt

    Exit status: 0, or 2 when the document has errors.
    """
    if as_json and not listed:
        text = "--json goes with --list."
        raise click.UsageError(text)
    draft = open_draft(file, os.environ)
    if listed:
        _list(file, _of(draft, kinds), as_json=as_json)
    else:
        _bind(file, draft, kinds, dry_run=dry_run)
    return Exit.USAGE if errors_in(draft.wrong) else Exit.OK


def _of(draft: Draft, kinds: Sequence[Kind]) -> list[OpenPoint]:
    return [point for point in draft.points if point.kind in kinds]


def _list(file: Path, points: Sequence[OpenPoint], *, as_json: bool) -> None:
    if as_json:
        rows = [_as_object(point) for point in points]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    page = page_for()
    for point in points:
        page.row(f"{file}:{point.line}: {point.kind} ", point.question)
        page.row("    ", point.text, style="dim")
    page.row("", f"{file}: {by_kind(points)}", style="bold")


def _as_object(point: OpenPoint) -> dict[str, Any]:
    """Return an open point as plain JSON values."""
    return {
        "kind": point.kind.value,
        "line": point.line,
        "text": point.text,
        "subject": point.subject,
        "question": point.question,
        "suggestion": point.suggestion,
        "choices": list(point.choices),
        "forms": list(FORMS[point.kind]),
        "binds": {"section": point.section, "name": point.names[0]},
    }


def _bind(file: Path, draft: Draft, kinds: Sequence[Kind], *, dry_run: bool) -> None:
    page = page_for(stderr=dry_run)
    _tell_errors(page, file, draft)
    if not _of(draft, kinds):
        page.row("", f"{file}: {by_kind(())}", style="bold")
        return
    done = Dialogue(page, file, kinds).hold(draft)
    if not done.additions:
        page.row("", "Nothing was answered; nothing is written.")
    elif dry_run:
        sys.stdout.write(done.beside.text)
    else:
        _write(page, file, done, draft.beside.text)
    _tell_rest(page, file, done)


def _tell_errors(page: Page, file: Path, draft: Draft) -> None:
    errors = errors_in(draft.wrong)
    if errors:
        findings.show(page, str(file), errors)
        page.row("", "These keep it from running, whatever is answered below.")


def _write(page: Page, file: Path, draft: Draft, before: str) -> None:
    page.heading(f"To be written into {bindings_path(file)}:")
    for addition in draft.additions:
        lead = f"  {addition.section}: "
        page.row(lead, f"{addition.name}: {addition.value}")
    written = keep(file, draft, before)
    page.row("", f"Written: {written}.", style="bold")


def _tell_rest(page: Page, file: Path, draft: Draft) -> None:
    page.row("", f"{file}: {by_kind(draft.points)}", style="bold")
    if draft.points:
        page.row("", "What is open is asked of a person when the document runs.")
    page.row("", f"`gonogo explain {file}` shows how it is understood now.")
