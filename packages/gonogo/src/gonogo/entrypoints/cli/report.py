"""`gonogo report`: the document with its boxes ticked, and the evidence behind it."""

from pathlib import Path

import click

from gonogo.entrypoints.cli.options import rollout_argument, state_option
from gonogo.entrypoints.cli.reports import write_report
from gonogo.entrypoints.cli.session import Session


@click.command("report")
@rollout_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where to write. [default: STATE/reports/ROLLOUT]",
)
@state_option
@click.pass_obj
def command(session: Session, rollout: str | None, output: Path | None) -> None:
    """
    Write a rollout's report, Markdown and HTML.

    `report.md` and `report.html` are the document as it was run, its boxes ticked and
    its blanks filled in, with the journal's evidence behind it; an interim report
    while the rollout is not over. Without ROLLOUT, the last one begun is meant.

    Examples:
      gonogo report
      gonogo report qc-flow-production-1 -o evidence/
    """
    workspace = session.existing()
    for file in write_report(workspace, workspace.find(rollout), output):
        click.echo(file)
