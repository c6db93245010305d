"""`gonogo pause`: hold a rollout."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.entrypoints.cli.options import as_option, rollout_argument, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import chosen, send
from gonogo.model.command import Pause, Person


@click.command("pause")
@rollout_argument
@click.option("--reason", default="", metavar="TEXT", help="Kept in the journal.")
@as_option
@state_option
@click.pass_obj
def command(session: Session, rollout: str | None, reason: str, name: str) -> None:
    """
    Hold a rollout: start nothing new.

    What is under way is finished, and every gate goes on being judged: a paused
    rollout that trips one still rolls back.

    Examples:
      gonogo pause --reason 'deploy freeze until 14:00'
      gonogo pause qc-flow-production-1
    """
    workspace = session.existing()
    state = chosen(workspace, rollout)
    word = Pause(at=clock_for(1, None).now(), by=Person(name=name), reason=reason)
    when = send(workspace, state, word)
    click.echo(f"{name} pauses {state.rollout}.\n{when}")
