"""Amending: the command that lets a rollout go over to a changed document."""

from collections.abc import Mapping
from datetime import datetime

from gonogo.adapters.operators import Redactor
from gonogo.bootstrap.documents import Document
from gonogo.bootstrap.performers import values_of
from gonogo.decision import RolloutState
from gonogo.model.command import Amend, Person
from gonogo.model.identifiers import StageId
from gonogo.model.plan import Plan


def amendment_of(
    document: Document,
    plan: Plan,
    state: RolloutState,
    *,
    from_stage: StageId | None,
    by: Person,
    reason: str,
    environ: Mapping[str, str],
    at: datetime,
) -> Amend:
    """
    Return the command that lets a rollout go over to a document, secrets taken out.

    Args:
        document: The changed one.
        plan: That it compiles to.
        state: Where the rollout stands, as the person has seen it.
        from_stage: Of the plan that runs; None: behind its last stage.
        by: Who amends it.
        reason: Kept in the journal.
        environ: Where values stand, to know the secrets by.
        at: The instant.
    """
    redact = Redactor(values_of(plan, environ, state.rollout).secrets())
    return Amend(
        at=at,
        by=by,
        plan=plan,
        document=redact(document.text),
        from_stage=from_stage,
        before=state.plan.digest,
        reason=reason,
    )
