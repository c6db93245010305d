"""Readers: how the panel of each kind of source comes by its data."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hardening.dashboard import panels
from hardening.dashboard.panels import Panel
from hardening.dashboard.reading import call
from hardening.dashboard.sources import Sources

Reader = Callable[..., Awaitable[Panel]]


def _read_circuits(sources: Sources) -> Reader:
    async def read() -> Panel:
        return panels.circuits(await call(_given(sources.circuits).standings))

    return read


def _read_queues(sources: Sources) -> Reader:
    async def read() -> Panel:
        depths = await call(_given(sources.queues).depths)
        return panels.queues(depths, sources.thresholds)

    return read


def _read_letters(sources: Sources) -> Reader:
    source = _given(sources.letters)

    async def read(search: str) -> Panel:
        statistics = await call(source.statistics)
        found = await call(source.search, search)
        redrivable = source.redrive is not None
        return panels.letters(statistics, found, search, redrivable=redrivable)

    return read


def _read_pools(sources: Sources) -> Reader:
    async def read() -> Panel:
        uses = [await call(pool.use) for pool in sources.pools]
        return panels.pools(zip(sources.pools, uses, strict=True))

    return read


def _read_locks(sources: Sources) -> Reader:
    async def read() -> Panel:
        return panels.locks(await call(_given(sources.locks).measures))

    return read


READERS: Mapping[str, Callable[[Sources], Reader]] = {
    "circuits": _read_circuits,
    "queues": _read_queues,
    "letters": _read_letters,
    "pools": _read_pools,
    "locks": _read_locks,
}


def _given(source: Any) -> Any:  # noqa: ANN401 - any source
    """Return a source that is there, as `Sources.named` said."""
    assert source is not None, "a panel has a source"  # noqa: S101
    return source
