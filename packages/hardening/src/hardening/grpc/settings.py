"""Settings of a rotation: when an address is left out, for how long, and what is retried."""

from collections.abc import Callable
from dataclasses import dataclass

from hardening.core import is_number, require, require_count, require_positive


def none_is_idempotent(method: str, /) -> bool:  # noqa: ARG001 - a port's shape
    """Return False: a call that may have reached a server is not made again."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    What a rotation does, and when.

    Attributes:
        attempts: Of one call, the first included, each at another address while there
            is one.
        attempt_timeout_s: Of one attempt of an idempotent call; the call's own timeout
            bounds them all. None lets the first attempt take all of it, so that a
            frozen server costs a call.
        failures: Consecutive ones after which an address is ejected.
        ejection_s: How long it is left out the first time; doubled each time after.
        ejection_max_s: The longest it is left out.
        ejected_most: The share of addresses that may be ejected at once, 0 to 1. One
            may always be, when there are two or more.
        health_interval_s: How often each address is asked for its health, by
            grpc.health.v1; None never asks.
        health_timeout_s: How long its answer may take.
        health_service: The name that is asked for; '' is the server as a whole.
        resolve_interval_s: How often addresses are looked up anew.
        drain_s: How long the calls of an address that is gone may still take.
        idempotent: Tells of a method, '/shop.Orders/Get', whether it may run twice. Its
            calls are made again after any loss of the server; others only when the
            request never left.

    Source:
        Envoy, outlier detection: consecutive failures, a share at most, longer each
        time; gRFC A17, client-side health checking.
    """

    attempts: int = 3
    attempt_timeout_s: float | None = None
    failures: int = 3
    ejection_s: float = 10.0
    ejection_max_s: float = 300.0
    ejected_most: float = 0.5
    health_interval_s: float | None = 5.0
    health_timeout_s: float = 1.0
    health_service: str = ""
    resolve_interval_s: float = 30.0
    drain_s: float = 30.0
    idempotent: Callable[[str], bool] = none_is_idempotent

    def __post_init__(self) -> None:
        for name in ("attempts", "failures"):
            require_count(f"Settings.{name}", getattr(self, name))
        positive = ("ejection_s", "health_timeout_s", "resolve_interval_s", "drain_s")
        for name in positive:
            self._require_positive(name)
        for name in ("attempt_timeout_s", "health_interval_s"):
            if getattr(self, name) is not None:
                self._require_positive(name)
        self._require_ejections()
        rule, holds = "a text", isinstance(self.health_service, str)
        require("Settings.health_service", self.health_service, rule, holds=holds)
        rule, holds = "a function of a method's name", callable(self.idempotent)
        require("Settings.idempotent", self.idempotent, rule, holds=holds)

    def _require_ejections(self) -> None:
        longest, share = self.ejection_max_s, self.ejected_most
        rule = "at least ejection_s, and finite"
        holds = is_number(longest) and self.ejection_s <= longest < float("inf")
        require("Settings.ejection_max_s", longest, rule, holds=holds)
        holds = is_number(share) and 0 <= share <= 1
        require("Settings.ejected_most", share, "from 0 to 1", holds=holds)

    def _require_positive(self, name: str) -> None:
        require_positive(f"Settings.{name}", getattr(self, name))
