"""`gonogo simulate`: what a rollout would do in a world that a script describes."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import Document, open_document
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.options import file_argument, json_option
from gonogo.entrypoints.cli.output import say
from gonogo.entrypoints.cli.pages import page_for
from gonogo.entrypoints.cli.simulated import show
from gonogo.entrypoints.cli.simulated_json import as_object
from gonogo.model.plan import Plan
from gonogo.report.wording import span_text
from gonogo.simulation import Ending, Simulation, Terms, simulate
from gonogo.simulation.script import Text, WorldInvalid, read_script, texts_of
from gonogo.simulation.script.cursor import Cursor
from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.rules import Rule
from gonogo.simulation.script.spans import SPAN_EXAMPLE, span_from
from gonogo.simulation.terms import MONDAY
from gonogo.simulation.whatif import what_if

STATUS = {
    Ending.COMPLETED: Exit.OK,
    Ending.ROLLED_BACK: Exit.ROLLED_BACK,
    Ending.WAITING: Exit.WAITING,
    Ending.CUT_SHORT: Exit.WAITING,
}
BIGGEST_SCRIPT = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a simulation was asked for."""

    file: Path
    world: tuple[str, ...]
    world_files: tuple[Path, ...]
    users_per_minute: float | None
    seed: str
    until: timedelta
    start: datetime
    sweep: bool
    full: bool
    as_json: bool


def _span(_ctx: click.Context, _param: click.Parameter, value: str) -> timedelta:
    try:
        cursor = Cursor(value)
        span = span_from(cursor)
    except Unclear as unclear:
        text = f"'{value}' is no span of time: say {SPAN_EXAMPLE}"
        raise click.BadParameter(text) from unclear
    if not cursor.done or not span:
        text = f"'{value}' is no span of time: say {SPAN_EXAMPLE}"
        raise click.BadParameter(text)
    return span


@click.command("simulate")
@file_argument
@click.option(
    "-w", "--world", multiple=True, metavar="LINE", help="What the world does: a line."
)
@click.option(
    "-f",
    "--world-file",
    "world_files",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    metavar="SCRIPT",
    help="Lines from a file; from YAML by its suffix.",
)
@click.option(
    "--users-per-minute",
    type=click.FloatRange(min=0),
    metavar="N",
    help="The traffic, to count the users that are exposed.",
)
@click.option("--seed", default="0", metavar="SEED", help="What noise is drawn from.")
@click.option(
    "--until",
    default="366 days",
    metavar="SPAN",
    callback=_span,
    help="Go no further: '3 days'. [default: 366 days]",
)
@click.option(
    "--start",
    type=click.DateTime(formats=("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")),
    default=None,
    metavar="INSTANT",
    help="When it begins, UTC. [default: a Monday, 09:00]",
)
@click.option(
    "--sweep", is_flag=True, help="Break each gate in each stage, and compare."
)
@click.option("--full", is_flag=True, help="Show every line of a long timeline.")
@json_option("what happens, and what it amounts to, as one JSON object")
def command(start: datetime | None, **given: Any) -> int:  # noqa: ANN401  # see Options
    """
    Show what a rollout would do, in virtual time; nothing is touched.

    The machine that runs rollouts decides here too. Every metric is healthy, every
    look and action works and people answer at once, unless a line of the world says
    otherwise. Of several that apply, the last counts. `docs/simulate.md` has them all.

    Examples:
      gonogo simulate rollout.md
      gonogo simulate rollout.md -w 'error rate 5 % from hour 3 at 5 % exposure'
      gonogo simulate rollout.md -w 'probe down for 10 minutes' --users-per-minute 1200
      gonogo simulate rollout.md -f bad-day.world --sweep

    Exit status: 0 completed, 1 rolled back, 2 not simulated, 3 it would wait.
    """
    begin = MONDAY if start is None else start.replace(tzinfo=UTC)
    options = Options(start=begin, **given)
    plan = _plan_of(open_document(options.file))
    texts = tuple(_texts(options))
    rules = read_script(texts, plan)
    if options.sweep:
        return _sweep(plan, rules, texts, options)
    found = simulate(plan, rules, _terms(options), Ticker(options.start))
    Ticker.clear()
    _tell(found, texts, options)
    return STATUS[found.ending]


class NotSimulated(click.ClickException):
    """A document has errors: there is no plan to simulate."""

    exit_code = Exit.USAGE


def _plan_of(document: Document) -> Plan:
    """
    Return the plan of a document.

    `starting.runnable` says the same of a run; it knows adapters that take longer to
    load than a simulation takes.

    Raises:
        NotSimulated: It has errors; they are printed first.
    """
    errors = findings.errors_of(document.compiled.diagnostics)
    plan = document.compiled.plan
    if errors or plan is None:
        findings.show(page_for(stderr=True), str(document.path), errors)
        text = f"{document.path} cannot be simulated: {findings.counted(errors)}."
        raise NotSimulated(text)
    return plan


def _terms(options: Options) -> Terms:
    return Terms(
        start=options.start,
        until=options.until,
        seed=options.seed,
        users_per_minute=options.users_per_minute,
    )


def _texts(options: Options) -> Iterator[Text]:
    """Yield every line of the script: the files' first, so that a typed one counts."""
    for path in options.world_files:
        yield from texts_of(_content(path), file=str(path))
    for text in options.world:
        yield Text(file="--world", line=0, text=" ".join(text.split()))


def _content(path: Path) -> str:
    """
    Return the text of a script.

    Raises:
        click.ClickException: It is too large, or no text.
    """
    if path.stat().st_size > BIGGEST_SCRIPT:
        text = f"{path} is larger than 1 MiB: that is no script."
        raise click.UsageError(text)
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        text = f"{path} is not UTF-8: that is no script."
        raise click.UsageError(text) from error


def _tell(found: Simulation, texts: tuple[Text, ...], options: Options) -> None:
    if options.as_json:
        told = as_object(found, texts)
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        show(page_for(), found, texts, full=options.full)


def _sweep(
    plan: Plan, rules: tuple[Rule, ...], texts: tuple[Text, ...], options: Options
) -> int:
    # Not at the top: only a table needs to know how wide its words are.
    from gonogo.entrypoints.cli.simulated_sweep import (  # noqa: PLC0415
        show_sweep,
        sweep_as_object,
    )

    base, cases = what_if(plan, rules, _terms(options), Ticker(options.start))
    Ticker.clear()
    if options.as_json:
        told = {**as_object(base, texts), "what_if": sweep_as_object(base, cases)}
        say(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        show_sweep(page_for(), base, cases, texts)
    return Exit.OK


class Ticker:
    """Says on a terminal how far a simulation is, once it takes longer than a second."""

    _shown = False

    def __init__(self, start: datetime) -> None:
        """Begin to count the time; `start` is the virtual instant of the start."""
        self._start = start
        self._clock = clock_for(1, None)
        self._begun = self._clock.wall()

    def __call__(self, at: datetime, turns: int) -> None:
        """Take note of the virtual instant."""
        if not sys.stderr.isatty():
            return
        taken = self._clock.wall() - self._begun
        if taken > timedelta(seconds=1):
            Ticker._shown = True
            gone = span_text(at - self._start)
            text = f"\r{turns:,} turns, {gone} simulated, {span_text(taken)} taken   "
            click.echo(text, nl=False, err=True)

    @classmethod
    def clear(cls) -> None:
        """Take the line away again."""
        if cls._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
            cls._shown = False


__all__ = ["WorldInvalid", "command"]
