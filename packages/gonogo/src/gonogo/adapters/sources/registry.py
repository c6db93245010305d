"""
All kinds of sources by name, each imported when a plan first uses it.

A kind that gonogo does not bring may come from a plug-in (`plugins`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import cast

from gonogo.adapters.sources.names import Names
from gonogo.adapters.sources.opening import Maker, Opening, wall_clock
from gonogo.model import plan as plans
from gonogo.model.plan import Plan, ValueSource
from gonogo.ports.source import Source, SourceFailed

# The module of each kind; it offers `opened(opening) -> Source`.
_MODULES: Mapping[str, str] = {
    "cloudwatch": "cloudwatch",
    "csv": "csv",
    "datadog": "datadog",
    "http": "http_json",
    "influxdb": "influxdb",
    "journald": "journald",
    "log": "logs",
    "loki": "loki",
    "newrelic": "newrelic",
    "otlp": "otlp",
    "prometheus": "prometheus",
    "sql": "sql",
    "statsd": "statsd",
}

# Of these nothing is known but what came since they were opened.
_PUSHED = frozenset({"otlp", "statsd"})


def opened(
    plan: Plan,
    environ: Mapping[str, str],
    *,
    folder: Path | None = None,
    own: Mapping[str, ValueSource] | None = None,
    now: Callable[[], datetime] = wall_clock,
) -> "Sources":
    """
    Return a plan's sources by name; each is opened when it is first asked for.

    Args:
        plan: Has the sources, and the values that they name.
        environ: The environment of the process.
        folder: What a path of a file is relative to; the document's.
        own: Values that are not the plan's, such as `GONOGO_ROLLOUT`.
        now: The clock by which the stretches are told that are asked for.
    """
    return Sources(
        plan.sources,
        Names({**(own or {}), **plan.values}, environ),
        connections=Names(plan.connections, environ),
        folder=folder or Path(),
        now=now,
    )


def kinds() -> tuple[str, ...]:
    """Return the names of all kinds that can be opened here, plug-ins' too."""
    from gonogo.adapters.sources import plugins  # noqa: PLC0415 - looks at packages

    return tuple(sorted({*_MODULES, *plugins.kinds()}))


class Sources(Mapping[str, Source]):
    """
    Sources by name, opened when first asked for. Thread-safe.

    To ask for one raises `SourceFailed` when it cannot be opened, and `KeyError` when
    the plan has none of that name.
    """

    def __init__(
        self,
        sources: Mapping[str, plans.Source],
        names: Names,
        *,
        connections: Names,
        folder: Path,
        now: Callable[[], datetime],
    ) -> None:
        self.names = names
        self._sources, self._connections = sources, connections
        self._folder, self._now = folder, now
        self._opened: dict[str, Source] = {}
        self._lock = Lock()

    def __getitem__(self, name: str) -> Source:
        with self._lock:
            if name not in self._opened:
                source = self._sources[name]
                self._opened[name] = maker(source.kind, name)(self._opening(name))
            return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def listen(self) -> None:
        """
        Begin to listen where others push to; what comes before that is lost.

        An address that cannot be listened at is told when the source is asked.
        """
        for name, source in self._sources.items():
            if source.kind in _PUSHED:
                with suppress(SourceFailed):
                    self[name]

    def close(self) -> None:
        """Let go of files and connections; what is asked for afterwards opens anew."""
        with self._lock:
            opened, self._opened = self._opened, {}
        for source in opened.values():
            close = getattr(source, "close", None)
            with suppress(OSError):
                if callable(close):
                    close()

    def _opening(self, name: str) -> Opening:
        source = self._sources[name]
        url, options = self.names.url(source.url), dict(source.options)
        connection = options.pop("connection", None)
        if connection is not None:
            url = self._connections.text(f"${{{connection}}}")
        return Opening(
            name=name,
            url=url,
            options={key: self.names.text(text) for key, text in options.items()},
            folder=self._folder,
            now=self._now,
        )


def maker(kind: str, name: str) -> Maker:
    """
    Return what opens a source of a kind.

    Args:
        kind: As the plan has it.
        name: Of the source, for people.

    Raises:
        SourceFailed: There is no such kind here, or it cannot be loaded.
    """
    if kind in _MODULES:
        module = import_module(f"gonogo.adapters.sources.{_MODULES[kind]}")
        return cast("Maker", module.opened)
    from gonogo.adapters.sources import plugins  # noqa: PLC0415 - looks at packages

    found = plugins.maker(kind)
    if found is None:
        raise SourceFailed(_unknown(kind, name))
    return found


def _unknown(kind: str, name: str) -> str:
    known = kinds()
    near = get_close_matches(kind, known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return (
        f"Source '{name}' is of the kind {json.dumps(kind)}, which is not known here."
        f"{meant} Known are {', '.join(known)}; a plug-in may bring others, by the "
        "entry point group gonogo.sources."
    )
