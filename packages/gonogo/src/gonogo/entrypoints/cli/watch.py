"""`gonogo watch`: follow a rollout that another process runs. It only reads."""

import sys
from threading import Event

import click

from gonogo.bootstrap.workspace import Workspace
from gonogo.decision import RolloutState, evolve
from gonogo.decision.transitions import Phase
from gonogo.entrypoints.cli.console import console_for
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.live import LiveView
from gonogo.entrypoints.cli.options import rollout_argument, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import chosen
from gonogo.entrypoints.cli.views import PlainView, View
from gonogo.model.identifiers import RolloutId

# How late an event may be seen; a third of a second is one indexed read each.
PAUSE_S = 0.3
HERE = "Ctrl-C ends watching, not the rollout"
NOBODY = "no runner is at work: `gonogo run` goes on"


@click.command("watch")
@rollout_argument
@state_option
@click.pass_obj
def command(session: Session, rollout: str | None) -> int:
    """
    Follow a rollout that another process runs.

    The same view as `gonogo run` has; it only reads. Elsewhere than on a terminal it
    prints a line for each event, from the first. It ends with the rollout.

    Examples:
      gonogo watch
      gonogo watch qc-flow-production-1 | tee rollout.log

    Exit status: 0 completed, 1 rolled back, 3 ended before the rollout.
    """
    workspace = session.existing()
    name = chosen(workspace, rollout).rollout
    view = LiveView(console_for()) if sys.stdout.isatty() else PlainView()
    ended = follow(workspace, name, view)
    if ended is None:
        return Exit.WAITING
    return Exit.OK if ended.phase is Phase.COMPLETED else Exit.ROLLED_BACK


def follow(workspace: Workspace, rollout: RolloutId, view: View) -> RolloutState | None:
    """Show a rollout until it ends; return how it ended, None after a Ctrl-C."""
    if isinstance(view, LiveView):
        view.footer = HERE
    view.open()
    try:
        return _follow(workspace, rollout, view)
    except KeyboardInterrupt:
        return None
    finally:
        view.close()


def _follow(workspace: Workspace, rollout: RolloutId, view: View) -> RolloutState:
    """Show what is appended to the journal until the rollout ends."""
    state: RolloutState | None = None
    journal, seen, never = workspace.journal, 0, Event()
    while state is None or not state.ended:
        for record in journal.read(rollout, after=seen):
            state, seen = evolve(state, record.event), record.seq
            view.saw(state, (record,))
        if isinstance(view, LiveView):
            view.runs = workspace.runner_at_work(rollout) is not None
            view.footer = HERE if view.runs else f"{NOBODY} · {HERE}"
        if state is None or not state.ended:
            never.wait(PAUSE_S)
    return state
