"""`gonogo calibrate`: how much a metric wavers by itself, from its history."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from gonogo.bootstrap.documents import bindings_path, open_document
from gonogo.bootstrap.judging import Noisy, NotCalibrated, Past, Period
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.looking_back import counted_metrics, past_of, plan_of
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.output import say
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.period import period_of, period_options
from gonogo.model.operation import Query
from gonogo.model.plan import Metric

DAY = timedelta(days=1)
WISHED = timedelta(days=3)
"""Bursts show in a day; arms that drift apart slowly need more (STATISTICS 13)."""

Found = Noisy | tuple[Metric, str]


@click.command("calibrate")
@file_argument
@period_options
@click.option(
    "--metric",
    "names",
    multiple=True,
    metavar="NAME",
    help="Calibrate this metric only; may be repeated.",
)
@json_option("the noise of each metric, as one JSON object")
def command(
    file: Path,
    *,
    since: datetime,
    until: datetime,
    every: timedelta,
    names: tuple[str, ...],
    as_json: bool,
) -> int:
    """
    Measure how much metrics waver by themselves, from their history.

    The control is split in two halves by instance, as a canary is split from it; where
    its source gives one series only, the canary stands beside the control: choose a
    time then in which both ran the same. What the halves differ by is noise, and a
    judge that knows it cries wolf no more. Three days are better than one.

    Examples:
      gonogo calibrate rollout.md --from 2026-11-17 --to 2026-11-20
      gonogo calibrate rollout.md --metric 'Error rate' --from 2026-11-17 --to 2026-11-20
      gonogo calibrate rollout.md --from 2026-11-17 --to 2026-11-20 --json

    Exit status: 0 measured, 1 of a metric it could not be, 2 nothing was asked.
    """
    period = period_of(since, until, every)
    document = open_document(file)
    plan = plan_of(document)
    metrics = counted_metrics(plan, names)
    with past_of(document, plan) as past:
        found = tuple(_noise(past, metrics, period))
    if as_json:
        told = {"metrics": [_as_object(each) for each in found]}
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _show(page_for(), found, period, bindings_path(file).name)
    measured = all(isinstance(each, Noisy) for each in found)
    return Exit.OK if measured else Exit.DAMAGED


def _noise(past: Past, metrics: tuple[Metric, ...], period: Period) -> Iterator[Found]:
    for metric in metrics:
        assert isinstance(metric.probe, Query)  # noqa: S101  # chosen by it
        try:
            yield past.calibrated(metric, metric.probe, period)
        except NotCalibrated as failed:
            yield metric, str(failed)


def _show(page: Page, found: tuple[Found, ...], period: Period, file: str) -> None:
    for each in found:
        if isinstance(each, Noisy):
            _measured(page, each)
        else:
            page.row(f"{each[0].name}  ", f"not measured: {each[1]}", style="yellow")
        page.gap()
    measured = [each for each in found if isinstance(each, Noisy)]
    if not measured:
        return
    if period.duration < DAY:
        page.row("", "Less than a day: nights and peaks are not in it.", style="yellow")
    elif period.duration < WISHED:
        page.row("", "Three days or more show slow differences better.")
    page.row("", f"To be put into {file}:", style="bold")
    page.row("  ", "metrics:")
    for each in measured:
        name = json.dumps(each.metric.name, ensure_ascii=False)
        page.row("    ", f"{name}: {{noise: {{{_line(each)}}}}}")


def _measured(page: Page, found: Noisy) -> None:
    noise, calibrated = found.calibrated.noise, found.calibrated
    counted = f", {calibrated.events:,.0f} events" if calibrated.events else ""
    halves = (
        f"two halves of {found.members} series"
        if found.members > 1
        else "the canary beside the control, taken to have run the same"
    )
    page.row(f"{found.metric.name}  ", f"{calibrated.looks:,} looks{counted}; {halves}")
    if noise.lrv is not None:
        text = "how much the levels of equal arms differ in the long run, per look"
        page.row(f"  lrv  {noise.lrv:<8.3g}", text)
        return
    bursts = "events come one by one" if noise.phi == 1 else "events come in bursts"
    slow = "no slow difference" if not noise.tau else "equal arms differ slowly"
    page.row(f"  phi  {noise.phi:<8.3g}", bursts)
    page.row(f"  tau  {noise.tau:<8.3g}", slow)


def _line(found: Noisy) -> str:
    noise = found.calibrated.noise
    if noise.lrv is not None:
        return f"lrv: {noise.lrv:.3g}"
    return f"phi: {noise.phi:.3g}, tau: {noise.tau:.3g}"


def _as_object(found: Found) -> dict[str, Any]:
    if not isinstance(found, Noisy):
        return {"metric": found[0].name, "error": found[1]}
    calibrated = found.calibrated
    noise = calibrated.noise
    numbers: dict[str, Any] = {"lrv": noise.lrv}
    if noise.lrv is None:
        numbers = {"phi": noise.phi, "tau": noise.tau}
    return {
        "metric": found.metric.name,
        "noise": numbers,
        "looks": calibrated.looks,
        "events": calibrated.events,
        "series": found.members,
        "variance_by_block": {str(size): r for size, r in calibrated.ratios},
    }
