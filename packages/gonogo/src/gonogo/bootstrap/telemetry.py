"""
Telemetry: whoever is told of rollouts and of the engine, filled with adapters.

Each kind imports its packages only when it is asked for: a command without telemetry
starts without them, and most of them need not be installed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from gonogo.adapters.clocks import SystemClock
from gonogo.adapters.telemetry.address import Address
from gonogo.adapters.telemetry.missing import installed
from gonogo.bootstrap.asked import Asked, AskedCdevents, AskedLog
from gonogo.decision import RolloutState
from gonogo.model.record import Record
from gonogo.ports.journal import Journal
from gonogo.ports.telemetry import UNMEASURED, EngineMetrics
from gonogo.runner.watching import Watcher


@dataclass(frozen=True, slots=True)
class Watchers:
    """Several watchers, as one."""

    watchers: tuple[Watcher, ...] = ()

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Let each take notice, in order."""
        for watcher in self.watchers:
            watcher.saw(state, records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """
    What is told of rollouts, and of the engine. By default, nothing.

    Attributes:
        watcher: To be given to the engine.
        metrics: Likewise; one that takes no note where nobody asks for metrics.
        served_at: Where metrics are served; None where they are not.
    """

    watcher: Watcher = Watchers()
    metrics: EngineMetrics = UNMEASURED
    served_at: Address | None = None


@contextmanager
def watchers_of(
    environ: Mapping[str, str],
    *,
    journal: Journal,
    folder: Path,
    redact: Callable[[str], str],
    metrics_at: Address | None = None,
) -> Iterator[Telemetry]:
    """
    Yield what the environment asks to be told; nothing when it asks for nothing.

    What waits to be sent is sent at the end, for a few seconds.

    Args:
        environ: `OTEL_…`, `GONOGO_LOG…` and `GONOGO_CDEVENTS…` are read.
        journal: Read from other threads than the engine's.
        folder: Where it is kept how far others were told; made when needed.
        redact: Takes secrets out of what is logged.
        metrics_at: Where to serve metrics; None for nowhere.

    Raises:
        TelemetryUnclear: A variable makes no sense.
        TelemetryNotInstalled: The optional packages are missing.
        AddressTaken: Metrics cannot be served there.
        OSError: The log's file cannot be written.
    """
    asked = Asked.by(environ)
    with ExitStack() as stack:
        metrics, served_at = UNMEASURED, None
        watchers: list[Watcher] = []
        if metrics_at is not None:
            kept, served_at = _metrics(stack, metrics_at)
            metrics = kept
            watchers.append(kept)
        if asked.log is not None:
            watchers.append(_log(stack, asked.log, redact, metrics))
        if asked.traces:
            watchers.append(_traces(stack, journal, metrics))
        if asked.cdevents is not None:
            watchers.append(_cdevents(stack, asked.cdevents, journal, folder, metrics))
        yield Telemetry(
            watcher=Watchers(tuple(watchers)), metrics=metrics, served_at=served_at
        )


class _Counting(EngineMetrics, Watcher, Protocol):
    """Takes figures of the engine, and looks on."""


def _metrics(stack: ExitStack, address: Address) -> tuple[_Counting, Address]:
    with installed("metrics", asked_by="--metrics"):
        from gonogo.adapters.telemetry.scraping import serve_metrics  # noqa: PLC0415
    return stack.enter_context(serve_metrics(address))


def _log(
    stack: ExitStack,
    asked: AskedLog,
    redact: Callable[[str], str],
    metrics: EngineMetrics,
) -> Watcher:
    from gonogo.adapters.telemetry.logs import logging_rollouts  # noqa: PLC0415

    log = logging_rollouts(
        asked.file, form=asked.form, level=asked.level, redact=redact, metrics=metrics
    )
    return stack.enter_context(log)


def _traces(stack: ExitStack, journal: Journal, metrics: EngineMetrics) -> Watcher:
    with installed("traces", asked_by="An OTEL_… variable"):
        from gonogo.adapters.telemetry.otlp import tracing  # noqa: PLC0415
    own = version("gonogo")
    return stack.enter_context(tracing(own, history=journal.read, metrics=metrics))


def _cdevents(
    stack: ExitStack,
    asked: AskedCdevents,
    journal: Journal,
    folder: Path,
    metrics: EngineMetrics,
) -> Watcher:
    from gonogo.adapters.telemetry.deliveries import delivering  # noqa: PLC0415

    deliveries = delivering(
        asked.url,
        source=asked.source,
        folder=folder,
        history=journal.read,
        standings=journal.standings,
        metrics=metrics,
        now=SystemClock().wall(),
    )
    return stack.enter_context(deliveries)
