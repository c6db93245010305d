"""`gonogo status`: one look at a rollout, or at all of them."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.line import Line
from gonogo.bootstrap.workspace import Workspace
from gonogo.entrypoints.cli.columns import column
from gonogo.entrypoints.cli.options import (
    json_option,
    rollout_argument,
    state_option,
)
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.phases import PHASES
from gonogo.entrypoints.cli.session import Session
from gonogo.model.identifiers import RolloutId
from gonogo.model.standing import Standing
from gonogo.report.wording import instant_text, span_text

# So many of all rollouts are shown unless all are asked for: a screen's worth.
SHOWN = 40


@click.command("status")
@rollout_argument
@click.option("--all", "everything", is_flag=True, help="List every rollout.")
@json_option("the status as a JSON object (without ROLLOUT: an array, a line each)")
@state_option
@click.pass_obj
def command(
    session: Session, rollout: str | None, *, everything: bool, as_json: bool
) -> None:
    """
    Say where a rollout stands and what it waits for.

    Without ROLLOUT: all of them in a table, those under way first and then the latest,
    and the only one, or the only one under way, in full. What a person has to say
    stands there with the line to type.

    Examples:
      gonogo status
      gonogo status qc-flow-production-1
      gonogo status --json | jq '.[] | {rollout, phase}'
    """
    workspace = session.existing()
    if not as_json:
        _tell_line(workspace)
    if rollout is not None:
        _show(workspace, workspace.find(rollout), as_json=as_json)
        return
    every = workspace.journal.standings()
    if as_json:
        click.echo(_json([_line_as_json(each) for each in every]))
        return
    under_way = [each for each in every if each.ended_at is None]
    if len(every) > 1:
        _table(every, most=len(every) if everything else SHOWN)
    alone = under_way if len(under_way) == 1 else every if len(every) == 1 else ()
    for each in alone:
        _show(workspace, each.rollout, as_json=False)


def _tell_line(workspace: Workspace) -> None:
    """Say for what the line is stopped now; nothing where it is not."""
    page = page_for()
    for stop in Line(workspace.journal).stops():
        why = f": {stop.reason}" if stop.reason else ""
        since = f"{stop.by.name}, since {instant_text(stop.at)}"
        text = f"the line is stopped for {stop.scope}, by {since}{why}"
        page.row("  ! ", text, style="bold cyan", lead_style="bold cyan")


def _line_as_json(standing: Standing) -> dict[str, str | None]:
    """Return a rollout's line; all of it stands in the status of that rollout."""
    due, ended = standing.due, standing.ended_at
    return {
        "rollout": standing.rollout,
        "service": standing.service,
        "environment": standing.environment,
        "title": standing.title,
        "phase": standing.phase,
        "plan_digest": standing.digest,
        "started_at": standing.started_at.isoformat(),
        "due": due.isoformat() if due else None,
        "ended_at": ended.isoformat() if ended else None,
    }


def _show(workspace: Workspace, rollout: RolloutId, *, as_json: bool) -> None:
    # Not at the top: a list of thousands is there before the picture is loaded.
    from gonogo.entrypoints.cli.status_of_one import print_one  # noqa: PLC0415

    print_one(workspace, rollout, as_json=as_json)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _table(every: Sequence[Standing], *, most: int) -> None:
    """Print those under way, the newest first, and then the latest that have ended."""
    newest = every[::-1]
    under_way = [each for each in newest if each.ended_at is None]
    ended = [each for each in newest if each.ended_at is not None]
    shown, page = (*under_way, *ended)[:most], page_for()
    width = max(len(each.rollout) for each in shown)
    head = f"{'rollout':<{width}}  {'phase':<14}  {'started':<20}  lasted"
    page.row("", head, style="bold")
    for each in shown:
        word, style = PHASES[each.phase]
        phase, started = column(word, 14), instant_text(each.started_at)
        lasted = span_text((each.ended_at or _now(each)) - each.started_at)
        page.row(
            "", f"{each.rollout:<{width}}  {phase}  {started}  {lasted}", style=style
        )
    if len(every) > most:
        counts = Counter(PHASES[each.phase][0] for each in every)
        told = ", ".join(f"{count:,} {word}" for word, count in counts.items())
        page.row("", f"{most} of {len(every):,} ({told}): --all lists every one.")


def _now(standing: Standing) -> datetime:
    """Return the time now; a rehearsal's own time may be ahead of it."""
    return max(clock_for(1, None).now(), standing.started_at)
