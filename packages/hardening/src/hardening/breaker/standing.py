"""How circuits stand: for a dashboard, and as measures for a scrape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hardening.breaker.machine import State, Trigger
from hardening.breaker.trend import Minute, Totals
from hardening.core import Kind, Measure, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    One circuit, as an operator wants to see it.

    Attributes:
        name: The circuit's.
        state: What it does with calls.
        cause: What moved it there; None since the start.
        for_s: Seconds in this state.
        failures: In a row, while closed.
        openings: In a row, since it last closed.
        retry_in_s: Open: seconds until a trial call; None in every other state.
        totals: What happened since the process started.
        succeeded_s: Seconds that the successful calls took, added up.
        failed_s: Seconds that the failed ones took.
        trend: The last sixty minutes, oldest first.
    """

    name: str
    state: State
    cause: Trigger | None
    for_s: float
    failures: int
    openings: int
    retry_in_s: float | None
    totals: Totals
    succeeded_s: float
    failed_s: float
    trend: tuple[Minute, ...]


_CALLS = ("succeeded", "failed", "ignored", "rejected")


def measures_of(standings: Iterable[Standing]) -> tuple[Measure, ...]:
    """Return the measures of any number of circuits, each told apart by its name."""
    all_of = tuple(standings)
    return (
        _calls(all_of),
        _call_seconds(all_of),
        _counter(all_of, "probes", "Trial calls that were let through."),
        _counter(all_of, "openings", "How often the circuit opened by itself."),
        _states(all_of),
        Measure(
            "hardening_breaker_state_age_seconds",
            "How long the circuit is in its state.",
            Kind.GAUGE,
            tuple(Sample(s.for_s, _labels(s)) for s in all_of),
        ),
    )


def _calls(standings: Sequence[Standing]) -> Measure:
    """Return how calls ended, those too that were not made."""
    samples = tuple(
        Sample(getattr(standing.totals, outcome), _labels(standing, outcome=outcome))
        for standing in standings
        for outcome in _CALLS
    )
    meaning = "Calls by outcome; a rejected one was not made."
    return Measure("hardening_breaker_calls", meaning, Kind.COUNTER, samples)


def _call_seconds(standings: Sequence[Standing]) -> Measure:
    """Return how long calls took, added up."""
    samples = tuple(
        Sample(spent_s, _labels(standing, outcome=outcome))
        for standing in standings
        for outcome, spent_s in (
            ("succeeded", standing.succeeded_s),
            ("failed", standing.failed_s),
        )
    )
    meaning = "Seconds spent in calls, added up; over the calls it is their mean."
    return Measure("hardening_breaker_call_seconds", meaning, Kind.COUNTER, samples)


def _states(standings: Sequence[Standing]) -> Measure:
    """Return 1 for the state that a circuit is in, 0 for the others."""
    samples = tuple(
        Sample(int(standing.state is state), _labels(standing, state=state.value))
        for standing in standings
        for state in State
    )
    meaning = "1 for the state that the circuit is in, 0 for the others."
    return Measure("hardening_breaker_state", meaning, Kind.GAUGE, samples)


def _counter(standings: Sequence[Standing], field: str, meaning: str) -> Measure:
    """Return one of the totals."""
    samples = tuple(Sample(getattr(s.totals, field), _labels(s)) for s in standings)
    return Measure(f"hardening_breaker_{field}", meaning, Kind.COUNTER, samples)


def _labels(standing: Standing, **more: str) -> tuple[tuple[str, str], ...]:
    """Return a sample's labels, the circuit's name first."""
    return (("circuit", standing.name), *more.items())
