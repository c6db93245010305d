"""`gonogo amend`: let a running rollout go over to a changed plan, from a stage on."""

import json
import os
import sys
from pathlib import Path

import click

from gonogo.bootstrap.amending import amendment_of
from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import open_document
from gonogo.entrypoints.cli import amended
from gonogo.entrypoints.cli.completion import rollouts
from gonogo.entrypoints.cli.options import (
    as_option,
    file_argument,
    json_option,
    state_option,
)
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import Refused, chosen, over, refusal, send
from gonogo.entrypoints.cli.starting import check_values, runnable
from gonogo.model.command import Person


@click.command("amend")
@file_argument
@click.option(
    "--rollout", metavar="ROLLOUT", help="Which one.", shell_complete=rollouts
)
@click.option(
    "--from",
    "from_stage",
    metavar="STAGE",
    required=True,
    help="The first stage that may change: its title or number, or 'end'.",
)
@click.option("--reason", default="", metavar="TEXT", help="Kept in the journal.")
@click.option("--yes", "-y", is_flag=True, help="Amend without asking.")
@json_option("the difference as one JSON object")
@as_option
@state_option
@click.pass_obj
def command(
    session: Session,
    *,
    file: Path,
    rollout: str | None,
    from_stage: str,
    reason: str,
    yes: bool,
    as_json: bool,
    name: str,
) -> None:
    """
    Let a running rollout go over to a changed document, from a stage on.

    What was done stays: the stages before have to say what they said, nothing of the
    stages behind may have begun, and the way back is the one recorded. It shows what
    differs, and which consents will be asked for anew; consents for stages that stay
    are carried over. New triggers and metrics hold at once.

    Examples:
      gonogo amend rollout.md --from 'Stage 3: 50%' --reason 'a longer soak'
      gonogo amend rollout.md --from 4 --rollout qc-flow-production-1 --yes
      gonogo amend rollout.md --from end --reason 'the error query was wrong'
    """
    workspace = session.existing()
    state = chosen(workspace, rollout)
    if state.ended:
        raise Refused(over(state))
    document = open_document(file)
    plan = runnable(document)
    check_values(workspace, document, plan, None)
    place = amended.place_of(from_stage, state.plan, plan)
    stages = state.plan.stages
    word = amendment_of(
        document,
        plan,
        state,
        from_stage=stages[place].id if place < len(stages) else None,
        by=Person(name=name),
        reason=reason,
        environ=os.environ,
        at=clock_for(1, None).now(),
    )
    refused = refusal(state, word)
    if refused is not None:
        text = f"{refused}."
        raise Refused(text)
    found = amended.change_of(state, document, plan, place)
    if as_json:
        click.echo(json.dumps(amended.as_object(found), ensure_ascii=False, indent=2))
    else:
        amended.show(page_for(), found, name)
    if not yes:
        _ask(as_json=as_json)
    when = send(workspace, state, word)
    click.echo(f"{name} amends {state.rollout}.\n{when}", err=as_json)


def _ask(*, as_json: bool) -> None:
    """
    Ask once, where somebody sits.

    Raises:
        Refused: The person said no, or nobody is there to say yes.
    """
    if as_json or not sys.stdin.isatty():
        text = "nothing was amended: look at the difference, then say --yes."
        raise Refused(text)
    if not click.confirm("Let the rollout go over to this plan?"):
        text = "nothing was amended."
        raise Refused(text)
