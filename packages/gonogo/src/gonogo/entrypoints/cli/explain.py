"""`gonogo explain`: how every line of a document is understood."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gonogo.analysis.shares import is_counted
from gonogo.bootstrap.documents import Document, open_document
from gonogo.document import reading_as_json
from gonogo.document.advice.power import Usual
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.explained import explain
from gonogo.entrypoints.cli.findings import as_object as finding
from gonogo.entrypoints.cli.findings import errors_of
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.pages import page_for
from gonogo.model.sealing import encode_plan

if TYPE_CHECKING:
    from gonogo.analysis.forecast import Forecast


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
@click.option(
    "--measure",
    is_flag=True,
    help="Ask the sources what is usual, to say what the soaks can show.",
)
@json_option("the reading, the plan and the diagnostics as one JSON object")
def command(
    file: Path,
    *,
    lines: bool,
    as_html: bool,
    output: Path | None,
    measure: bool,
    as_json: bool,
) -> int:
    """
    Show how every line of a document is understood.

    Open points come first. Then, stage by stage, each step with its line: what
    exactly is run or looked at, what is expected, who is asked, and the way back.
    Where a source counts, it is said what each soak can show: the smallest harm that it
    finds, how soon, and what it would take to keep its limit. With --measure the
    traffic for that is read from the sources; else it is what the bindings state.

    With --html the same becomes one file for a browser: the document at the left,
    beside each line how it was understood, and what is open on top.

    Examples:
      gonogo explain rollout.md
      gonogo explain rollout.md --lines
      gonogo explain rollout.md --html -o review.html
      gonogo explain rollout.md --measure
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
    usual = _usual(document) if measure else {}
    if usual:
        document = open_document(file, usual)
    power = _forecasts(document, usual)
    if as_html:
        # Not at the top: only who asks for a page waits for it.
        from gonogo.entrypoints.cli.explained_page import (  # noqa: PLC0415
            write_page,
        )

        write_page(document, output, power)
    elif as_json:
        told = {**as_object(document), "power": _power_as_objects(power)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        explain(page_for(), document, lines=lines, power=power)
    return Exit.USAGE if errors_of(document.compiled.diagnostics) else Exit.OK


def as_object(document: Document) -> dict[str, Any]:
    """Return the reading by its contract, with the plan and every diagnostic."""
    plan = document.compiled.plan
    return {
        **reading_as_json(document.reading),
        "plan": None if plan is None else encode_plan(plan),
        "diagnostics": [finding(each) for each in document.compiled.diagnostics],
    }


def _usual(document: Document) -> Usual:
    """Return what the sources say is usual; {} where nothing is counted."""
    plan = document.compiled.plan
    if plan is None or not is_counted(plan):
        return {}
    # Not at the top: only who counts waits for it.
    from gonogo.entrypoints.cli.measured import expected_of  # noqa: PLC0415

    return expected_of(document, plan)


def _forecasts(document: Document, usual: Usual) -> tuple["Forecast", ...]:
    """Return what the soaks can show; nothing is loaded where nothing is counted."""
    plan = document.compiled.plan
    if plan is None or not is_counted(plan):
        return ()
    # Not at the top: only who counts waits for it.
    from gonogo.analysis.forecast import forecasts  # noqa: PLC0415

    return forecasts(plan, usual)


def _power_as_objects(power: tuple["Forecast", ...]) -> list[dict[str, Any]]:
    if not power:
        return []
    from gonogo.report.explained.power import power_as_object  # noqa: PLC0415

    return [power_as_object(each) for each in power]
