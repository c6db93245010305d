"""`gonogo abort`: stop a rollout, and roll it back."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.entrypoints.cli.options import as_option, rollout_argument, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import chosen, send
from gonogo.model.command import Abort, Person


@click.command("abort")
@rollout_argument
@click.option("--reason", default="", metavar="TEXT", help="Kept in the journal.")
@as_option
@state_option
@click.pass_obj
def command(session: Session, rollout: str | None, reason: str, name: str) -> None:
    """
    Stop a rollout and roll it back.

    Everything applied is undone, newest first, as the journal recorded it. Without a
    runner at work, the next `gonogo run` does nothing but this.

    Examples:
      gonogo abort --reason 'the load test failed'
      gonogo abort qc-flow-production-1
    """
    workspace = session.existing()
    state = chosen(workspace, rollout)
    word = Abort(at=clock_for(1, None).now(), by=Person(name=name), reason=reason)
    when = send(workspace, state, word)
    click.echo(f"{name} aborts {state.rollout}: it rolls back.\n{when}")
