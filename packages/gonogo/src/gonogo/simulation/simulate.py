"""Simulating: a plan, a script and terms in; what would happen when, out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from gonogo.model.identifiers import MetricName
from gonogo.model.plan import Check, Plan
from gonogo.report.wording import span_text
from gonogo.simulation.breach import breach_of
from gonogo.simulation.exposed import Crossing, exposed
from gonogo.simulation.findings import (
    people_asked,
    stage_spans,
    undos_found,
    waits_for,
)
from gonogo.simulation.healthy import gates_of
from gonogo.simulation.result import Ending, Level, Simulation
from gonogo.simulation.script.rules import Rule
from gonogo.simulation.seen import answerable
from gonogo.simulation.simulator import Progress, Simulator
from gonogo.simulation.terms import Terms


def simulate(
    plan: Plan,
    rules: Sequence[Rule],
    terms: Terms | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """
    Return what would happen, in virtual time; nothing outside is touched.

    Args:
        plan: As compiled.
        rules: The script of the world (`read_script`); empty: all goes well.
        terms: When it begins, and how far it goes.
        progress: Told the virtual instant and the turns every now and then.

    Returns:
        The same for the same arguments, whenever and wherever it is called.
    """
    chosen = terms or Terms()
    answered, simpler = answerable(plan)
    simulator = Simulator(answered, rules, chosen, progress)
    ending = simulator.run()
    return _found(simulator, ending, chosen, simpler)


def _found(
    simulator: Simulator, ending: Ending, terms: Terms, simpler: Sequence[Check]
) -> Simulation:
    journal, state = tuple(simulator.journal), simulator.state
    levels = tuple(Level(at=at, pct=pct) for at, pct in simulator.chronicle.levels())
    breach = breach_of(journal, state, simulator.left_at)
    traffic = Crossing(simulator.conditions, terms.users_per_minute)
    last = _last(simulator)
    after = None
    if breach is not None:
        after = exposed(levels, traffic, since=breach.began, until=last)
    return Simulation(
        ending=ending,
        reason=_reason(simulator, ending, terms),
        started_at=terms.start,
        ended_at=state.ended_at or simulator.now,
        state=state,
        journal=journal,
        levels=levels,
        stages=tuple(stage_spans(journal, state)),
        breach=breach,
        undos=tuple(undos_found(journal, state)),
        asked=tuple(people_asked(journal, state)),
        exposed=exposed(levels, traffic, since=terms.start, until=last),
        exposed_after_breach=after,
        left_exposed_pct=levels[-1].pct,
        notes=tuple(_notes(simulator, traffic, simpler)),
        turns=simulator.turns,
    )


def _last(simulator: Simulator) -> datetime:
    """Return the instant up to which exposure counts: the end, or an undo after it."""
    ended = simulator.state.ended_at
    return max(simulator.now, ended) if ended else simulator.now


def _reason(simulator: Simulator, ending: Ending, terms: Terms) -> str:
    state = simulator.state
    if ending is Ending.COMPLETED:
        return ""
    if ending is Ending.ROLLED_BACK:
        return state.aborted.reason if state.aborted else ""
    if ending is Ending.WAITING:
        return waits_for(state)
    gone = span_text(simulator.now - terms.start)
    return f"not over after {gone}; it waits for {waits_for(state)}"


def _notes(
    simulator: Simulator, traffic: Crossing, simpler: Sequence[Check]
) -> Iterator[str]:
    yield from simulator.sources.notes
    yield from _unhealthy_notes(simulator)
    for check in simpler:
        yield (
            f"No output could be made up that meets '{check.title}' (line "
            f"{check.line}): here it only has to succeed."
        )
    exposes = any(pct for _, pct in simulator.chronicle.levels())
    if exposes and not traffic.known:
        yield (
            "The traffic is not known, so that users cannot be counted: say "
            "`--users-per-minute 1200`, or `traffic 1,200 users a minute`."
        )


def _unhealthy_notes(simulator: Simulator) -> Iterator[str]:
    for name, well in simulator.readings.well.items():
        if not well.proven:
            yield f"No value of '{name}' passes all its gates ({_lines(simulator, name)})."


def _lines(simulator: Simulator, name: MetricName) -> str:
    gates = gates_of(simulator.plan, name)
    return "lines " + ", ".join(str(gate.line) for gate in gates)
