"""
The soak: how long a stage must hold, with every gate passing without interruption.

The hold counts from the first moment at which all gates have passed since the soak
began, and anew after any verdict of a plain limit that is not a pass (Kargo's
`requiredSoakTime`). It is over when the time is, and every gate has passed once more at
or after its end. A gate by evidence takes its final look there: where that has not
shown enough, the soak goes on, as often as was planned, and then a person decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gonogo.decision import hold
from gonogo.decision.state import GateState, RolloutState, StepState
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Person
from gonogo.model.effect import Notify
from gonogo.model.event import (
    WITHOUT_PROOF,
    Asked,
    HoldPaused,
    HoldResumed,
    QuestionAsked,
    SoakAccepted,
    SoakExtended,
    SoakProlonged,
    SoakReset,
    SoakStarted,
    StepStarted,
)
from gonogo.model.evidence import Finding
from gonogo.model.identifiers import GateId, QuestionId
from gonogo.model.judging import Judging
from gonogo.model.plan import Soak
from gonogo.model.verdict import Outcome

EXTEND, PROCEED, BACK = "extend", WITHOUT_PROOF, "back"

# An extension shorter than this part of the soak would show next to nothing more.
LEAST_PROLONGED = 0.1


def advance(turn: Turn, step: Soak) -> bool:
    """Hold; return whether more may follow at once."""
    known = turn.state.step(step.id)
    if known.phase is StepPhase.PENDING:
        turn.record(StepStarted(at=turn.at, step=step.id))
        return True
    if known.since is None:
        return _begin_hold(turn, step, known)
    doubt = _not_passing(turn.state, step)
    if doubt:
        turn.record(SoakReset(at=turn.at, step=step.id, reason=doubt))
        return True
    return _hold_on(turn, step, known)


def _hold_on(turn: Turn, step: Soak, known: StepState) -> bool:
    """Go on with a hold that no gate has ended."""
    without_data = _without_data(turn, step, known)
    if known.paused_since is not None and not without_data:
        turn.record(HoldResumed(at=turn.at, step=step.id))
        return True
    if not without_data and _is_over(turn, step, known.started_at or turn.at):
        return _conclude(turn, step)
    _call_when_late(turn, step, known)
    return False


def _begin_hold(turn: Turn, step: Soak, known: StepState) -> bool:
    """Let the hold count, once every gate has passed since the soak began."""
    # Whatever ended the last hold (a doubt, or that nobody looked while no runner was
    # there): what was asked about it must not let pass the one that begins now.
    turn.withdraw(step.id, about=Asked.UNDECIDED)
    judged = [turn.state.gates.get(gate) for gate in step.gates]
    began = known.started_at or turn.at
    if not all(gate and gate.holds and gate.judged_at >= began for gate in judged):
        _call_when_late(turn, step, known)
        return False
    since = _held_since(turn, step) if step.counts_held else turn.at
    turn.record(SoakStarted(at=turn.at, step=step.id, since=since))
    return True


def _held_since(turn: Turn, step: Soak) -> datetime:
    """Return since when all gates have passed and nothing was changed."""
    state = turn.state
    gates = (state.gates[gate].held_since or turn.at for gate in step.gates)
    return max(state.changed_at or state.started_at, *gates, state.started_at)


def _not_passing(state: RolloutState, step: Soak) -> str:
    judged = [state.gates[gate] for gate in step.gates]
    # Asked at every event, and nearly always all have passed: a call each is too much.
    doubted = [gate for gate in judged if gate.verdict.outcome is not Outcome.PASS]
    doubts = [gate.verdict for gate in doubted if _begins_anew(gate)]
    return "; ".join(reason for found in doubts for reason in found.reasons)


def _begins_anew(gate: GateState) -> bool:
    """Tell whether a doubt ends the hold: evidence that wants data only pauses it."""
    return gate.finding is None or gate.verdict.outcome is Outcome.FAIL


# -- time without data ---------------------------------------------------------------


def _without_data(turn: Turn, step: Soak, known: StepState) -> bool:
    """Let the hold stand still where data are missing; return whether they are."""
    doubts = hold.doubtful(turn.state, step)
    if not doubts:
        return False
    since = hold.still_since(turn.state, step, turn.at)
    if known.paused_since is None and since is not None:
        reason = _reasons(doubts)
        turn.record(HoldPaused(at=turn.at, step=step.id, since=since, reason=reason))
    _call_when_idle(turn, step, _reasons(doubts))
    return True


def _call_when_idle(turn: Turn, step: Soak, why: str) -> bool:
    """Call a person when too much of the soak was without data; return whether it was."""
    idle = hold.idle(turn.state.step(step.id), turn.at)
    if idle <= hold.most_idle(turn.state, step):
        return False
    text = (
        f"'{step.title}' (line {step.line}) had nothing to judge by for "
        f"{_minutes(idle)}: {why}. Go on all the same?"
    )
    turn.call(step.id, text)
    return True


def _reasons(gates: Sequence[GateState]) -> str:
    return "; ".join(reason for gate in gates for reason in gate.verdict.reasons)


def _minutes(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{minutes:.3g} minutes" if minutes != 1 else "a minute"


# -- the end -------------------------------------------------------------------------


def _is_over(turn: Turn, step: Soak, began: datetime) -> bool:
    """
    Return whether the time is over, and every gate was judged at or after its end.

    Without a duration, every gate has to have passed since the soak began.
    """
    known = turn.state.step(step.id)
    end = hold.end_of(step, known) if step.duration else began
    if end is None or turn.at < end:
        return False
    gates = [turn.state.gates[gate] for gate in step.gates]
    looked = all(gate.judged_at >= end for gate in gates)
    return looked and (not step.duration or all(map(_is_concluded, gates)))


def _is_concluded(gate: GateState) -> bool:
    """Tell whether a gate has had its final look, if it is one by evidence."""
    return gate.finding is None or gate.concluded is not None or _is_safe(gate)


def _is_safe(gate: GateState) -> bool:
    """Tell whether the limit is proven kept, by the test that goes on."""
    return gate.finding is Finding.WITHIN_LIMIT and gate.evidence is not None


def _conclude(turn: Turn, step: Soak) -> bool:
    """Complete a soak that has shown enough; else let it go on, or ask a person."""
    if _call_when_idle(turn, step, "there was no data"):
        return False
    short = [gate for gate in step.gates if _shows_too_little(turn.state, gate)]
    if not short:
        return turn.complete(step)
    if undecided(step) in turn.state.questions:
        return False
    why = _reasons([turn.state.gates[gate] for gate in short])
    if _may_be_prolonged(turn, step, short):
        _prolong(turn, step, until=_latest(turn, step), why=why)
        return True
    _ask(turn, step, why)
    return False


def _shows_too_little(state: RolloutState, gate: GateId) -> bool:
    known = state.gates[gate]
    return known.concluded is Finding.UNDERPOWERED and not _is_safe(known)


def _may_be_prolonged(turn: Turn, step: Soak, short: Sequence[GateId]) -> bool:
    state = turn.state
    metrics = (state.metric(state.gate(gate).metric) for gate in short)
    planned = min((each.judging or Judging()).extensions for each in metrics)
    more = _latest(turn, step) - turn.at
    enough = more >= step.duration * LEAST_PROLONGED
    return state.step(step.id).prolonged < planned and enough


def _latest(turn: Turn, step: Soak) -> datetime:
    """Return when a soak that goes on is over: after its own length, within its limit."""
    patience_from = turn.state.step(step.id).patience_from or turn.at
    # Its last look has to be taken before a person is called because it is late.
    limit = patience_from + step.limit - 2 * hold.longest_cadence(turn.state, step)
    return min(turn.at + step.duration, limit)


def _prolong(turn: Turn, step: Soak, *, until: datetime, why: str) -> None:
    look = turn.state.step(step.id).prolonged + 2
    turn.record(
        SoakProlonged(at=turn.at, step=step.id, until=until, look=look, reason=why)
    )


def _ask(turn: Turn, step: Soak, why: str) -> None:
    text = (
        f"'{step.title}' (line {step.line}) is over and has not shown enough: {why}. "
        "Extend it, proceed (with a reason), or go back?"
    )
    turn.perform(Notify(text=text, urgent=True))
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=undecided(step),
            about=Asked.UNDECIDED,
            subject=step.id,
            text=text,
            choices=(EXTEND, PROCEED, BACK),
        )
    )


# -- what people say -----------------------------------------------------------------


def undecided(step: Soak) -> QuestionId:
    """Return the name of the question what becomes of a soak that shows too little."""
    return QuestionId(f"{step.id}/undecided")


def settled(turn: Turn, step: Soak, word: str, by: Person, reason: str) -> None:
    """Act on a person's word about a soak that has not shown enough."""
    if word == EXTEND:
        turn.record(SoakExtended(at=turn.at, step=step.id))
        why = f"{by.name} extends it"
        _prolong(turn, step, until=turn.at + step.duration, why=why)
    elif word == PROCEED:
        turn.record(
            SoakAccepted(at=turn.at, step=step.id, by=by, reason=reason.strip())
        )
        turn.complete(step)


def may_not_proceed(state: RolloutState, step: Soak, reason: str) -> str | None:
    """Return why a soak that has not shown enough may not be left; None: it may be."""
    if not reason.strip():
        return "to proceed without proof takes a reason: add it as a comment"
    doubts = hold.doubtful(state, step)
    if doubts:
        return f"a gate has nothing to be judged by: {_reasons(doubts)}"
    return None


def _call_when_late(turn: Turn, step: Soak, known: StepState) -> None:
    patience_from = known.patience_from or turn.at
    if turn.at < patience_from + step.limit or turn.state.held:
        return
    why = _not_passing_yet(turn.state, step)
    turn.call(step.id, f"'{step.title}' (line {step.line}) is not over in time: {why}")


def _not_passing_yet(state: RolloutState, step: Soak) -> str:
    known = [state.gates[gate] for gate in step.gates if gate in state.gates]
    reasons = [r for gate in known if not gate.passes for r in gate.verdict.reasons]
    return "; ".join(reasons) or "its gates have not all been measured"
