"""The housekeeper of threads: probes, looks addresses up and closes what drained."""

import weakref
from threading import Event, Thread, current_thread

import grpc

from hardening.grpc import health
from hardening.grpc.chores import Chores, surviving
from hardening.grpc.hub import Hub

_JOIN_S = 5.0


class Housekeeper:
    """
    One thread beside a rotation, started when there is something to do.

    It keeps no rotation alive: one that is forgotten instead of closed ends it.

    Args:
        hub: The fleet.
    """

    def __init__(self, hub: Hub[grpc.Channel]) -> None:
        self._hub = weakref.ref(hub)
        self._woken = Event()
        self._closed = Event()
        self._thread: Thread | None = None
        if hub.resolver is not None or hub.settings.health_interval_s is not None:
            self.wake()

    def wake(self) -> None:
        """Do now what is due: there is something to drain."""
        self._woken.set()
        if self._thread is None and not self._closed.is_set():
            arguments = (self._hub, self._woken, self._closed)
            self._thread = Thread(
                target=_run, args=arguments, name="hardening-grpc", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """End the thread; one that is looking up addresses is not waited for longer."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join(_JOIN_S)


def _run(
    reference: "weakref.ref[Hub[grpc.Channel]]", woken: Event, closed: Event
) -> None:
    chores: Chores | None = None
    while not closed.is_set():
        woken.clear()
        hub = reference()
        if hub is None:
            return
        chores = chores or Chores(hub.settings, hub.clock.monotonic_s())
        with surviving():
            _work(hub, chores, closed)
        span_s = chores.wait_s(hub.clock.monotonic_s(), draining=hub.drains())
        del hub
        woken.wait(span_s)


def _work(hub: Hub[grpc.Channel], chores: Chores, closed: Event) -> None:
    """Do what is due."""
    if hub.resolver is not None and chores.resolves(hub.clock.monotonic_s()):
        try:
            hub.resolved(hub.resolver(), "no address found")
        except Exception as error:  # noqa: BLE001 - whatever it is, the fleet stays
            hub.resolved(None, f"{type(error).__name__}: {error}")
    if chores.probes(hub.clock.monotonic_s()) and not closed.is_set():
        _probe(hub)
    for channel in hub.drained():
        channel.close()


def _probe(hub: Hub[grpc.Channel]) -> None:
    """Ask all addresses at once, each for a bounded time."""
    settings = hub.settings
    request = health.request_for(settings.health_service)
    asked = []
    for address, channel in hub.to_probe():
        try:
            check = health.check_on(channel)
            asked.append((address, check.future(request, settings.health_timeout_s)))
        except ValueError:  # closed meanwhile
            continue
    for address, future in asked:
        try:
            hub.probed(address, health.reason_of(future.result()))
        except grpc.FutureCancelledError:
            continue
        except grpc.RpcError as error:
            hub.probed(address, health.reason_of_error(error))
