"""
The line: for which scopes rollouts are stopped now, as its own journal says.

It is evidence like that of a rollout, chained the same way, under a name of its own
(`THE_LINE`). Every rollout that is in a scope when it is stopped, or is begun later,
is told by a `Freeze` of its own.
"""

from collections.abc import Iterable

from gonogo.model.command import Freeze, Thaw
from gonogo.model.event import Event, LineReleased, LineStopped
from gonogo.model.scope import Scope

LineEvent = LineStopped | LineReleased


class NotStopped(ValueError):
    """The line was never stopped for a scope that somebody wants to release."""

    def __init__(self, scope: Scope, stops: tuple[LineStopped, ...]) -> None:
        """Compose the message from the scope, and from those that are stopped."""
        self.scope = scope
        stopped = "; ".join(str(each.scope) for each in stops)
        there = f"Stopped is: {stopped}." if stops else "It is not stopped at all."
        super().__init__(
            f"The line was never stopped for {scope}. {there} A thaw names the very "
            "scope that was frozen."
        )


def stops_of(history: Iterable[Event]) -> tuple[LineStopped, ...]:
    """Return what stands on the line, oldest first, by its whole journal."""
    last = _last_of(history)
    return tuple(each for each in last.values() if isinstance(each, LineStopped))


def decide_line(history: Iterable[Event], command: Freeze | Thaw) -> LineEvent | None:
    """
    Return what a command means for the line; None when it is so already.

    Args:
        history: The whole journal of the line.
        command: For one scope.

    Raises:
        NotStopped: It is a thaw, and the line was never stopped for its scope.
    """
    last = _last_of(history)
    known = last.get(command.scope)
    at, by, scope = command.at, command.by, command.scope
    if isinstance(command, Freeze):
        if isinstance(known, LineStopped):
            return None
        return LineStopped(at=at, by=by, scope=scope, reason=command.reason)
    if known is None:
        stops = tuple(each for each in last.values() if isinstance(each, LineStopped))
        raise NotStopped(scope, stops)
    if isinstance(known, LineReleased):
        return None
    return LineReleased(at=at, by=by, scope=scope)


def command_of(event: LineEvent) -> Freeze | Thaw:
    """Return the command by which a rollout hears of an event of the line."""
    if isinstance(event, LineReleased):
        return Thaw(at=event.at, by=event.by, scope=event.scope)
    return Freeze(at=event.at, by=event.by, scope=event.scope, reason=event.reason)


def _last_of(history: Iterable[Event]) -> dict[Scope, LineEvent]:
    """Return the last event of each scope, in the order in which these came."""
    last: dict[Scope, LineEvent] = {}
    for event in history:
        if isinstance(event, LineStopped | LineReleased):
            last.pop(event.scope, None)
            last[event.scope] = event
    return last
