"""Traffic: the requests of the last minutes, and what they come to."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from .clock import now_s

# At 100 requests a second this is more than half an hour, in a few megabytes.
KEPT_MAX: Final = 200_000


@dataclass(frozen=True, slots=True)
class Request:
    """
    One answered request.

    Attributes:
        at_s: When it was answered, on the monotonic clock.
        latency_ms: From its first line to its answer.
        failed: True for a server error.
        flags: Those that were on for its tenant.
    """

    at_s: float
    latency_ms: float
    failed: bool
    flags: frozenset[str]


class Traffic:
    """Remembers requests, up to a limit; the oldest are forgotten first."""

    def __init__(self, clock: Callable[[], float] = now_s) -> None:
        self._clock = clock
        self._began_s = clock()
        self._requests: deque[Request] = deque(maxlen=KEPT_MAX)

    def record(self, *, latency_ms: float, failed: bool, flags: frozenset[str]) -> None:
        """Remember one request."""
        self._requests.append(Request(self._clock(), latency_ms, failed, flags))

    def summary(self, window_s: float, flag: str | None = None) -> dict[str, object]:
        """
        Return the figures of the last seconds, as JSON.

        Args:
            window_s: How far to look back.
            flag: When given, `on` and `off` hold the same figures for the requests of
                tenants with and without it: a concurrent comparison.
        """
        now = self._clock()
        since = now - window_s
        recent = [r for r in self._requests.copy() if r.at_s > since]
        whole: dict[str, object] = {"window_s": window_s, **_figures(recent)}
        whole["requests_per_s"] = len(recent) / min(window_s, now - self._began_s)
        if flag is not None:
            whole["on"] = _figures([r for r in recent if flag in r.flags])
            whole["off"] = _figures([r for r in recent if flag not in r.flags])
        return whole


def _figures(requests: Sequence[Request]) -> dict[str, object]:
    """Return counts, the error rate and quantiles; null where nothing was measured."""
    errors = sum(request.failed for request in requests)
    latencies = sorted(request.latency_ms for request in requests)
    return {
        "requests": len(requests),
        "errors": errors,
        "error_rate_pct": 100 * errors / len(requests) if requests else None,
        "latency_ms_p50": _quantile(latencies, 0.50),
        "latency_ms_p99": _quantile(latencies, 0.99),
    }


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the nearest-rank quantile; None of nothing."""
    if not ordered:
        return None
    rank = max(0, -int(-share * len(ordered) // 1) - 1)
    return round(ordered[rank], 3)
