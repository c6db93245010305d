"""The command: live through one seed's world, or many, and tell what came of it."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence

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
    chosen = parser.parse_args(arguments)
    if chosen.seed is not None:
        return _run_one(chosen.seed)
    return _run_many(range(chosen.first, chosen.first + chosen.runs))


def _run_one(seed: str) -> int:
    world = world_of(seed)
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


def _run_many(seeds: range) -> int:
    ends: Counter[str] = Counter()
    told = max(len(seeds) // 20, 1)
    for number, seed in enumerate(seeds, start=1):
        world = world_of(seed)
        try:
            ends[world.run().phase.value] += 1
        except LawBroken as broken:
            ends["broken"] += 1
            _tell(f"seed {seed}: {broken}")
        ends["commands"] += world.commands
        ends["events"] += len(world.history)
        ends["crashes"] += world.crashes
        if number % told == 0:
            _tell(f"{number} of {len(seeds)}: {dict(ends)}")
    _tell(f"{len(seeds)} runs, {ends['broken']} broken laws: {dict(ends)}")
    return 1 if ends["broken"] else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
