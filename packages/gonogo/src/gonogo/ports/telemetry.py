"""Telemetry: what an engine tells of its own work, so that others can watch it."""

from typing import Literal, Protocol

Refusal = Literal["conflict", "fenced_off", "place_taken"]


class EngineMetrics(Protocol):
    """
    Takes figures of an engine. Any thread may call, at every turn.

    An implementation never raises and never waits: no rollout depends on it. Words
    (`lane`, `kind`, `command`) come from small fixed sets, but for the name of a
    source, of which an implementation keeps a bounded number apart.
    """

    def moved(self, before: str | None, after: str | None) -> None:
        """
        Take note of a rollout's phase.

        Args:
            before: Its phase so far; None for one just begun or taken over.
            after: Its phase from now on; None when the engine has let go of it, or
                it has ended.
        """
        ...

    def ticked(self, late_s: float) -> None:
        """Take note of a tick, and how long after its due time it was taken."""
        ...

    def decided(self, command: str) -> None:
        """Take note of a decision on a command, by the name of its class."""
        ...

    def appended(self, events: int, seconds: float) -> None:
        """Take note of one commit: its events, and how long it took."""
        ...

    def refused(self, why: Refusal) -> None:
        """Take note of an append of which nothing was kept."""
        ...

    def acted(self, command: str, seconds: float) -> None:
        """Take note of a person's command, and how long it lay until it was acted on."""
        ...

    def turned_back(self, seconds: float) -> None:
        """Take note of a rollback: from the breaking measurement to the first undo."""
        ...

    def waiting(self, lane: str, depth: int) -> None:
        """Take note of how many wait in a lane: `mail`, `agenda`, or a pool's lane."""
        ...

    def busy(self, lane: str, workers: int) -> None:
        """Take note of how many workers of a pool's lane are at work."""
        ...

    def worked(self, kind: str, source: str, seconds: float, *, error: bool) -> None:
        """
        Take note of one piece of work that is done.

        Args:
            kind: The name of the effect's class: `Measure`, `Apply`, …
            source: What was asked, such as a host or a kind of operation.
            seconds: From its begin to its end, without waiting in the pool.
            error: Whether it ended without a result.
        """
        ...

    def shared(self, source: str) -> None:
        """Take note of a measurement answered by an identical one under way."""
        ...

    def took_over(self, *, clean: bool) -> None:
        """Take note of a shard's turn taken; unclean when the last holder was lost."""
        ...

    def holding(self, shards: int) -> None:
        """Take note of how many shards are held from now on."""
        ...

    def dropped(self, watcher: str, count: int) -> None:
        """Take note of what a watcher could not keep up with and let go of."""
        ...


class Unmeasured:
    """An `EngineMetrics` that takes no note of anything."""

    def moved(self, before: str | None, after: str | None) -> None:
        """Take no note."""

    def ticked(self, late_s: float) -> None:
        """Take no note."""

    def decided(self, command: str) -> None:
        """Take no note."""

    def appended(self, events: int, seconds: float) -> None:
        """Take no note."""

    def refused(self, why: Refusal) -> None:
        """Take no note."""

    def acted(self, command: str, seconds: float) -> None:
        """Take no note."""

    def turned_back(self, seconds: float) -> None:
        """Take no note."""

    def waiting(self, lane: str, depth: int) -> None:
        """Take no note."""

    def busy(self, lane: str, workers: int) -> None:
        """Take no note."""

    def worked(self, kind: str, source: str, seconds: float, *, error: bool) -> None:
        """Take no note."""

    def shared(self, source: str) -> None:
        """Take no note."""

    def took_over(self, *, clean: bool) -> None:
        """Take no note."""

    def holding(self, shards: int) -> None:
        """Take no note."""

    def dropped(self, watcher: str, count: int) -> None:
        """Take no note."""


UNMEASURED: EngineMetrics = Unmeasured()
