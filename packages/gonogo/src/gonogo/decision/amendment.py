"""
An amendment: a running rollout goes over to a changed plan, from a stage on.

What was done stays as it was: the stages before say the same in both plans, nothing
of the stages behind has begun, and the way back is the one that the journal recorded
(law 2). Consents bind a plan (law 7): those for stages that stay as they were are
carried over by name; those for what changes lapse, and are asked for anew.
"""

from collections.abc import Container, Iterable, Iterator

from gonogo.decision import approval
from gonogo.decision.alignment import Cut, aligned, every_gate, plain, same_within
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import Amend
from gonogo.model.condition import Relative
from gonogo.model.effect import AskApproval, Notify
from gonogo.model.event import (
    ApprovalGiven,
    ApprovalLapsed,
    Asked,
    PlanAmended,
    SoakReset,
)
from gonogo.model.identifiers import StageId, StepId
from gonogo.model.plan import Approval, Baseline, Plan, Soak, Stage, Step

LAPSES = "the plan was amended from its stage on"
"""Why a consent lapses that was given for what changes."""


def amend(turn: Turn, command: Amend) -> None:
    """Go over to another plan, or refuse to with a reason."""
    reason = may_not(turn.state, command)
    if reason is not None:
        turn.reject("amend", reason, command.by)
        return
    state = turn.state
    plan = amended_plan(state, command.plan, command.from_stage)
    touched = state.plan.stages[_kept(state.plan, command.from_stage) :]
    _let_go(turn, touched)
    _withdraw(turn, plan, command.plan, touched)
    _hold_anew(turn, plan)
    turn.record(_amended(turn, command, plan))
    turn.perform(Notify(text=f"{command.by.name} amended the plan of {state.rollout}."))
    _ask_again(turn)


def amended_plan(state: RolloutState, plan: Plan, from_stage: StageId | None) -> Plan:
    """
    Return a changed plan as this rollout would go on with it: under its own names.

    Args:
        state: Of a rollout that may be amended so (`may_not`).
        plan: As its document compiles to.
        from_stage: Of the present plan; None for what comes behind its last stage.
    """
    kept = _kept(state.plan, from_stage)
    cut = Cut(
        kept=kept,
        left=max(state.stage, 0),
        revision=state.revision + 1,
    )
    return aligned(state.plan, plan, cut)


def may_not(state: RolloutState, command: Amend) -> str | None:
    """Return why a rollout may not go over to a plan; None when it may."""
    known = {stage.id for stage in state.plan.stages}
    if state.phase is not Phase.RUNNING:
        return f"the rollout is {state.phase}, not running"
    if command.before != state.plan.digest:
        return "it was made for another plan than the one that runs: look at it anew"
    if command.plan.digest in {state.plan.digest, state.document_plan}:
        return "it is the plan that runs already"
    if _place(command.plan) != _place(state.plan):
        return f"it is for {' in '.join(_place(command.plan))}, another place"
    if command.from_stage is not None and command.from_stage not in known:
        return f"the plan that runs has no stage '{command.from_stage}'"
    kept = _kept(state.plan, command.from_stage)
    return (
        _too_late(state, kept)
        or _differs_before(state.plan, command.plan, kept)
        or _leads_nowhere(state, command.plan, kept)
        or _breaks_way_back(state.plan, command.plan)
        or _lacks_baseline(state, command)
    )


def _place(plan: Plan) -> tuple[str, str]:
    return plan.service, plan.environment


def _kept(plan: Plan, from_stage: StageId | None) -> int:
    """Return how many stages stand before the one that the change begins with."""
    ids = [stage.id for stage in plan.stages]
    return len(ids) if from_stage is None else ids.index(from_stage)


# -- what keeps a plan from being amended ----------------------------------------


def _too_late(state: RolloutState, kept: int) -> str | None:
    stages = state.plan.stages
    if state.stage > kept:
        return (
            f"the rollout is in '{stages[state.stage].title}' already, behind "
            f"'{stages[kept].title}': name that stage, or a later one"
        )
    for stage in stages[kept:]:
        step = next((s for s in stage.steps if _begun(state, s)), None)
        if step is not None:
            return (
                f"'{step.title}' of '{stage.title}' has begun: name a later stage, or "
                "abort, which takes it back"
            )
    return None


def _begun(state: RolloutState, step: Step) -> bool:
    """Tell whether a step has begun; to ask for a consent changes nothing."""
    known = state.step(step.id)
    if any(undo.step == step.id for undo in state.undos):
        return True  # by hand, before it was asked for
    begun = known.phase is not StepPhase.PENDING or known.attempt > 0
    return begun and not isinstance(step, Approval)


