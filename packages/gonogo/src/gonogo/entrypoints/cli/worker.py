"""`gonogo worker`: run every rollout of a place, until it is stopped."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from gonogo.adapters.people import Nobody
from gonogo.adapters.telemetry.address import Address, NoAddress
from gonogo.bootstrap.telemetry import Watchers, watchers_of
from gonogo.bootstrap.working import worker_of
from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.console import console_for
from gonogo.entrypoints.cli.driving import LeftAtOnce, signals_to
from gonogo.entrypoints.cli.errors import told as told_error
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.options import state_option
from gonogo.entrypoints.cli.output import safe, say
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.telling import Teller
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.ports.journal import Unread

AT_WORK = "at work; Ctrl-C leaves as soon as no action is under way."
LEAVING = (
    "leaving: what is under way comes to its end, and nothing else is begun here; again "
    "to leave at once."
)


class Served(click.ParamType[Address]):
    """Where something is served: `[HOST:]PORT`."""

    name = "address"

    def convert(
        self,
        value: str | Address,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Address:
        """Return the address."""
        if isinstance(value, Address):
            return value
        try:
            return Address.parsed(value)
        except NoAddress as error:
            self.fail(str(error), param, ctx)


@click.command("worker")
@click.option(
    "--metrics",
    type=Served(),
    metavar="[HOST:]PORT",
    help="Serve metrics of the engine there, for Prometheus. [default host: 127.0.0.1]",
)
@click.option("--quiet", "-q", is_flag=True, help="Print no line for each event.")
@state_option
@click.pass_obj
def command(session: Session, *, metrics: Address | None, quiet: bool) -> int:
    """
    Run every rollout of a place, until it is stopped.

    Over a folder one worker runs them all; over a PostgreSQL database any number of
    workers, on any machines, share them out, and the others take over what a dead one
    held. `gonogo run` hands its rollout to the worker. A Ctrl-C leaves as soon as no
    action is under way.

    Examples:
      gonogo worker
      gonogo worker --state postgresql://gonogo@db/rollouts --metrics 9464
      GONOGO_LOG=json gonogo worker --quiet

    Exit status: 0 stopped, 2 not run.
    """
    workspace, lines = session.workspace(), Lines(quiet=quiet)
    telemetry = watchers_of(
        os.environ,
        journal=workspace.journal,
        folder=workspace.folder,
        redact=str,
        metrics_at=metrics,
    )
    with (
        telemetry as told,
        worker_of(
            workspace,
            people=Nobody(console_for(stderr=True, markup=True)),
            watcher=Watchers((lines, told.watcher)),
            alarms=lines,
            environ=os.environ,
            metrics=told.metrics,
        ) as worker,
        signals_to(worker, lines.say, first=LEAVING),
    ):
        if told.served_at is not None:
            at = f"http://{told.served_at.host}:{told.served_at.port}/metrics"
            lines.say(f"metrics are served at {at}")
        try:
            worker.run(lambda: lines.say(AT_WORK))
        except LeftAtOnce:
            lines.say("left at once; what was under way is in doubt.")
            _exit(Exit.INTERRUPTED)
        except Exception as failure:  # noqa: BLE001  told like any other
            _exit(told_error(failure, "gonogo worker"))
    return Exit.OK


def _exit(status: int) -> NoReturn:
    """End on the spot: threads of turns would be waited for, and pass them on."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


class Lines:
    """Prints a line for each event worth telling, behind the name of its rollout."""

    def __init__(self, *, quiet: bool) -> None:
        """Begin with nothing told."""
        self._quiet = quiet
        self._tellers: dict[RolloutId, Teller] = {}
        self._unreached = False

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Print the lines of what was just journaled."""
        self._unreached = False
        if self._quiet:
            return
        teller = self._tellers.setdefault(state.rollout, Teller())
        for record in records:
            for line in teller.tell(record.event, state):
                say(f"{state.rollout}  {safe(line.plain())}")
        if state.ended:
            del self._tellers[state.rollout]

    def set_aside(self, rollout: RolloutId, why: Exception) -> None:
        """Say that a rollout is run no more."""
        text = f"{type(why).__name__}: {why}"
        self.say(f"{rollout} is set aside, the others go on. {safe(text)}")

    def unread(self, command: Unread) -> None:
        """Say that a command waits for a version that reads it."""
        text = (
            f"a command to {command.rollout} does not read, and waits for a version of "
            f"gonogo that reads it. {safe(str(command.why))}"
        )
        self.say(text)

    def unreached(self, why: Exception) -> None:
        """Say, once, that the journal cannot be reached."""
        if not self._unreached:
            self.say(f"waiting for the journal: {safe(str(why))}")
        self._unreached = True

    def say(self, text: str) -> None:
        """Say something that is no event."""
        say(f"gonogo: {text}", err=True)
