"""
What was pushed: rises, levels and observations by series, for two hours, bounded.

All is dated by its arrival. So each piece is counted in exactly one look, whatever the
sender's clock says and however late it comes; and a series that nothing arrived of in
a stretch has no data there, which is not zero. Look no more often than senders send.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from threading import Lock
from typing import Literal

from gonogo.adapters.sources.buckets import Buckets, added, at_or_below
from gonogo.adapters.sources.instants import worth_telling
from gonogo.adapters.sources.selector import Selector
from gonogo.analysis.stretch import Stretch
from gonogo.ports.source import Point, Series

Kind = Literal["rise", "level", "observations", "members"]
Labels = tuple[tuple[str, str], ...]

# Twice the hour that a latency's threshold is taken from.
RETAINED = timedelta(hours=2)
MOST_SERIES = 5_000
MOST_ENTRIES = 300_000  # of all series; some 100 MB at the worst
MOST_MEMBERS = 10_000  # of a set in one stretch
_TOGETHER = timedelta(seconds=1)


class TooMany(Exception):
    """There is no room for one more series."""

    def __init__(self) -> None:
        """Compose the message from the limit."""
        message = f"there are more than {MOST_SERIES:,} series; send fewer labels"
        super().__init__(message)


@dataclass(slots=True)
class _Entry:
    """What came within a second, between two looks."""

    at: datetime
    look: int
    value: float = 0.0
    resets: int = 0
    buckets: Buckets = field(default_factory=dict)
    members: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Held:
    """One series."""

    kind: Kind
    entries: deque[_Entry] = field(default_factory=deque)


class Pushed:
    """
    Holds what arrives; thread-safe.

    Args:
        now: The clock by which arrivals are dated.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, Lock()
        self._held: dict[tuple[str, Labels], _Held] = {}
        self._entries, self._look = 0, 0
        self.began = now()

    def __len__(self) -> int:
        return len(self._held)

    def rise(
        self, name: str, labels: Labels, amount: float, *, resets: int = 0
    ) -> None:
        """Count something; an amount of zero says that it is there to be counted."""
        with self._lock:
            entry = self._entry(name, labels, "rise")
            entry.value += amount
            entry.resets += resets

    def level(self, name: str, labels: Labels, value: float) -> None:
        """Set a level."""
        with self._lock:
            self._entry(name, labels, "level").value = value

    def shift(self, name: str, labels: Labels, amount: float) -> None:
        """Raise or lower a level; one that was never set begins at zero."""
        with self._lock:
            held = self._held.get((name, labels))
            last = held.entries[-1].value if held and held.entries else 0.0
            self._entry(name, labels, "level").value = last + amount

    def observe(
        self, name: str, labels: Labels, buckets: Buckets, *, resets: int = 0
    ) -> None:
        """Add observations."""
        with self._lock:
            entry = self._entry(name, labels, "observations")
            entry.buckets = added((entry.buckets, buckets))
            entry.resets += resets

    def join(self, name: str, labels: Labels, member: str) -> None:
        """Add a member to a set; beyond a bound it is counted no more."""
        with self._lock:
            members = self._entry(name, labels, "members").members
            if len(members) < MOST_MEMBERS:
                members.add(member)

    def series(
        self, selector: Selector, *, since: datetime, until: datetime
    ) -> Sequence[Series]:
        """
        Return what a selector means, of one stretch.

        Rises and observations that match are added up; levels stay apart, one series
        a set of labels. Observations come as cumulative buckets, labelled `le`. Where
        nothing came in the stretch, the last that did is given with its own instant.
        """
        stretch = Stretch(since, until)
        with self._lock:
            self._look += 1
            found = tuple(self._found(selector, stretch))
        if _is_new(found, stretch) or selector.otherwise is None:
            return found
        instead = self.series(selector.otherwise, since=since, until=until)
        if _is_new(instead, stretch):
            return (Series(points=(Point(until, 0.0),)),)
        return found

    # -- writing -----------------------------------------------------------------

    def _entry(self, name: str, labels: Labels, kind: Kind) -> _Entry:
        """Return the entry of now, a new one after a look or a second."""
        now = self._now()
        if self._entries >= MOST_ENTRIES:
            self._make_room(now)
        held = self._series(name, labels, kind, now)
        last = held.entries[-1] if held.entries else None
        if last and last.look == self._look and now - last.at < _TOGETHER:
            last.at = max(now, last.at)
            return last
        held.entries.append(_Entry(now, self._look))
        self._entries += 1
        return held.entries[-1]

    def _series(self, name: str, labels: Labels, kind: Kind, now: datetime) -> _Held:
        held = self._held.get((name, labels))
        if held is None or held.kind != kind:
            # Who sends another kind under the same name means something new by it.
            if held is None and len(self._held) >= MOST_SERIES:
                self._make_room(now)
                if len(self._held) >= MOST_SERIES:
                    raise TooMany
            self._entries -= len(held.entries) if held else 0
            held = self._held[name, labels] = _Held(kind)
        return held

    def _make_room(self, now: datetime) -> None:
        """Forget what is too old; if that is not enough, the older half, and so on."""
        kept = RETAINED
        self._forget(now - kept)
        while self._entries >= MOST_ENTRIES and kept > _TOGETHER:
            kept /= 2
            self._forget(now - kept)

    def _forget(self, before: datetime) -> None:
        for key, held in tuple(self._held.items()):
            while held.entries and held.entries[0].at <= before:
                held.entries.popleft()
                self._entries -= 1
            if not held.entries:
                del self._held[key]

    # -- reading -----------------------------------------------------------------

    def _found(self, selector: Selector, stretch: Stretch) -> Iterator[Series]:
        summed: dict[Kind, list[_Entry]] = {}
        for (name, labels), held in self._held.items():
            if not selector.matches(name, dict(labels)):
                continue
            if held.kind == "level":
                given = [Point(each.at, each.value) for each in held.entries]
                points = worth_telling(given, stretch, now=stretch.until)
                yield Series(points=points, labels=dict(labels))
            else:
                summed.setdefault(held.kind, []).extend(held.entries)
        for kind, entries in summed.items():
            yield from _summed(kind, entries, stretch, count=selector.count)


