"""Attempts: the places that one call tries, one after the other, within its time."""

from typing import Any, Generic, TypeVar

from hardening.grpc.hub import Hub, Lease
from hardening.grpc.repeats import may_repeat

Channel = TypeVar("Channel")


class Attempts(Generic[Channel]):
    """
    One call's way through the fleet.

    Args:
        hub: The fleet.
        options: As the caller gave them: timeout, metadata and so on.
        idempotent: Whether the method may run twice.

    Raises:
        RotationClosed: It is.
    """

    __slots__ = ("_ends_s", "_hub", "_idempotent", "_options", "_tried", "lease")

    def __init__(
        self, hub: Hub[Channel], options: dict[str, Any], *, idempotent: bool
    ) -> None:
        self._hub = hub
        self._options = options
        self._idempotent = idempotent
        self._tried: list[str] = []
        timeout = options.get("timeout")
        now_s = hub.clock.monotonic_s()
        self._ends_s = None if timeout is None else now_s + timeout
        self.lease = hub.place()

    def options(self) -> dict[str, Any]:
        """
        Return the options of the attempt that is next.

        While another address is there, none waits for a connection, and one that may be
        repeated does not take all of the call's time.
        """
        options = dict(self._options)
        if self._ends_s is not None:
            left_s = self._ends_s - self._hub.clock.monotonic_s()
            options["timeout"] = max(0.0, left_s)
        if self._is_last():
            return options
        options["wait_for_ready"] = None
        most_s = self._hub.settings.attempt_timeout_s
        if self._idempotent and most_s is not None:
            left = options.get("timeout")  # 0.0 is no time, None is any
            options["timeout"] = most_s if left is None else min(most_s, left)
        return options

    def go_on(self, error: Any, *, connected: bool) -> bool:  # noqa: ANN401 - gRPC's error has no type of its own
        """
        Take a place for another attempt, where that is safe and there is time.

        Args:
            error: What the attempt raised.
            connected: Whether its channel could have a connection.
        """
        self._tried.append(self.lease.member.address)
        safe = may_repeat(
            error.code(),
            error.details(),
            connected=connected,
            idempotent=self._idempotent,
        )
        if not safe or len(self._tried) >= self._hub.settings.attempts:
            return False
        if self._ends_s is not None and self._hub.clock.monotonic_s() >= self._ends_s:
            return False
        lease: Lease[Channel] | None = self._hub.acquire(self._tried)
        if lease is None:
            return False
        self.lease = lease
        self._hub.retries += 1
        return True

    def _is_last(self) -> bool:
        """Tell whether no other place would be taken after this one."""
        here = self.lease.member.address
        others = self._hub.untried((*self._tried, here))
        return not others or len(self._tried) + 1 >= self._hub.settings.attempts
