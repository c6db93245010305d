"""`gonogo sources`: where measurements come from, tried before a rollout needs them."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len

from gonogo.analysis.figures import count_text, figures
from gonogo.bootstrap.asking import Tried, TriedMetric, TriedSource, kinds, tried
from gonogo.bootstrap.documents import open_document
from gonogo.document.bindings.duration import duration
from gonogo.document.ready_metrics import CATALOGUE, Definition, source_kinds
from gonogo.entrypoints.cli.columns import column
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.looking_back import plan_of
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.output import safe, say
from gonogo.entrypoints.cli.page import Page
from gonogo.entrypoints.cli.pages import page_for
from gonogo.model.sample import Arm, Histogram, Level, Sample, Tally
from gonogo.report.wording import number_text, span_text, value_text

_HEAD = ("metric", "source", "value", "age", "canary", "control", "took")
_LEAD = "    "
_LEAST = 8  # cells: the table looks the same whether an age is '0 s' or '12 min 3 s'


def _span(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> timedelta | None:
    span = None if value is None else duration(value)
    if value is not None and not span:
        text = f"'{value}' is no span of time: say 30s, 1m or 5m."
        raise click.BadParameter(text)
    return span


@click.group("sources")
def command() -> None:
    """
    Try where measurements come from, and list what is ready.

    Examples:
      gonogo sources check rollout.md
      gonogo sources list --kind prometheus
    """


@command.command("check")
@file_argument
@click.option(
    "--window",
    metavar="SPAN",
    callback=_span,
    help="Ask about so long. [default: each metric's own cadence]",
)
@click.option(
    "--wait",
    metavar="SPAN",
    callback=_span,
    help="Look twice, so far apart: for what is pushed, or counts since ever.",
)
@json_option("what came of each source and metric, as one JSON object")
def check(
    file: Path,
    *,
    window: timedelta | None,
    wait: timedelta | None,
    as_json: bool,
) -> int:
    """
    Try every source and metric of a document, as a run would ask them.

    Shows the last value of each metric, how old it is, what the canary and the control
    gave, and how long the answer took; or the sentence that says what is wrong. Nothing
    is changed, and scripts are not run.

    Examples:
      gonogo sources check rollout.md
      gonogo sources check rollout.md --wait 30s
      gonogo sources check rollout.md --json | jq .metrics

    Exit status: 0 when everything gave a number, 1 when something did not, 2 when the
    document has errors.
    """
    plan = plan_of(open_document(file))
    found = tried(
        plan,
        os.environ,
        folder=file.parent,
        window=window,
        between=wait or timedelta(),
        progress=_waiting,
    )
    if as_json:
        say(json.dumps(_as_object(found), ensure_ascii=False, indent=2))
    else:
        _show(page_for(), found)
    return Exit.OK if found.is_good else 1


def _waiting(names: Sequence[str]) -> None:
    """Say on a terminal what is waited for."""
    if sys.stderr.isatty():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004
        say(f"waiting for {', '.join(names[:3])}{more} …", err=True)


def _show(page: Page, found: Tried) -> None:
    for source in found.sources:
        _show_source(page, source)
    rows = (_HEAD, *map(_cells, found.metrics))
    widths = _widths(rows)
    if found.metrics:
        page.heading(_row(_HEAD, widths))
    for metric in found.metrics:
        _show_metric(page, metric, widths)
    page.gap()
    page.row("", _summary(found), style="bold")


def _show_source(page: Page, source: TriedSource) -> None:
    state = source.problem or source.heard or "opened"
    style = "red" if source.problem else ""
    page.row(f"{source.name} ({source.kind}): ", state, style=style)


def _show_metric(page: Page, one: TriedMetric, widths: Sequence[int]) -> None:
    page.row("", _row(_cells(one), widths), style="red" if one.problem else "")
    if one.problem is not None:
        page.row(_LEAD, one.problem)
    if not one.tried:
        page.row(_LEAD, "It is measured by a script, which a check does not run.")


def _cells(one: TriedMetric) -> Sequence[str]:
    sample = one.sample
    return (
        one.metric,
        one.source or "-",
        _value(one) if one.tried else "not tried",
        "" if one.age is None else span_text(one.age),
        _arm(sample.canary if sample else None),
        _arm(sample.control if sample else None),
        span_text(timedelta(seconds=one.took_s)) if one.tried else "",
    )


def _widths(rows: Sequence[Sequence[str]]) -> Sequence[int]:
    """Return how wide each column has to be for all of its cells, so that none is cut."""
    columns = zip(*rows, strict=True)
    return [max(_LEAST, *(cell_len(safe(cell)) for cell in one)) for one in columns]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(map(column, cells, widths)).rstrip()


def _value(one: TriedMetric) -> str:
    """Return a value as verdicts tell it: '1,900', never '1.9e+03'."""
    if not isinstance(one.value, float | int):
        return value_text(one.value, one.unit)
    told = value_text(one.value, one.unit)
    return _number(one.value) + told.removeprefix(number_text(one.value))


def _number(value: float) -> str:
    return count_text(value) if value == round(value) else figures(value, 4)


def _arm(arm: Arm | None) -> str:
    """Return what an arm gave, in short."""
    match arm:
        case None:
            return "-"
        case Tally(events=events, exposure=exposure):
            return f"{_number(events)} of {_number(exposure)}"
        case Level(mean=mean, instances=instances):
            return f"{_number(mean)} ({instances})"
        case Histogram(counts=counts):
            return f"{_number(sum(counts))} seen"


def _summary(found: Tried) -> str:
    asked = [one for one in found.metrics if one.tried]
    good = sum(one.problem is None for one in asked)
    closed = [one.name for one in found.sources if one.problem is not None]
    told = f"{good} of {len(asked)} metrics gave a number"
    return f"{told}; not opened: {', '.join(closed)}." if closed else f"{told}."


def _as_object(found: Tried) -> dict[str, Any]:
    return {
        "good": found.is_good,
        "sources": [
            {
                "name": one.name,
                "kind": one.kind,
                "heard": one.heard or None,
                "problem": one.problem,
            }
            for one in found.sources
        ],
        "metrics": [_metric_as_object(one) for one in found.metrics],
    }


def _metric_as_object(one: TriedMetric) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "source": one.source or None,
        "tried": one.tried,
        "value": one.value,
        "unit": one.unit,
        "age_s": None if one.age is None else one.age.total_seconds(),
        "sample": None if one.sample is None else _sample_as_object(one.sample),
        "took_s": round(one.took_s, 3),
        "problem": one.problem,
    }


def _sample_as_object(sample: Sample) -> dict[str, Any]:
    return {**asdict(sample), "since": sample.since.isoformat()}


# -- list ----------------------------------------------------------------------------


@command.command("list")
@click.option("--kind", help="Only what this kind of source has, with its queries.")
@json_option("kinds and ready metrics, as one JSON object")
def list_(kind: str | None, *, as_json: bool) -> None:
    """
    List the kinds of sources, and the metrics that are ready for them.

    A document's words bind themselves to a ready metric when they name it; bindings
    name it with `ready:`.

    Examples:
      gonogo sources list
      gonogo sources list --kind sql
    """
    known = kinds()
    if kind is not None and kind not in known:
        text = f"'{kind}' is no kind of source; known are {', '.join(known)}."
        raise click.BadParameter(text, param_hint="'--kind'")
    listed = {
        name: each
        for name, each in CATALOGUE.items()
        if kind is None or kind in source_kinds(each)
    }
    if as_json:
        data = {
            "kinds": known,
            "ready": [_listed(each, kind) for each in listed.values()],
        }
        say(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _show_list(page_for(), known, listed, kind)


def _show_list(
    page: Page, known: Sequence[str], listed: Mapping[str, Definition], kind: str | None
) -> None:
    page.row("Kinds of sources: ", ", ".join(known))
    page.heading("Ready metrics")
    names = {
        name: f"{name} ({each.unit})" if each.unit else name
        for name, each in listed.items()
    }
    width = max(map(len, names.values()), default=0)
    for name, each in listed.items():
        if kind is None:
            sources = ", ".join(source_kinds(each))
            page.row(f"  {column(names[name], width)}  ", sources)
        else:
            _show_queries(page, each, kind)


def _show_queries(page: Page, each: Definition, kind: str) -> None:
    found = each.of(kind)
    assert found is not None  # noqa: S101 - it was chosen by its kind
    unit = f" ({found.unit})" if found.unit else ""
    needs = f"; needs {found.needs}" if found.needs else ""
    page.row("  ", f"{each.name}{unit}: {found.kind}{needs}", style="bold")
    page.row("      events    ", found.events)
    if found.exposure is not None:
        page.row("      exposure  ", found.exposure)
    defaults = (
        f"{name}={text}" if text else name for name, text in found.parameters.items()
    )
    if found.parameters:
        page.row("      with      ", ", ".join(defaults))


def _listed(each: Definition, kind: str | None) -> dict[str, Any]:
    forms = (each.of(one) for one in source_kinds(each) if kind in {None, one})
    return {
        "name": each.name,
        "words": each.words,
        "sources": {
            found.source_kind: {
                "kind": found.kind,
                "unit": found.unit,
                "quantile": found.quantile,
                "events": found.events,
                "exposure": found.exposure,
                "parameters": dict(found.parameters),
                "needs": found.needs,
            }
            for found in forms
            if found is not None
        },
    }