def labels_of(labels: Mapping[str, str]) -> Labels:
    """Return labels in the form by which series are told apart."""
    return tuple(sorted(labels.items()))


def _summed(
    kind: Kind, entries: Sequence[_Entry], stretch: Stretch, *, count: bool
) -> Iterator[Series]:
    """Yield the sum of what came in a stretch; without it, the last that ever came."""
    own = [each for each in entries if stretch.since < each.at <= stretch.until]
    before = [each for each in entries if each.at <= stretch.since]
    if own:
        at = max(entry.at for entry in own)
        yield from _added(kind, own, at, count=count)
    elif before:
        last = max(before, key=lambda entry: entry.at)
        yield from _added(kind, [last], last.at, count=count)


def _added(
    kind: Kind, entries: Sequence[_Entry], at: datetime, *, count: bool
) -> Iterator[Series]:
    resets = sum(entry.resets for entry in entries)
    if kind == "observations" and not count:
        total = added([entry.buckets for entry in entries])
        for edge, upto in at_or_below(total).items():
            last = edge == inf
            yield Series(
                points=(Point(at, upto),),
                labels={"le": "+Inf" if last else repr(edge)},
                resets=resets if last else 0,
            )
        return
    yield Series(points=(Point(at, _amount(kind, entries)),), resets=resets)


def _amount(kind: Kind, entries: Sequence[_Entry]) -> float:
    match kind:
        case "members":
            return float(len(set().union(*(entry.members for entry in entries))))
        case "observations":
            return sum(sum(entry.buckets.values()) for entry in entries)
        case _:
            return sum(entry.value for entry in entries)


def _is_new(found: Sequence[Series], stretch: Stretch) -> bool:
    """Return whether anything of it came in the stretch."""
    return any(point.at > stretch.since for each in found for point in each.points)
