"""`gonogo lint`: what is wrong or open in documents, and nothing else."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import click

from gonogo.document.bindings.fields import hint
from gonogo.document.catalogue import RULES
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.annotations import annotations
from gonogo.entrypoints.cli.codes_wanted import wanted
from gonogo.entrypoints.cli.delivery import deliver, output_option
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.linted import Linted, documents, findings_in, lint
from gonogo.entrypoints.cli.options import json_option
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.rule_page import explained
from gonogo.entrypoints.cli.sarif import sarif

FORMATS = ("text", "json", "sarif", "github")


@click.command("lint")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="FILES...")
@click.option("--strict", is_flag=True, help="End with 1 when there are warnings.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    help="How to print: for people, scripts, code scanning, or a workflow's log.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="CODES",
    help="Tell these only, and errors: GNG301,GNG4.",
)
@click.option("--ignore", multiple=True, metavar="CODES", help="Leave these out.")
@output_option()
@click.option(
    "--explain", metavar="CODE", help="Say what a code means, with an example."
)
@json_option("the diagnostics as one JSON array: --format json")
def command(
    files: tuple[Path, ...],
    *,
    strict: bool,
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    output: Path | None,
    explain: str | None,
    as_json: bool,
) -> int:
    """
    Name what is wrong or open in documents.

    One line for each finding, `FILE:LINE:COLUMN: severity CODE message`, and below
    it what to do. A folder stands for every Markdown file in it. A file that cannot
    be read is an error among the others.

    Examples:
      gonogo lint rollout.md
      gonogo lint --strict docs/rollouts/
      gonogo lint rollouts/ --format sarif -o gonogo.sarif
      gonogo lint --explain GNG303

    Exit status: 0, 1 for warnings with --strict, 2 for errors.
    """
    if explain is not None:
        click.echo(_explained(explain.upper()), nl=False)
        return Exit.OK
    if not files:
        context = click.get_current_context()
        raise click.MissingParameter(ctx=context, param=context.command.params[0])
    choice = wanted(select, ignore)
    found = [choice.of(lint(document)) for document in documents(files)]
    _tell(found, "json" if as_json else form, output)
    return _status(found, strict=strict)


def _explained(code: str) -> str:
    if code not in RULES:
        text = f"there is no code '{code}'.{hint(code, tuple(RULES))}"
        raise click.BadParameter(text, param_hint="'--explain'")
    return f"{code} {explained(code)}"


def _tell(found: Sequence[Linted], form: str, output: Path | None) -> None:
    if output is None and form == "text":
        _text(found, page_for())
    else:
        deliver(_formed(found, form), output)


def _formed(found: Sequence[Linted], form: str) -> str:
    if form == "json":
        pairs = ((one.document, each) for one in found for each in one.diagnostics)
        return _dumped([findings.as_object(each, document) for document, each in pairs])
    if form == "sarif":
        return _dumped(sarif(findings_in(found)))
    if form == "github":
        return annotations(findings_in(found))
    buffer = io.StringIO()
    _text(found, page_for(to=buffer))
    return buffer.getvalue()


def _dumped(value: object) -> str:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n"


def _text(found: Sequence[Linted], page: Page) -> None:
    for one in found:
        findings.show(page, str(one.document), one.diagnostics)
        counted = findings.counted(one.diagnostics)
        page.row("", f"{one.document}: {counted}", style="bold")


def _status(found: Sequence[Linted], *, strict: bool) -> int:
    severities = {each.severity.value for one in found for each in one.diagnostics}
    if "error" in severities:
        return Exit.USAGE
    return 1 if strict and "warning" in severities else Exit.OK
