"""
What a run shows: plain lines, JSON objects, or (in `live`) a picture of the whole.

A view is told of every record as it is journaled, on the runner's thread.
"""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from gonogo.decision import RolloutState
from gonogo.entrypoints.cli.output import safe, say
from gonogo.entrypoints.cli.telling import Teller
from gonogo.model.encoding import encode_event
from gonogo.model.identifiers import RolloutId
from gonogo.model.record import Record
from gonogo.runner import Watcher


class View(Protocol):
    """Shows a run from `open` to `close`."""

    def open(self) -> None:
        """Begin to show."""
        ...

    def close(self) -> None:
        """End, and leave the screen in order."""
        ...

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Take notice of what was just journaled, and of the state after it."""
        ...

    def say(self, text: str) -> None:
        """Say something that is no event, such as what Ctrl-C does."""
        ...

    def suspend(self) -> None:
        """Leave the screen to a prompt; nests."""
        ...

    def resume(self) -> None:
        """Take the screen back, once for each `suspend`."""
        ...


class PlainView:
    """One line per event worth telling, in the time of the plan."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._teller = Teller()

    def open(self) -> None:
        """Do nothing: lines need no preparation."""

    def close(self) -> None:
        """Do nothing: every line is out."""

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Print the lines of what was just journaled."""
        for record in records:
            for line in self._teller.tell(record.event, state):
                say(safe(line.plain()))

    def say(self, text: str) -> None:
        """Print a line on stderr: it is no part of what happened."""
        say(f"gonogo: {text}", err=True)

    def suspend(self) -> None:
        """Do nothing: lines and prompts share the screen in order."""

    def resume(self) -> None:
        """Do nothing, as for `suspend`."""


class JsonView(PlainView):
    """One JSON object per record, each on a line of its own."""

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Print what was just journaled."""
        del state
        for record in records:
            say(json.dumps(record_as_json(record), ensure_ascii=False))


def record_as_json(record: Record) -> dict[str, Any]:
    """Return a record as plain JSON values: its place in the chain, and its event."""
    return {
        "rollout": record.rollout,
        "seq": record.seq,
        "recorded_at": record.recorded_at.isoformat(),
        "previous": record.previous,
        "link": record.link,
        **encode_event(record.event),
    }


class Fanout:
    """Tells several watchers of each record, and remembers whose records they are."""

    def __init__(self, *watchers: Watcher) -> None:
        """Take the watchers, in the order in which they are told."""
        self._watchers = watchers
        self.rollout = RolloutId("")

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Tell every watcher."""
        self.rollout = state.rollout
        for watcher in self._watchers:
            watcher.saw(state, records)
