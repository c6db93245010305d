"""`gonogo status`: one look at a rollout, or at all of them."""

import json

import click
from rich.console import Console

from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.workspace import Workspace
from gonogo.decision import RolloutState
from gonogo.decision.transitions import Phase
from gonogo.entrypoints.cli.columns import column
from gonogo.entrypoints.cli.console import console_for
from gonogo.entrypoints.cli.options import (
    json_option,
    rollout_argument,
    state_option,
)
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.picture import PHASES, Screen, picture
from gonogo.entrypoints.cli.plantime import PlanTime
from gonogo.entrypoints.cli.session import Session
from gonogo.report.status import Status, status_of
from gonogo.report.status_json import status_as_json
from gonogo.report.wording import instant_text, span_text

# A picture of one look is not bound to the height of a screen.
ENDLESS = 10_000


@click.command("status")
@rollout_argument
@json_option("the status as a JSON object (without ROLLOUT: an array of all)")
@state_option
@click.pass_obj
def command(session: Session, rollout: str | None, *, as_json: bool) -> None:
    """
    Say where a rollout stands and what it waits for.

    Without ROLLOUT: all of them in a table, and the only one, or the only unfinished
    one, in full. What a person has to say stands there with the line to type.

    Examples:
      gonogo status
      gonogo status qc-flow-production-1
      gonogo status --json | jq '.[] | {rollout, phase}'
    """
    workspace = session.existing()
    if rollout is not None:
        one = _status(workspace, workspace.state(workspace.find(rollout)))
        _print_one(one, workspace, as_json=as_json)
        return
    every = [
        _status(workspace, workspace.state(r)) for r in workspace.journal.rollouts()
    ]
    if as_json:
        click.echo(_json([status_as_json(each) for each in every]))
        return
    unfinished = [each for each in every if each.ended_at is None]
    if len(every) > 1:
        _table(every)
    for each in (
        unfinished if len(unfinished) == 1 else every if len(every) == 1 else ()
    ):
        _print_one(each, workspace, as_json=False)


def _status(workspace: Workspace, state: RolloutState) -> Status:
    """Return the status as of now, in the time of the plan."""
    time = PlanTime(clock_for(1, None).wall)
    for record in workspace.records(state.rollout):
        time.saw(record)
    runs = workspace.runner_at_work(state.rollout) is not None
    return status_of(state, now=time.now(runs=runs))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _print_one(status: Status, workspace: Workspace, *, as_json: bool) -> None:
    if as_json:
        click.echo(_json(status_as_json(status)))
        return
    console = console_for()
    width = _width(console)
    console.print()
    for line in picture(
        status, Screen(width, ENDLESS), footer=_runner(status, workspace)
    ):
        line.rstrip()
        console.print(line, soft_wrap=True)


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


def _table(every: list[Status]) -> None:
    page = page_for()
    width = max(len(each.rollout) for each in every)
    page.row(
        "",
        f"{'rollout':<{width}}  {'phase':<14}  {'started':<20}  lasted",
        style="bold",
    )
    for each in every:
        word, style = PHASES[each.phase]
        phase = column(word, 14)
        started = instant_text(each.started_at)
        body = f"{each.rollout:<{width}}  {phase}  {started}  {span_text(each.elapsed)}"
        page.row("", body, style=style)
