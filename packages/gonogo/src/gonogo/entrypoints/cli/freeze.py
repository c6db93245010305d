"""`gonogo freeze`: stop the line."""

import click

from gonogo.entrypoints.cli.options import as_option, state_option
from gonogo.entrypoints.cli.scoping import scope_options, told_text
from gonogo.entrypoints.cli.session import Session
from gonogo.model.command import Freeze, Person
from gonogo.model.scope import Scope


@click.command("freeze")
@scope_options
@click.option("--reason", required=True, metavar="TEXT", help="Kept in the journal.")
@as_option
@state_option
@click.pass_obj
def command(
    session: Session,
    service: str | None,
    environment: str | None,
    reason: str,
    name: str,
) -> None:
    """
    Stop the line: no rollout begins anything new.

    It holds for a service, for an environment, or for everything, until somebody
    thaws the very same; a rollout that is begun later is frozen from its start. What
    is under way is finished, gates go on being judged, and nothing keeps a rollout
    from going back.

    Examples:
      gonogo freeze --reason 'an incident is being looked into'
      gonogo freeze --environment production --reason 'quarter end'
      gonogo freeze --service billing --environment production --reason 'audit'
    """
    from gonogo.bootstrap.clocks import clock_for  # noqa: PLC0415
    from gonogo.bootstrap.line import Line  # noqa: PLC0415

    scope = Scope(service=service, environment=environment)
    now = clock_for(1, None).now()
    word = Freeze(at=now, by=Person(name=name), scope=scope, reason=reason)
    told = Line(session.workspace().journal).take(word)
    lead = f"The line is stopped already for {scope}."
    if not told.already:
        lead = f"{name} stops the line for {scope}."
    click.echo(f"{lead}\n{told_text(told.rollouts)}")
