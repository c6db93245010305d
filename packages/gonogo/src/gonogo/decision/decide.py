"""
The machine's one way in: a command and the state give events and effects.

`decide` first takes up the command, then goes on as far as it can without the world,
and last asks for every measurement that is due. It never looks at a clock: the
instant is the command's.
"""

from dataclasses import dataclass
from typing import assert_never

from gonogo.decision import (
    action,
    amendment,
    check,
    control,
    doubt,
    gate,
    people,
    rollback,
    stage,
)
from gonogo.decision.evolve import evolve
from gonogo.decision.state import RolloutState
from gonogo.decision.transitions import Phase, StepPhase
from gonogo.decision.turn import Turn
from gonogo.model import command as commands
from gonogo.model.command import Command
from gonogo.model.effect import Ask, AskApproval, Effect, Observe
from gonogo.model.event import (
    ActionInDoubt,
    Event,
    RolloutStarted,
    RunnerRecovered,
    WatchInterrupted,
)
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import Action, Approval, Check


class NotStarted(LookupError):
    """A command came for a rollout that has not been started."""


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What one command leads to.

    Attributes:
        events: To be journaled, oldest first, before any effect is performed.
        effects: To be performed then; one that is under way already is dropped.
        state: The state after the events.
    """

    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    state: RolloutState


def decide(state: RolloutState | None, command: Command) -> Decision:
    """
    Decide what a command means.

    Args:
        state: The fold of the journal; None before `Start`.
        command: With its instant; one earlier than the state's counts as the state's.

    Raises:
        NotStarted: `state` is None and the command is not `Start`.
    """
    if isinstance(command, commands.Start):
        return _start(state, command)
    if state is None:
        message = "The rollout has not been started."
        raise NotStarted(message)
    turn = Turn(state, command.at)
    _take_up(turn, command)
    return _carry_on(turn, ())


def _start(state: RolloutState | None, command: commands.Start) -> Decision:
    """Begin; a second start of the same rollout changes nothing."""
    if state is not None:
        return Decision((), (), state)
    started = RolloutStarted(
        at=command.at,
        rollout=command.rollout,
        plan=command.plan,
        document=command.document,
        by=command.by,
        folder=command.folder,
    )
    turn = Turn(evolve(None, started), command.at)
    for stop in command.stops:
        control.freeze(turn, stop)
    return _carry_on(turn, (started,))


def _carry_on(turn: Turn, first: tuple[Event, ...]) -> Decision:
    while not turn.state.ended and _advance(turn):
        pass
    gate.measure_due(turn)
    return Decision((*first, *turn.events), tuple(turn.effects), turn.state)


def _advance(turn: Turn) -> bool:
    if turn.state.going_back:
        return rollback.advance(turn)
    return stage.advance(turn) or turn.state.going_back


def _take_up(turn: Turn, command: Command) -> None:  # noqa: C901, PLR0912
    match command:
        case commands.Tick() | commands.Start():
            pass
        case commands.Recover(clean=clean):
            _recover(turn, clean=clean)
        case commands.ReportPrepared():
            action.prepared(turn, command)
        case commands.ReportApplied():
            action.applied(turn, command)
        case commands.ReportObserved():
            _observed(turn, command)
        case commands.ReportMeasured():
            gate.measured(turn, command)
        case commands.ReportUndone():
            rollback.undone(turn, command)
        case commands.ReportNotFound():
            doubt.not_found(turn, command)
        case commands.Answer():
            people.answer(turn, command)
        case commands.Approve():
            people.approve(turn, command)
        case commands.Pause():
            people.pause(turn, command)
        case commands.Resume():
            people.resume(turn, command)
        case commands.Abort():
            people.abort(turn, command)
        case commands.Amend():
            amendment.amend(turn, command)
        case commands.Freeze():
            control.freeze(turn, command)
        case commands.Thaw():
            control.thaw(turn, command)
        case commands.Retry():
            control.retry(turn, command)
        case commands.Skip():
            control.skip(turn, command)
        case _:
            assert_never(command)


def _observed(turn: Turn, report: commands.ReportObserved) -> None:
    """Hand a look to the step that asked for it; an earlier attempt's is ignored."""
    step, known = turn.state.find_step(report.step), turn.state.step(report.step)
    if known.attempt != report.attempt:
        return
    if turn.state.going_back:
        rollback.observed(turn, report)
    elif turn.state.phase is not Phase.RUNNING:
        return
    elif isinstance(step, Action) and known.phase is StepPhase.IN_DOUBT:
        action.observed_in_doubt(turn, step, report)
    elif isinstance(step, Check) and known.phase is StepPhase.UNDER_WAY:
        check.judge(turn, step, report)


def _recover(turn: Turn, *, clean: bool) -> None:
    """Put what the last runner left under way in doubt, and ask again what it asked."""
    if turn.state.ended:
        return
    if not clean:
        _doubt(turn)
    _look_again(turn)
    for question in turn.state.questions:
        turn.perform(Ask(question=question))


def _doubt(turn: Turn) -> None:
    turn.record(RunnerRecovered(at=turn.at))
    unwatched = gate.unwatched_since(turn.state, turn.at)
    if unwatched is not None:
        turn.record(WatchInterrupted(at=turn.at, since=unwatched))
    for step in tuple(turn.state.actions_under_way()):
        attempt = turn.state.step(step.id).attempt
        turn.record(ActionInDoubt(at=turn.at, step=step.id, attempt=attempt))
    doubt.seek_undos(turn)


def _look_again(turn: Turn) -> None:
    for step in turn.state.plan_steps():
        known = turn.state.step(step.id)
        if known.phase is not StepPhase.UNDER_WAY:
            continue
        if isinstance(step, Check) and QuestionId(step.id) not in turn.state.questions:
            turn.perform(
                Observe(step=step.id, attempt=known.attempt, operation=step.probe)
            )
        if isinstance(step, Approval) and step.id not in turn.state.approvals:
            turn.perform(AskApproval(step=step.id, role=step.role))
