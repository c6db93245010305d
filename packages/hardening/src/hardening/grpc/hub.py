"""The hub: the fleet with its connections; what both kinds of rotation share."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

import grpc

from hardening.core import (
    Clock,
    Kind,
    Listener,
    Measure,
    Sample,
    require,
    require_count,
)
from hardening.grpc.chores import surviving
from hardening.grpc.errors import RotationClosed
from hardening.grpc.events import AddressesNotResolved, RotationEvent
from hardening.grpc.machine import Events, Fleet, Member, State
from hardening.grpc.repeats import is_lost
from hardening.grpc.settings import Settings

Channel = TypeVar("Channel")

Resolver = Callable[[], Iterable[str]]
"""Looks the addresses up: 'host:port', or any target of gRPC; may block, and raise."""

_CALLABLES_MAX = 1_000  # a stub made for each call must not fill the memory


@dataclass(slots=True, eq=False)
class Line(Generic[Channel]):
    """
    One connection to an address.

    Attributes:
        channel: Made with a subchannel pool of its own; without, all channels to an
            address share one connection.
        callables: What the channel made for each method, to be used again.
    """

    channel: Channel
    callables: dict[object, object] = field(default_factory=dict)

    def callable_for(self, key: object, make: Callable[[Channel], object]) -> object:
        """Return the callable of a method, made once."""
        found = self.callables.get(key)
        if found is None:
            found = make(self.channel)
            if len(self.callables) < _CALLABLES_MAX:
                self.callables[key] = found
        return found


@dataclass(frozen=True, slots=True)
class Lease(Generic[Channel]):
    """A call's place: the member that it counts for, and the line that it goes over."""

    member: Member
    line: Line[Channel]


