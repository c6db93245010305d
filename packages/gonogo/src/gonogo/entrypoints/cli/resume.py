"""`gonogo resume`: let a paused rollout go on."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.entrypoints.cli.options import as_option, rollout_argument, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import chosen, send
from gonogo.model.command import Person, Resume


@click.command("resume")
@rollout_argument
@as_option
@state_option
@click.pass_obj
def command(session: Session, rollout: str | None, name: str) -> None:
    """
    Let a paused rollout go on.

    To go on after a stop or a crash of the runner, call `gonogo run FILE` again.

    Examples:
      gonogo resume
      gonogo resume qc-flow-production-1 --as @alok
    """
    workspace = session.existing()
    state = chosen(workspace, rollout)
    word = Resume(at=clock_for(1, None).now(), by=Person(name=name))
    when = send(workspace, state, word)
    click.echo(f"{name} resumes {state.rollout}.\n{when}")
