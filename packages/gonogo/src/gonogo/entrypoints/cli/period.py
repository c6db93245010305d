"""A period of the past, as options of a command: `--from`, `--to` and `--every`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from gonogo.bootstrap.judging import Period
from gonogo.document.bindings.duration import duration

F = TypeVar("F", bound=Callable[..., Any])

MOST_LOOKS = 100_000
"""Two months of minutes; more is asked with a longer `--every`."""

FORMS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%MZ",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%z",
)


def _span(_ctx: click.Context, _param: click.Parameter, value: str) -> timedelta:
    span = duration(value)
    if not span:
        text = f"'{value}' is no span of time: say 1m, 30s or 5m."
        raise click.BadParameter(text)
    return span


def period_options(command: F) -> F:
    """Give a command `--from`, `--to` and `--every`."""
    instant = click.DateTime(formats=FORMS)
    options = (
        click.option(
            "--from",
            "since",
            type=instant,
            required=True,
            metavar="INSTANT",
            help="When it began, UTC: 2026-11-20T08:00.",
        ),
        click.option(
            "--to",
            "until",
            type=instant,
            required=True,
            metavar="INSTANT",
            help="When it ended, UTC.",
        ),
        click.option(
            "--every",
            default="1m",
            metavar="SPAN",
            callback=_span,
            help="Between two looks: 1m, 30s. [default: 1m]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def period_of(since: datetime, until: datetime, every: timedelta) -> Period:
    """
    Return the period that the options name.

    Raises:
        click.BadParameter: It ends before it begins, or has too many looks.
    """
    period = Period(since=_utc(since), until=_utc(until), every=every)
    if period.duration <= timedelta():
        text = "it has to be later than --from."
        raise click.BadParameter(text, param_hint="'--to'")
    if period.duration < every:
        text = "it is longer than the whole period."
        raise click.BadParameter(text, param_hint="'--every'")
    if period.looks > MOST_LOOKS:
        text = f"that would be {period.looks:,} looks: look less often."
        raise click.BadParameter(text, param_hint="'--every'")
    return period


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