def _differs_before(old: Plan, new: Plan, kept: int) -> str | None:
    for number, stage in enumerate(old.stages[:kept]):
        if number >= len(new.stages):
            return f"it has no stage '{stage.title}', which comes before the change"
        if not same_within((old, stage), (new, new.stages[number])):
            return (
                f"'{stage.title}' (line {new.stages[number].line}) differs, and comes "
                "before the change: only what is still to come may change"
            )
    return None


def _leads_nowhere(state: RolloutState, new: Plan, kept: int) -> str | None:
    stage = state.current_stage
    if stage is not None and state.stage == kept >= len(new.stages):
        return f"the rollout is in '{stage.title}', which the plan does not have"
    return None


def _breaks_way_back(old: Plan, new: Plan) -> str | None:
    """Refuse to change what a name stands for: the way back, or a test, uses it."""
    for kind in ("values", "connections", "sources"):
        before, after = getattr(old, kind), getattr(new, kind)
        for name in sorted(before.keys() & after.keys()):
            if before[name] != after[name]:
                return (
                    f"'{name}' would stand for something else, and what was begun may "
                    "use it: give the new one a name of its own"
                )
    return None


def _lacks_baseline(state: RolloutState, command: Amend) -> str | None:
    """Refuse gates that compare with a value that nobody will take any more."""
    plan = amended_plan(state, command.plan, command.from_stage)
    ahead = plan.stages[max(state.stage, 0) :]
    coming = {
        metric
        for stage in ahead
        for step in stage.steps
        if isinstance(step, Baseline) and state.step(step.id).phase != StepPhase.DONE
        for metric in step.metrics
    }
    gates = (*plan.triggers, *(gate for stage in ahead for gate in stage.gates))
    for gate in gates:
        if gate.condition.relative is not Relative.BASELINE:
            continue
        if gate.metric in coming or gate.metric in state.baselines:
            continue
        if plain(gate.metric) in {plain(metric) for metric in state.baselines}:
            return (
                f"'{gate.title}' (line {gate.line}) compares '{plain(gate.metric)}' with "
                "its baseline, which was measured otherwise: measure it as before, or "
                "take a baseline in a stage to come"
            )
    return None


# -- going over ------------------------------------------------------------------


def _let_go(turn: Turn, touched: Iterable[Stage]) -> None:
    """Let the words about the old stages lapse; they are asked for anew."""
    for step in _approvals(touched):
        given = turn.state.approvals.get(step.id)
        if given is not None:
            turn.record(
                ApprovalLapsed(at=turn.at, step=step.id, by=given.by, reason=LAPSES)
            )


def _approvals(stages: Iterable[Stage]) -> Iterator[Approval]:
    for stage in stages:
        yield from (step for step in stage.steps if isinstance(step, Approval))


def _withdraw(turn: Turn, plan: Plan, document: Plan, touched: Iterable[Stage]) -> None:
    """Close what is asked of steps and metrics that the rollout has no more."""
    steps = (step.id for stage in touched for step in stage.steps)
    turn.withdraw(*steps)
    measured = {metric.name for metric in plan.metrics[: len(document.metrics)]}
    gone = (m.name for m in turn.state.plan.metrics if m.name not in measured)
    turn.withdraw(*gone, about=Asked.ATTENTION)


def _hold_anew(turn: Turn, plan: Plan) -> None:
    """Let a soak under way begin anew, when it will be judged by other gates."""
    step = turn.state.current_step
    if not isinstance(step, Soak) or turn.state.step(step.id).since is None:
        return
    known = {gate.id for gate in every_gate(plan)}
    if not known.issuperset(step.gates):
        reason = "the plan was amended: its gates are measured otherwise"
        turn.record(SoakReset(at=turn.at, step=step.id, reason=reason))
        turn.withdraw(step.id, about=Asked.UNDECIDED)


def _amended(turn: Turn, command: Amend, plan: Plan) -> PlanAmended:
    state, kept = turn.state, _kept(turn.state.plan, command.from_stage)
    steps: set[str] = {step.id for stage in plan.stages for step in stage.steps}
    first = plan.stages[kept].id if kept < len(plan.stages) else None
    return PlanAmended(
        at=turn.at,
        by=command.by,
        plan=plan,
        document=command.document,
        from_stage=first,
        before=command.before,
        document_plan=command.plan.digest,
        reason=command.reason,
        kept=tuple(_consents(state, steps)),
        unanswered=tuple(q for q in state.answers if q not in steps),
    )


def _consents(state: RolloutState, steps: Container[str]) -> Iterator[StepId]:
    """Yield the steps whose consent stands: their stages say what was consented to."""
    for step, given in state.approvals.items():
        if step in steps and isinstance(given, ApprovalGiven):
            yield step


def _ask_again(turn: Turn) -> None:
    """Ask under the new digest for the consents that were asked for under the old."""
    for step in _approvals(turn.state.plan.stages):
        if approval.is_awaited(turn.state, step):
            turn.perform(AskApproval(step=step.id, role=step.role))
