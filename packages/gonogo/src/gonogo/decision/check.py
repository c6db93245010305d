"""A check: a look at the world, judged; a person is called where nothing can look."""

from gonogo.analysis import expectation
from gonogo.decision import failing
from gonogo.decision.transitions import StepPhase
from gonogo.decision.turn import Turn
from gonogo.model.command import ReportObserved
from gonogo.model.effect import Observe
from gonogo.model.event import Asked, CheckJudged, QuestionAsked, StepStarted
from gonogo.model.identifiers import QuestionId
from gonogo.model.plan import Check
from gonogo.model.verdict import Observation, Outcome

# A look that cannot be taken is tried so often before a person is called: a probe's
# own restart is over by then, and a real outage is worth a call.
LOOKS_BEFORE_CALL = 3


def advance(turn: Turn, step: Check) -> bool:
    """Look, unless a look is under way or waits for its next try."""
    known = turn.state.step(step.id)
    if known.phase is StepPhase.FAILED:
        failing.ask_again(turn, step)
    if known.phase is not StepPhase.PENDING:
        return False
    if known.not_before is not None and turn.at < known.not_before:
        return False
    attempt = known.attempt + 1
    turn.record(StepStarted(at=turn.at, step=step.id, attempt=attempt))
    turn.perform(Observe(step=step.id, attempt=attempt, operation=step.probe))
    return False


def judge(turn: Turn, step: Check, report: ReportObserved) -> None:
    """Judge what a check saw, and go on, back, or to a person; once that is asked."""
    if QuestionId(step.id) in turn.state.questions:
        return
    verdict = expectation.judge(step.expectations, report.observation)
    turn.record(
        CheckJudged(
            at=turn.at,
            step=step.id,
            attempt=report.attempt,
            observation=report.observation,
            verdict=verdict,
        )
    )
    why = "; ".join(verdict.reasons)
    looks = report.attempt - turn.state.step(step.id).spent
    if verdict.outcome is Outcome.PASS:
        turn.complete(step)
    elif verdict.outcome is Outcome.INCONCLUSIVE:
        _ask_to_judge(turn, step, report.observation, why)
    elif verdict.outcome is Outcome.FAIL and looks >= step.attempts:
        failing.failed(turn, step, f"'{step.title}' failed (line {step.line}): {why}")
    elif verdict.outcome is Outcome.ERROR and looks >= _looks(step):
        turn.call(step.id, f"'{step.title}' (line {step.line}) cannot look: {why}")


def _looks(step: Check) -> int:
    return max(step.attempts, LOOKS_BEFORE_CALL)


def _ask_to_judge(turn: Turn, step: Check, seen: Observation, why: str) -> None:
    turn.ask(
        QuestionAsked(
            at=turn.at,
            question=QuestionId(step.id),
            about=Asked.STEP,
            subject=step.id,
            text=f"{step.title}: {why}\n{seen.output.strip()}",
            choices=("yes", "no"),
        )
    )
