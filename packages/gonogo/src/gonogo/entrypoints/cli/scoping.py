"""The scope of a word to the line: a service, an environment, both, or everything."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from gonogo.model.identifiers import RolloutId

F = TypeVar("F", bound=Callable[..., Any])


def scope_options(command: F) -> F:
    """Give a command `--service` and `--environment`; neither means everything."""
    service = click.option("--service", metavar="NAME", help="Only this service.")
    environment = click.option(
        "--environment", metavar="NAME", help="Only this environment."
    )
    return service(environment(command))


def told_text(rollouts: tuple[RolloutId, ...]) -> str:
    """Return which rollouts under way were told, as a sentence."""
    if not rollouts:
        return "No rollout is under way there."
    count = "One rollout is" if len(rollouts) == 1 else f"{len(rollouts)} rollouts are"
    return f"{count} under way there, and told: {', '.join(rollouts)}."
