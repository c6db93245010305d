"""`gonogo compile`: the plan of a document, as a file of its own."""

from pathlib import Path

import click

from gonogo.bootstrap.documents import BINDINGS, PLAN_FILES, open_document
from gonogo.document.planfile.read import LONGEST
from gonogo.document.planfile.write import plan_as_json, plan_as_yaml
from gonogo.entrypoints.cli.delivery import deliver, output_option
from gonogo.entrypoints.cli.options import file_argument
from gonogo.entrypoints.cli.speaking import Refused
from gonogo.entrypoints.cli.starting import runnable
from gonogo.model.plan import Plan

_JSON = ".json"


@click.command("compile")
@file_argument
@output_option(
    "PLAN", "Write there, by its suffix .yaml, .yml or .json, instead of printing."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of YAML.")
def command(file: Path, *, output: Path | None, as_json: bool) -> None:
    """
    Write the plan of a document as YAML, or as JSON.

    The plan file runs as the document does, under the same digest. It can be changed
    by hand, or written by a program: `gonogo schema plan` says what may stand in it.

    Examples:
      gonogo compile rollout.md
      gonogo compile rollout.md -o plan.yaml
      gonogo run plan.yaml

    Exit status: 0, or 2 when the document has errors; nothing is written then.
    """
    if output is not None:
        _check_suffix(output, as_json=as_json)
    text = _written(runnable(open_document(file)), as_json=as_json, output=output)
    if len(text) > LONGEST:
        told = f"the plan has more than {LONGEST:,} characters: split the document."
        raise Refused(told)
    deliver(text, output)


def _check_suffix(output: Path, *, as_json: bool) -> None:
    """
    Refuse a file that would not be read again as the plan that it holds.

    Raises:
        click.BadParameter: Its name says something else.
    """
    known = {_JSON} if as_json else PLAN_FILES
    if output.suffix.lower() not in known or output.name.endswith(BINDINGS):
        names = " or ".join(f"NAME{suffix}" for suffix in sorted(known))
        text = f"'{output}' is no name of a plan file: write {names}."
        raise click.BadParameter(text, param_hint="'-o'")


def _written(plan: Plan, *, as_json: bool, output: Path | None) -> str:
    suffix = output.suffix.lower() if output else ""
    return plan_as_json(plan) if as_json or suffix == _JSON else plan_as_yaml(plan)
