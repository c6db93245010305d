"""`gonogo status ROLLOUT`: one look at one rollout, as a picture or as JSON."""

import json

import click
from rich.console import Console

from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.workspace import Workspace
from gonogo.decision import RolloutState
from gonogo.decision.transitions import Phase
from gonogo.entrypoints.cli.charting import Charts
from gonogo.entrypoints.cli.console import console_for
from gonogo.entrypoints.cli.picture import Screen, picture
from gonogo.entrypoints.cli.plantime import PlanTime
from gonogo.model.identifiers import RolloutId
from gonogo.report.status import Status, status_of
from gonogo.report.status_json import status_as_json

# A picture of one look is not bound to the height of a screen.
ENDLESS = 10_000


def print_one(workspace: Workspace, rollout: RolloutId, *, as_json: bool) -> None:
    """Print the status of a rollout as of now."""
    charts = Charts()
    state = workspace.state(rollout)
    status = _status(workspace, state, charts)
    if as_json:
        click.echo(json.dumps(status_as_json(status), ensure_ascii=False, indent=2))
        return
    console = console_for()
    width = _width(console)
    console.print()
    for line in picture(
        status,
        Screen(width, ENDLESS),
        footer=_runner(status, workspace),
        chart=charts.lines(state, console),
    ):
        line.rstrip()
        console.print(line, soft_wrap=True)


def _status(workspace: Workspace, state: RolloutState, charts: Charts) -> Status:
    """Return the status as of now, in the time of the plan; the charts see it all."""
    time = PlanTime(clock_for(1, None).wall)
    for record in workspace.records(state.rollout):
        time.saw(record)
        charts.saw(state, record.event)
    runs = workspace.runner_at_work(state.rollout) is not None
    return status_of(state, now=time.now(runs=runs))


def _width(console: Console) -> int:
    """Return the terminal's width, and that of a common one in a pipe."""
    return console.width if console.is_terminal else 80


def _runner(status: Status, workspace: Workspace) -> str:
    if status.phase in {Phase.COMPLETED, Phase.ROLLED_BACK}:
        return f"plan {status.plan_digest}"
    pid = workspace.runner_at_work(status.rollout)
    if pid is None:
        return f"no runner is at work: `gonogo run {status.document}` goes on"
    return f"a runner is at work{f' (process {pid})' if pid else ''}"
