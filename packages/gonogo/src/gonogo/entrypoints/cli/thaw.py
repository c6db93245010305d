"""`gonogo thaw`: let the line go on."""

import click

from gonogo.entrypoints.cli.options import as_option, state_option
from gonogo.entrypoints.cli.scoping import scope_options, told_text
from gonogo.entrypoints.cli.session import Session
from gonogo.model.command import Person, Thaw
from gonogo.model.scope import Scope


@click.command("thaw")
@scope_options
@as_option
@state_option
@click.pass_obj
def command(
    session: Session, service: str | None, environment: str | None, name: str
) -> None:
    """
    Let the line go on: lift a freeze.

    The scope is that of the freeze, named the same way; `gonogo status` lists what is
    stopped. A rollout that another freeze, or a pause, holds too, goes on being held.

    Examples:
      gonogo thaw
      gonogo thaw --environment production
    """
    from gonogo.bootstrap.clocks import clock_for  # noqa: PLC0415
    from gonogo.bootstrap.line import Line  # noqa: PLC0415

    scope = Scope(service=service, environment=environment)
    word = Thaw(at=clock_for(1, None).now(), by=Person(name=name), scope=scope)
    told = Line(session.existing().journal).take(word)
    lead = f"The line was released before for {scope}."
    if not told.already:
        lead = f"{name} releases the line for {scope}."
    click.echo(f"{lead}\n{told_text(told.rollouts)}")
