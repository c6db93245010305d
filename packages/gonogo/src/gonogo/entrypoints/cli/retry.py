"""`gonogo retry`: have a step tried again."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.entrypoints.cli.options import as_option, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import send
from gonogo.entrypoints.cli.stepping import meant, step_argument
from gonogo.model.command import Person, Retry


@click.command("retry")
@step_argument
@click.option("--reason", default="", metavar="TEXT", help="Kept in the journal.")
@as_option
@state_option
@click.pass_obj
def command(session: Session, words: tuple[str, ...], reason: str, name: str) -> None:
    """
    Have a step tried again that failed, or that called a person.

    A check that waits for its next try looks at once. On the way back, an undo that
    was handed to a person (undo-1, undo-2, …) is tried by gonogo again.

    Examples:
      gonogo retry l24
      gonogo retry qc-flow-production-1 l24 --reason 'the registry is back'
      gonogo retry undo-2
    """
    workspace = session.existing()
    state, step = meant(workspace, words)
    now = clock_for(1, None).now()
    word = Retry(at=now, by=Person(name=name), step=step, reason=reason)
    when = send(workspace, state, word)
    click.echo(f"{name} has {step} of {state.rollout} tried again.\n{when}")
