"""What the commands that ask the past share: the plan, its metrics, and progress."""

import os
import sys
from datetime import timedelta

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.judging import Past
from gonogo.entrypoints.cli import findings
from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.pages import page_for
from gonogo.model.operation import Query
from gonogo.model.plan import Metric, Plan


class CannotAsk(click.ClickException):
    """There is nothing to ask the past for; the text says why, and what to do."""

    exit_code = Exit.USAGE


def plan_of(document: Document) -> Plan:
    """
    Return the plan of a document.

    Raises:
        CannotAsk: It has errors; they are printed first.
    """
    errors = findings.errors_of(document.compiled.diagnostics)
    plan = document.compiled.plan
    if errors or plan is None:
        findings.show(page_for(stderr=True), str(document.path), errors)
        text = f"{document.path} has no plan to ask by: {findings.counted(errors)}."
        raise CannotAsk(text)
    return plan


def counted_metrics(plan: Plan, names: tuple[str, ...]) -> tuple[Metric, ...]:
    """
    Return the metrics of a plan that a source keeps; of the named ones only those.

    Raises:
        CannotAsk: None is, or a named one is not.
    """
    kept = {m.name: m for m in plan.metrics if isinstance(m.probe, Query)}
    if not kept:
        text = (
            "No metric of this document comes from a source: only what a source keeps "
            "can be asked about the past. Bind one under 'sources'."
        )
        raise CannotAsk(text)
    for name in names:
        if name not in kept:
            listed = ", ".join(kept)
            text = f"'{name}' comes from no source; these do: {listed}."
            raise CannotAsk(text)
    return tuple(m for name, m in kept.items() if not names or name in names)


def past_of(document: Document, plan: Plan) -> Past:
    """Return the sources of a plan as they were, told of on a terminal."""
    return Past(plan, os.environ, document.path.parent, Ticker())


class Ticker:
    """Says on a terminal how far it is, once it takes longer than a second."""

    def __init__(self) -> None:
        """Begin to count the time."""
        self._clock = clock_for(1, None)
        self._told = self._clock.wall()

    def __call__(self, metric: str, done: int, of: int) -> None:
        """Take note of a look; the last one takes the line away again."""
        if not sys.stderr.isatty():
            return
        now = self._clock.wall()
        if done == of:
            click.echo("\r\x1b[K", nl=False, err=True)
        elif now - self._told > timedelta(seconds=1):
            self._told = now
            text = f"\r\x1b[K{metric}: {done:,} of {of:,} looks"
            click.echo(text, nl=False, err=True)
