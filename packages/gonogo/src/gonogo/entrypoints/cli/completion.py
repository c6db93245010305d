"""
Completion in the shell: the rollouts of the workspace, and what one of them waits for.

A shell that completes must never show an error: whatever goes wrong, nothing is
offered.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from gonogo.entrypoints.cli.session import Session

if TYPE_CHECKING:
    from gonogo.decision import RolloutState

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def _offering(candidates: Callable[[click.Context], Iterable[str]]) -> Completer:
    """Return a completer of what begins as typed; nothing where there is trouble."""

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[str]:
        del param
        try:
            return [each for each in candidates(ctx) if each.startswith(incomplete)]
        except Exception:  # noqa: BLE001  # see the module's docstring
            return []

    return complete


def _rollouts(ctx: click.Context) -> Iterable[str]:
    return ctx.ensure_object(Session).existing().journal.rollouts()


def _state(ctx: click.Context) -> "RolloutState":
    workspace = ctx.ensure_object(Session).existing()
    known = workspace.journal.rollouts()
    named = [word for word in _typed(ctx) if word in known]
    return workspace.state(workspace.find(named[0] if named else None))


def _typed(ctx: click.Context) -> tuple[str, ...]:
    """Return the words that stand on the line already."""
    words = ctx.params.get("words") or ()
    return (*words, str(ctx.params.get("rollout") or ""))


def _answerable(ctx: click.Context) -> Iterable[str]:
    """Offer rollouts, open questions and their choices: the words of an answer."""
    state, typed = _state(ctx), _typed(ctx)
    for asked in state.questions.values():
        if asked.question in typed:
            return asked.choices
    return (*_rollouts(ctx), *state.questions)


def _roles(ctx: click.Context) -> Iterable[str]:
    steps = _state(ctx).plan_steps()
    return dict.fromkeys(each.role for each in steps if each.kind == "approval")


def _approvals(ctx: click.Context) -> Iterable[str]:
    return (each.id for each in _state(ctx).plan_steps() if each.kind == "approval")


rollouts = _offering(_rollouts)
answerable = _offering(_answerable)
roles = _offering(_roles)
approvals = _offering(_approvals)
