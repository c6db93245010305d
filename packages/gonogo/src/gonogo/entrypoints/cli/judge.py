"""`gonogo judge`: a past rollout judged again, from what its sources still know."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from gonogo.analysis.retrospect import Retrospect
from gonogo.analysis.threshold import limit_text
from gonogo.bootstrap.documents import open_document
from gonogo.bootstrap.judging import Period
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.looking_back import (
    CannotAsk,
    counted_metrics,
    past_of,
    plan_of,
)
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.output import say
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.period import period_of, period_options
from gonogo.model.evidence import Finding
from gonogo.model.plan import Gate, Metric, Plan
from gonogo.model.verdict import Outcome
from gonogo.report.plots import chart, look_of, plot_of
from gonogo.report.wording import MARKS, instant_text, span_text

LEAD = "    "


@click.command("judge")
@file_argument
@period_options
@click.option(
    "--metric",
    "names",
    multiple=True,
    metavar="NAME",
    help="Judge the gates of this metric only; may be repeated.",
)
@click.option("--chart", "charted", is_flag=True, help="Draw each gate's course.")
@json_option("what was found of each gate, as one JSON object")
def command(
    file: Path,
    *,
    since: datetime,
    until: datetime,
    every: timedelta,
    names: tuple[str, ...],
    charted: bool,
    as_json: bool,
) -> int:
    """
    Judge a past rollout again, from what its sources still know.

    Every gate whose metric a source keeps is judged look by look, by the judge that a
    rollout has, as if its soak had lasted from --from to --to. So limits can be chosen
    that past changes would have kept, and faults found that nobody had seen. Nothing
    is run and nothing journaled.

    Examples:
      gonogo judge rollout.md --from 2026-11-20T08:00 --to 2026-11-21T08:00
      gonogo judge rollout.md --from 2026-11-20 --to 2026-11-21 --chart
      gonogo judge rollout.md --from 2026-11-20 --to 2026-11-21 --json | jq .gates

    Exit status: 0 all gates pass, 1 one fails, 2 not judged, 3 one is undecided.
    """
    period = period_of(since, until, every)
    document = open_document(file)
    plan = plan_of(document)
    metrics = counted_metrics(plan, names)
    gates = tuple(_gates(plan, metrics))
    if not gates:
        text = "No gate judges " + ", ".join(f"'{m.name}'" for m in metrics) + "."
        raise CannotAsk(text)
    with past_of(document, plan) as past:
        found = tuple(past.judged(gates, period))
    if as_json:
        say(json.dumps(_as_object(period, found), ensure_ascii=False, indent=2))
    else:
        _show(page_for(), period, found, charted=charted)
    return _status(found)


def _gates(plan: Plan, metrics: Iterable[Metric]) -> Iterator[tuple[Gate, Metric]]:
    """Yield each limit once: stages that repeat it are judged over the same time."""
    known = {metric.name: metric for metric in metrics}
    seen = set()
    for gate in (*(g for s in plan.stages for g in s.gates), *plan.triggers):
        what = (gate.metric, gate.condition, gate.holds, gate.judge, gate.consecutive)
        if gate.metric in known and what not in seen:
            seen.add(what)
            yield gate, known[gate.metric]


def _status(found: Iterable[Retrospect]) -> Exit:
    outcomes = {_outcome(each) for each in found}
    if Outcome.FAIL in outcomes:
        return Exit.ROLLED_BACK
    return Exit.OK if outcomes == {Outcome.PASS} else Exit.WAITING


def _outcome(found: Retrospect) -> Outcome:
    """Return the outcome; a pass while nothing was seen is none."""
    if found.verdict.outcome is Outcome.PASS and not found.looks:
        return Outcome.INCONCLUSIVE
    return found.verdict.outcome


def _show(
    page: Page, period: Period, found: Iterable[Retrospect], *, charted: bool
) -> None:
    page.row(
        "",
        f"{instant_text(period.since)} to {instant_text(period.until)}, "
        f"{period.looks:,} looks, every {span_text(period.every)}",
        style="bold",
    )
    for each in found:
        page.gap()
        gate = each.gate
        title = f"{gate.metric} {limit_text(gate.condition)} (line {gate.line})"
        page.row(f"{MARKS[_outcome(each)]}  ", title, style="bold")
        page.row(LEAD, _when(each, period))
        for reason in each.verdict.reasons:
            page.row(LEAD, reason)
        for line in _chart(each) if charted else ():
            page.row(LEAD, line)


def _when(found: Retrospect, period: Period) -> str:
    looks = f"{found.looks:,} looks with data"
    if found.missed:
        looks += f", {found.missed:,} without"
    if found.at is None:
        return f"not decided before the end; {looks}"
    after = span_text(found.at - period.since)
    what = "kept" if found.finding is Finding.WITHIN_LIMIT else "broken"
    return f"{what} at {instant_text(found.at)}, after {after}; {looks}"


def _chart(found: Retrospect) -> tuple[str, ...]:
    bars = {
        said.evidence.test: found.bar
        for _, said in found.course
        if said.evidence is not None and found.bar is not None
    }
    looks = [
        look_of(found.gate, found.metric, taken, said, bars)
        for taken, said in found.course
    ]
    return chart(plot_of(found.gate, found.metric, looks))


def _as_object(period: Period, found: Iterable[Retrospect]) -> dict[str, Any]:
    return {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "every_s": period.every.total_seconds(),
        "gates": [_gate_as_object(each, period) for each in found],
    }


def _gate_as_object(found: Retrospect, period: Period) -> dict[str, Any]:
    gate = found.gate
    return {
        "gate": gate.id,
        "line": gate.line,
        "metric": gate.metric,
        "limit": limit_text(gate.condition),
        "judge": found.judge.value,
        "outcome": _outcome(found).value,
        "finding": None if found.finding is None else found.finding.value,
        "at": None if found.at is None else found.at.isoformat(),
        "after_s": None
        if found.at is None
        else (found.at - period.since).total_seconds(),
        "looks": found.looks,
        "looks_without_data": found.missed,
        "estimate": found.estimate,
        "reasons": list(found.verdict.reasons),
    }