class Hub(Generic[Channel]):
    """
    The fleet behind a lock that is never held during a call.

    Args:
        addresses: The first list, or what looks it up each time.
        channels_per_address: Connections to each; calls take turns.
        connect: Opens a channel to an address; must not wait for the connection.
        settings: The fleet's.
        listener: Told of what happens to addresses.
        clock: Measures ejections and drains.
    """

    def __init__(
        self,
        addresses: Sequence[str] | Resolver,
        *,
        channels_per_address: int,
        connect: Callable[[str], Channel],
        settings: Settings,
        listener: Listener[RotationEvent],
        clock: Clock,
    ) -> None:
        require_count("Rotation.channels_per_address", channels_per_address)
        self.settings = settings
        self.clock = clock
        self.retries = 0
        self.resolver = addresses if callable(addresses) else None
        self._per_address = channels_per_address
        self._connect = connect
        self._listener = listener
        self._fleet = Fleet(settings)
        self._lines: dict[str, list[Line[Channel]]] = {}
        self._turn = 0
        self._lock = Lock()
        self._closed = False
        first = addresses() if callable(addresses) else addresses
        self.relist(first)

    def acquire(self, tried: Collection[str] = ()) -> Lease[Channel] | None:
        """
        Return the place for a call; it has to be settled.

        Returns:
            None when every address was tried.

        Raises:
            RotationClosed: It is.
        """
        with self._lock:
            if self._closed:
                raise RotationClosed
            member = self._fleet.pick(self.clock.monotonic_s(), tried)
            if member is None:
                return None
            self._turn += 1
            lines = self._lines[member.address]
            return Lease(member, lines[self._turn % len(lines)])

    def place(self) -> Lease[Channel]:
        """
        Return the place for the first attempt of a call.

        Raises:
            RotationClosed: It is.
        """
        lease = self.acquire()
        # `relist` takes no empty list, and one that drains is not the last.
        assert lease is not None, "a call that tried nothing finds an address"  # noqa: S101
        return lease

    def settle(self, lease: Lease[Channel], code: grpc.StatusCode | None) -> None:
        """Count how a call ended; None says nothing about the server."""
        member = lease.member
        with self._lock:
            if code is None or code is grpc.StatusCode.CANCELLED:
                self._fleet.abandoned(member)
                events: Events = ()
            elif is_lost(code):
                events = self._fleet.failed(member, self.clock.monotonic_s())
            else:
                events = self._fleet.succeeded(member)
        self._tell(events)

    def untried(self, tried: Collection[str]) -> bool:
        """Tell whether there is another address that serves."""
        with self._lock:
            return any(
                member.state is State.SERVING and member.address not in tried
                for member in self._fleet.members.values()
            )

    def relist(self, addresses: Iterable[str]) -> None:
        """
        Take over a list of addresses, and open channels to the new ones.

        Raises:
            InvalidSetting: There is none.
        """
        self._tell(self._listed(_checked(addresses)))

    # -- housekeeping: its listener may raise, as nobody who calls is there to be told ---

    def resolved(self, addresses: Iterable[str] | None, reason: str) -> None:
        """Take over what was looked up; nothing found leaves the fleet as it is."""
        found = tuple(addresses or ())
        if found:
            events = self._listed(_checked(found))
        else:
            target = getattr(self.resolver, "target", "addresses")
            events = (AddressesNotResolved(target=target, reason=reason),)
        self._tell_surviving(events)

    def drained(self) -> list[Channel]:
        """Return the channels of addresses that are gone, for the caller to close."""
        with self._lock:
            events = self._fleet.drained(self.clock.monotonic_s())
            gone = [self._lines.pop(event.address) for event in events]
        self._tell_surviving(events)
        return [line.channel for lines in gone for line in lines]

    def drains(self) -> bool:
        """Tell whether an address is draining."""
        with self._lock:
            members = self._fleet.members.values()
            return any(member.state is State.DRAINING for member in members)

    def to_probe(self) -> list[tuple[str, Channel]]:
        """Return the addresses to ask for their health, with a channel to each."""
        with self._lock:
            now_s = self.clock.monotonic_s()
            addresses = self._fleet.to_probe(now_s)
            return [(one, self._lines[one][0].channel) for one in addresses]

    def probed(self, address: str, reason: str | None) -> None:
        """Take in what an address said of its health; None is well."""
        with self._lock:
            events = self._fleet.probed(address, reason, self.clock.monotonic_s())
        self._tell_surviving(events)

    # -- the end, and what can be seen ----------------------------------------------------

    def close(self) -> list[Channel]:
        """Let no further call begin; return all channels, for the caller to close."""
        with self._lock:
            self._closed = True
            lines, self._lines = self._lines, {}
        return [line.channel for one in lines.values() for line in one]

    @property
    def addresses(self) -> tuple[str, ...]:
        """All members, those that drain too."""
        return tuple(self._fleet.members)

    def measures(self) -> tuple[Measure, ...]:
        """Return what was counted, by address."""
        with self._lock:
            members = tuple(self._fleet.members.values())

        def by_address(name: str, meaning: str, kind: Kind, field_: str) -> Measure:
            samples = (
                Sample(getattr(one, field_), (("address", one.address),))
                for one in members
            )
            return Measure(f"hardening_grpc_{name}", meaning, kind, tuple(samples))

        serving = tuple(
            Sample(float(one.state is State.SERVING), (("address", one.address),))
            for one in members
        )
        counter, gauge = Kind.COUNTER, Kind.GAUGE
        return (
            by_address("calls", "Calls made, each attempt.", counter, "calls"),
            by_address(
                "failures", "Calls lost with their server.", counter, "failures"
            ),
            by_address("ejections", "Ejections, of late.", gauge, "ejections"),
            by_address("in_flight", "Calls under way.", gauge, "in_flight"),
            Measure("hardening_grpc_serving", "1 gets calls.", gauge, serving),
            Measure(
                "hardening_grpc_retries",
                "Calls made again at another address.",
                counter,
                (Sample(self.retries),),
            ),
        )

    def _listed(self, addresses: Sequence[str]) -> Events:
        """Take over a list of addresses; a hub that is closed takes none."""
        with self._lock:
            if self._closed:
                return ()
            events = self._fleet.listed(addresses, self.clock.monotonic_s())
            for address in self._fleet.members:
                if address not in self._lines:
                    self._lines[address] = self._opened(address)
            return events

    def _opened(self, address: str) -> list[Line[Channel]]:
        return [Line(self._connect(address)) for _ in range(self._per_address)]

    def _tell(self, events: Iterable[RotationEvent]) -> None:
        """Tell the listener, without the lock: it may be slow, or call back."""
        for event in events:
            self._listener(event)

    def _tell_surviving(self, events: Iterable[RotationEvent]) -> None:
        """Tell the listener of all of them, whatever it raises."""
        for event in events:
            with surviving():
                self._listener(event)


def channel_options(
    options: Sequence[tuple[str, object]],
) -> tuple[tuple[str, object], ...]:
    """
    Return the options of each channel, the caller's last, so that they win.

    A subchannel pool of its own gives each channel a connection of its own. A server
    that is back is found within five seconds; gRPC's default waits for up to two
    minutes.
    """
    ours = (
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 5_000),
    )
    named = {name for name, _ in options}
    return (*(one for one in ours if one[0] not in named), *options)


def _checked(addresses: Iterable[str]) -> tuple[str, ...]:
    """Refuse a list of no addresses, and one text in place of a list."""
    rule = "a list of one address or more, or a function that returns one"
    listed = () if isinstance(addresses, str) else tuple(addresses)
    holds = bool(listed) and all(listed)
    require("Rotation.addresses", addresses, rule, holds=holds)
    return listed
