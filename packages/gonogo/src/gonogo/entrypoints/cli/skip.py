"""`gonogo skip`: ask to leave a step out."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.entrypoints.cli.options import as_option, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import send
from gonogo.entrypoints.cli.stepping import meant, step_argument
from gonogo.model.command import Person, Skip


@click.command("skip")
@step_argument
@click.option("--reason", required=True, metavar="TEXT", help="Kept in the journal.")
@as_option
@state_option
@click.pass_obj
def command(session: Session, words: tuple[str, ...], reason: str, name: str) -> None:
    """
    Ask to leave a step out; another person has to agree.

    Who agrees is neither who asks nor who started the rollout, and one of those who
    approve its stage, where the plan names them. A soak, a baseline, a consent and a
    go/no-go are never left out, nor made shorter: there is no fast-forward.

    Examples:
      gonogo skip l24 --reason 'the backup of an hour ago is enough'
      gonogo answer l24/skip yes --as ben
    """
    workspace = session.existing()
    state, step = meant(workspace, words)
    now = clock_for(1, None).now()
    word = Skip(at=now, by=Person(name=name), step=step, reason=reason)
    when = send(workspace, state, word)
    click.echo(
        f"{name} asks to skip {step} of {state.rollout}: another person has to agree, "
        f"with `gonogo answer {state.rollout} {step}/skip yes`.\n{when}"
    )
