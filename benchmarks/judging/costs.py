"""Costs: what one look at one metric takes of a processor, alone and among many."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle

import numpy as np

from benchmarks.form import Bar, Of, Row
from benchmarks.judging.alarms import compared
from benchmarks.judging.worlds import World, of_seed, some
from benchmarks.paired import timings
from gonogo.analysis.evidence import judge
from gonogo.analysis.evidence.learning import learned
from gonogo.analysis.evidence.looks import Trouble
from gonogo.analysis.evidence.many import Many
from gonogo.analysis.evidence.reading import looked
from gonogo.analysis.evidence.sides import sides_of
from gonogo.analysis.kayenta import classify
from gonogo.model.evidence import EvidenceState
from gonogo.model.sample import Sample, Tally
from gonogo.testing.clock import NOON

ALONE, AMONG_MANY = Bar(Of.VALUE, most=25), Bar(Of.VALUE, most=1)
LOOKS, MANY = 1440, 10_000
MINUTE = timedelta(minutes=1)
LOOK = "a look: the whole judge, with the words of its verdict"
LEARN = "of it, the evidence: of harm, of safety, and for the final look"
VECTOR = f"a look among {MANY:,} at once, evidence of harm and of safety"
KAYENTA = "a judgement of Kayenta, 60 points against 60"


def measure() -> Iterator[Row]:
    """Yield what a look takes: in a soak under way, vectorised, and of Kayenta."""
    samples = _samples()
    single = {LOOK: _judging(samples), LEARN: _learning(samples)}
    alone = timings(single, rounds=30, number=LOOKS)
    many = timings({VECTOR: _among_many(), KAYENTA: _kayenta()}, rounds=15, number=20)
    # The least of the rounds: what other programs took of the processor is not its cost.
    yield _row(LOOK, min(alone.rounds[LOOK]), ALONE)
    yield _row(LEARN, min(alone.rounds[LEARN]), ALONE)
    yield _row(VECTOR, many.median_ns(VECTOR) / MANY, AMONG_MANY)
    yield _row(KAYENTA, many.median_ns(KAYENTA), None)


def _row(figure: str, taken_ns: float, bar: Bar | None) -> Row:
    return Row(figure=figure, value=taken_ns / 1000, unit="µs", bar=bar)


def _samples() -> list[tuple[datetime, Sample]]:
    """Return a day of one metric at 10 requests a second."""
    day = some(World(per_s=10).draw(of_seed("a day"), 1))
    found = []
    for minute in range(LOOKS):
        since = NOON + minute * MINUTE
        sample = Sample(
            since=since,
            canary=Tally(
                events=float(day.canary[0, minute]),
                exposure=float(day.canary_exposure[0, minute]),
            ),
            control=Tally(
                events=float(day.control[0, minute]),
                exposure=float(day.control_exposure[0, minute]),
            ),
        )
        found.append((since + MINUTE, sample))
    return found


def _judging(samples: list[tuple[datetime, Sample]]) -> Callable[[], object]:
    trial, looks = compared(5, 10), cycle(samples)
    judged = judge(trial, None, samples[0][1], at=samples[0][0], final=False)

    def look() -> None:
        nonlocal judged
        at, sample = next(looks)
        judged = judge(trial, judged.state, sample, at=at, final=False)

    return look


def _learning(samples: list[tuple[datetime, Sample]]) -> Callable[[], object]:
    trial = compared(5, 10)
    sides = sides_of(trial)
    looks = cycle([(at, looked(trial, EMPTY, sample, at)) for at, sample in samples])
    state = EMPTY

    def look() -> None:
        nonlocal state
        at, seen = next(looks)
        if not isinstance(seen, Trouble):
            state = learned(trial, sides, state, seen, at)

    return look


EMPTY = EvidenceState(test="")


def _among_many() -> Callable[[], object]:
    dice = of_seed("many")
    errors, requests = (
        dice.poisson(3, (2, MANY)) * 1.0,
        dice.poisson(600, (2, MANY)) * 1.0,
    )
    many = Many.of(compared(5, 10), MANY)
    return lambda: many.look(errors[0], requests[0], errors[1], requests[1])


def _kayenta() -> Callable[[], object]:
    points = of_seed("points").poisson(3, (2, 60)) / 6
    canary, control = (row.tolist() for row in np.asarray(points, dtype=float))
    return lambda: classify(canary, control)
