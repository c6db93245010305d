"""The command: live through one seed's world, or many, and tell what came of it."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from gonogo.model import event as events
from gonogo.model.encoding import encode_event
from gonogo.model.event import Event
from gonogo.testing.laws import LawBroken
from gonogo.testing.world.driver import World, world_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one seed, or many; return 1 when a law does not hold."""
    parser = ArgumentParser(
        prog="python -m gonogo.testing.world",
        description="Live through simulated rollouts, and check the laws on each.",
    )
    parser.add_argument("--seed", help="one run, told event by event")
    parser.add_argument("--runs", type=int, default=1000, help="so many runs")
    parser.add_argument("--first", type=int, default=0, help="the first run's seed")
    parser.add_argument(
        "--engines", action="store_true", help="the real engine, in two workers"
    )
    parser.add_argument("--workers", type=int, default=1, help="so many processes")
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _run_one(world_of(chosen.seed, engines=chosen.engines))
    seeds = range(chosen.first, chosen.first + chosen.runs)
    live = partial(_live_through, engines=chosen.engines)
    return _run_many(seeds, chosen.workers, live)


def _run_one(world: World) -> int:
    try:
        world.run()
    except LawBroken as broken:
        _tell_history(world)
        _tell(f"BROKEN: {broken}")
        return 1
    _tell_history(world)
    _tell(f"{world.state and world.state.phase}: every law holds.")
    return 0


def _tell_history(world: World) -> None:
    for event in world.history:
        _tell(f"{event.at:%d %H:%M:%S} {_short(event)}")


def _short(event: Event) -> str:
    if isinstance(event, events.RolloutStarted):
        stages = (f"{stage.id}: {stage}" for stage in event.plan.stages)
        return "\n".join(("RolloutStarted", *stages))
    body = encode_event(event)
    shown = {k: v for k, v in body.items() if k not in {"event", "at"} and v}
    return f"{body['event']} {shown}"


def _run_many(seeds: range, workers: int, live: Callable[[range], "_Lived"]) -> int:
    ends: Counter[str] = Counter()
    lived_through = 0
    with _mapping(workers) as each_of:
        for lived in each_of(live, _batches(seeds)):
            ends += lived.ends
            lived_through += len(lived.seeds)
            for line in lived.broken:
                _tell(line)
            _tell(f"{lived_through} of {len(seeds)}: {dict(ends)}")
    _tell(f"{len(seeds)} runs, {ends['broken']} broken laws: {dict(ends)}")
    return 1 if ends["broken"] else 0


@dataclass(frozen=True, slots=True)
class _Lived:
    """What came of some worlds: their ends counted, and the laws that were broken."""

    seeds: range
    ends: Counter[str]
    broken: tuple[str, ...]


def _live_through(seeds: range, *, engines: bool) -> _Lived:
    ends: Counter[str] = Counter()
    broken: list[str] = []
    for seed in seeds:
        world = world_of(seed, engines=engines)
        try:
            ends[world.run().phase.value] += 1
        except Exception as found:  # noqa: BLE001  # whatever it is, the seed shows it
            ends["broken"] += 1
            broken.append(f"seed {seed}: {_described(found, world)}")
        ends["commands"] += world.commands
        ends["events"] += len(world.history)
        ends["crashes"] += world.crashes
    return _Lived(seeds, ends, tuple(broken))


def _described(found: Exception, world: World) -> str:
    """Return what went wrong, and how to see it again; a broken law says so itself."""
    if isinstance(found, LawBroken):
        return str(found)
    return f"{type(found).__name__}: {found}\n  again: {world.replay_with()}"


def _batches(seeds: range) -> list[range]:
    """Return the seeds in twenty parts: so often a campaign tells how far it is."""
    size = max(len(seeds) // 20, 1)
    return [seeds[first : first + size] for first in range(0, len(seeds), size)]


Mapping = Callable[[Callable[[range], _Lived], Sequence[range]], Iterator[_Lived]]


@contextmanager
def _mapping(workers: int) -> Iterator[Mapping]:
    """Give what applies a function to many batches in order, on so many processes."""
    if workers == 1:
        yield map
        return
    with ProcessPoolExecutor(workers) as pool:
        yield pool.map


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
