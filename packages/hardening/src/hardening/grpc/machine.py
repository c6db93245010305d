"""
The fleet: which address the next call goes to, and which are left out.

It performs no I/O, reads no clock and takes no lock; whoever holds it serialises the
calls and passes the time. Each member is in one of these states:

    serving    gets calls in turn
    ejected    failed too often in a row; back once its time is over and a probe, or
               without probes a single call, succeeds
    unhealthy  says it is not serving; back when it says it is
    draining   no longer listed; gone when its last call ends, or its time is over

Invariant: as long as one member is not draining, `pick` returns one. When none serves,
it is the one that failed longest ago: a call that may fail beats one that surely does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from hardening.grpc.events import (
    BackendAdded,
    BackendDraining,
    BackendEjected,
    BackendRemoved,
    BackendReturned,
    BackendUnhealthy,
    RotationEvent,
)
from hardening.grpc.settings import Settings

Events = tuple[RotationEvent, ...]

_DOUBLINGS_MAX = 30  # beyond, the longest ejection is reached with any setting


class State(StrEnum):
    """Whether an address gets calls."""

    SERVING = "serving"
    EJECTED = "ejected"
    UNHEALTHY = "unhealthy"
    DRAINING = "draining"


@dataclass(slots=True)
class Member:
    """
    One address.

    Attributes:
        address: As it was listed.
        state: Whether it gets calls.
        in_flight: Calls that it has not answered yet.
        failed: Consecutive failures.
        ejections: Since it last went without a failure for the longest ejection.
        until_s: End of an ejection or of a drain.
        failed_s: When it failed last.
        trial: A call that decides about its return is under way.
        calls: In all.
        failures: In all.
    """

    address: str
    state: State = State.SERVING
    in_flight: int = 0
    failed: int = 0
    ejections: int = 0
    until_s: float = 0.0
    failed_s: float = float("-inf")
    trial: bool = False
    calls: int = 0
    failures: int = 0


class Fleet:
    """
    All members, in the order in which they were listed first.

    Args:
        settings: When a member is left out, and for how long.

    Attributes:
        members: By address.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = 0
        self.members: dict[str, Member] = {}

    def listed(self, addresses: Iterable[str], now_s: float) -> Events:
        """Take over a list of addresses: add what is new, drain what is gone."""
        wanted = dict.fromkeys(addresses)
        events: list[RotationEvent] = []
        for address in wanted:
            member = self.members.get(address)
            if member is None:
                self.members[address] = Member(address)
                events.append(BackendAdded(address=address))
            elif member.state is State.DRAINING:
                member.state = State.SERVING
                events.append(BackendAdded(address=address))
        for address, member in self.members.items():
            if address not in wanted and member.state is not State.DRAINING:
                member.state = State.DRAINING
                member.until_s = now_s + self._settings.drain_s
                left = member.in_flight
                events.append(BackendDraining(address=address, in_flight=left))
        return tuple(events)

    def drained(self, now_s: float) -> tuple[BackendRemoved, ...]:
        """Remove the members that have nothing to answer any more, or no time left."""
        gone = [
            member
            for member in self.members.values()
            if member.state is State.DRAINING
            and (member.in_flight == 0 or member.until_s <= now_s)
        ]
        for member in gone:
            del self.members[member.address]
        return tuple(
            BackendRemoved(address=member.address, cut_off=member.in_flight)
            for member in gone
        )

    def pick(self, now_s: float, tried: Collection[str] = ()) -> Member | None:
        """
        Return the member for a call, and count the call as under way.

        Args:
            now_s: The time.
            tried: Addresses at which this call failed already.

        Returns:
            None when every member was tried or drains.
        """
        member = self._next(now_s, tried) or self._last_resort(tried)
        if member is not None:
            member.trial = member.state is State.EJECTED
            member.in_flight += 1
            member.calls += 1
        return member

    def succeeded(self, member: Member) -> Events:
        """Take in that a call was answered."""
        member.in_flight -= 1
        member.failed = 0
        # A late answer to a call from before the ejection proves nothing.
        if member.state is State.EJECTED and member.trial:
            return _back(member)
        return ()

    def failed(self, member: Member, now_s: float) -> Events:
        """Take in that a call was lost: no connection, or no answer in time."""
        member.in_flight -= 1
        member.failures += 1
        return self._lost(member, now_s)

    def abandoned(self, member: Member) -> None:
        """Take in that a call ended without saying anything about its server."""
        member.in_flight -= 1
        member.trial = False

    def to_probe(self, now_s: float) -> tuple[str, ...]:
        """Return the addresses to ask for their health now."""
        return tuple(
            member.address
            for member in self.members.values()
            if member.state is not State.DRAINING
            and not (member.state is State.EJECTED and now_s < member.until_s)
        )

    def probed(self, address: str, reason: str | None, now_s: float) -> Events:
        """
        Take in what an address said of its health.

        Args:
            address: Which one; it may be gone meanwhile.
            reason: Why it gets no calls: 'NOT_SERVING'; None when it is serving.
            now_s: The time.
        """
        member = self.members.get(address)
        if member is None or member.state is State.DRAINING:
            return ()
        if reason is None:
            return self._well(member, now_s)
        member.failed_s = now_s
        if member.state is not State.SERVING:
            return ()
        member.state = State.UNHEALTHY
        return (BackendUnhealthy(address=address, reason=reason),)

    def serving(self) -> int:
        """Return how many members get calls."""
        return sum(member.state is State.SERVING for member in self.members.values())

    def _next(self, now_s: float, tried: Collection[str]) -> Member | None:
        """Return the next member in turn that may have a call."""
        members = tuple(self.members.values())
        for step in range(len(members)):
            member = members[(self._turn + step) % len(members)]
            if member.address not in tried and self._may_have_a_call(member, now_s):
                self._turn = (self._turn + step + 1) % len(members)
                return member
        return None

    def _may_have_a_call(self, member: Member, now_s: float) -> bool:
        """Tell whether a member serves, or its return has to be tried by a call."""
        if member.state is State.SERVING:
            return True
        over = member.state is State.EJECTED and member.until_s <= now_s
        return over and not member.trial and self._settings.health_interval_s is None

    def _last_resort(self, tried: Collection[str]) -> Member | None:
        """Return the member that failed longest ago, of those that do not drain."""
        left = (
            member
            for member in self.members.values()
            if member.address not in tried and member.state is not State.DRAINING
        )
        return min(left, key=lambda member: member.failed_s, default=None)

    def _lost(self, member: Member, now_s: float) -> Events:
        """Count a failure, and eject the member when that is one too many."""
        if now_s - member.failed_s > self._settings.ejection_max_s:
            member.ejections = 0
        member.failed += 1
        member.failed_s = now_s
        if member.state is State.EJECTED and member.trial:
            member.trial = False
            return self._eject(member, now_s) if member.until_s <= now_s else ()
        enough = member.failed >= self._settings.failures
        if enough and member.state is State.SERVING and self._may_eject():
            return self._eject(member, now_s)
        return ()

    def _eject(self, member: Member, now_s: float) -> Events:
        span_s = self._span_s(member)
        member.state = State.EJECTED
        member.ejections += 1
        member.until_s = now_s + span_s
        failed = member.failed
        address = member.address
        return (BackendEjected(address=address, failures=failed, span_s=span_s),)

    def _span_s(self, member: Member) -> float:
        """Return how long the next ejection of a member takes."""
        doubled = 2.0 ** min(member.ejections, _DOUBLINGS_MAX)
        return min(self._settings.ejection_s * doubled, self._settings.ejection_max_s)

    def _may_eject(self) -> bool:
        """Tell whether so many others are there that one more may be left out."""
        listed = [m for m in self.members.values() if m.state is not State.DRAINING]
        ejected = sum(member.state is State.EJECTED for member in listed)
        most = max(int(self._settings.ejected_most * len(listed)), 1)
        return ejected < most and len(listed) > 1

    def _well(self, member: Member, now_s: float) -> Events:
        """Take in that a member is healthy: it returns, once its time is over."""
        if member.state is State.SERVING:
            return ()
        if member.state is State.EJECTED and now_s < member.until_s:
            return ()
        return _back(member)


def _back(member: Member) -> Events:
    """Give a member calls again."""
    member.state = State.SERVING
    member.failed = 0
    member.trial = False
    return (BackendReturned(address=member.address),)
