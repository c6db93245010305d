"""
Driving a runner from the command line: when to leave, and what Ctrl-C does.

The first Ctrl-C leaves as soon as no action is under way; a rollback is finished
first. The second leaves at once: what was under way is in doubt then, and the next
run settles it. Either way the journal holds all that was done.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

from gonogo.decision import RolloutState, waits_for_people
from gonogo.entrypoints.cli.views import View
from gonogo.runner import Alone

# A terminal that hangs up must not cut a rollback in two.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

FIRST = (
    "leaving as soon as no action is under way (a rollback is finished first); "
    "again to leave at once."
)
SECOND = (
    "left at once; a script that is under way runs on, and the next run finds it: what "
    "else was under way is in doubt."
)


class LeftAtOnce(BaseException):
    """A second Ctrl-C: not an error, and nothing may catch it on its way out."""


def drive(
    runner: Alone,
    view: View,
    *,
    interactive: bool,
    inbox_empty: Callable[[], bool],
) -> RolloutState | None:
    """
    Drive a rollout until it ends, or is left.

    Args:
        runner: It has begun, or taken over.
        view: Told what a Ctrl-C will do.
        interactive: Somebody is here to answer: then it is not left for people.
        inbox_empty: Whether no person's command waits; one may bring it on.

    Returns:
        The state in which it was left; None when it was left at once.
    """

    def leave(state: RolloutState) -> bool:
        return not interactive and waits_for_people(state) and inbox_empty()

    try:
        with signals_to(runner, view.say):
            return runner.run(leave)
    except LeftAtOnce:
        return None


class Leaving(Protocol):
    """What may be asked to leave."""

    def stop(self) -> None:
        """Leave as soon as no action or undo is under way."""
        ...


@contextmanager
def signals_to(
    runner: Leaving, say: Callable[[str], None], *, first: str = FIRST
) -> Iterator[None]:
    """Turn the signals that end a process into leaving, for a while; say so `first`."""
    asked: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        if asked:
            raise LeftAtOnce
        asked.append(number)
        runner.stop()
        say(first)

    before: dict[signal.Signals, Any] = {
        each: signal.signal(each, handle) for each in SIGNALS
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
