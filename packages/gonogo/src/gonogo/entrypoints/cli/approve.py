"""`gonogo approve`: a person's consent, or refusal, bound to the plan's digest."""

import click

from gonogo.bootstrap.clocks import clock_for
from gonogo.decision import RolloutState
from gonogo.decision.transitions import StepPhase
from gonogo.entrypoints.cli.completion import approvals, roles, rollouts
from gonogo.entrypoints.cli.options import as_option, state_option
from gonogo.entrypoints.cli.session import Session
from gonogo.entrypoints.cli.speaking import Refused, chosen, over, send
from gonogo.model.command import Approve, Person
from gonogo.model.plan import Approval
from gonogo.report.status_people import approve_command


@click.command("approve")
@click.argument("rollout", required=False, shell_complete=rollouts)
@click.argument("at_step", required=False, metavar="[STEP]", shell_complete=approvals)
@click.option("--role", metavar="ROLE", help="As whom.", shell_complete=roles)
@click.option("--step", metavar="ID", help="Which one.", shell_complete=approvals)
@click.option("--refuse", is_flag=True, help="Refuse: the rollout goes back.")
@click.option("--comment", default="", metavar="TEXT", help="Kept with the consent.")
@as_option
@state_option
@click.pass_obj
def command(
    session: Session,
    *,
    rollout: str | None,
    at_step: str | None,
    role: str | None,
    step: str | None,
    comment: str,
    name: str,
    refuse: bool,
) -> None:
    """
    Give, or refuse, a consent that a rollout needs.

    It shows what is approved and binds the plan's digest: another plan needs another
    consent. Without ROLLOUT, the unfinished one is meant; without role and step, the
    only one that is asked for. A consent given before it is asked for counts then.

    Examples:
      gonogo approve --role 'Ops On-Call'
      gonogo approve qc-flow-production-1 --role 'Dev Lead' --as @alok
      gonogo approve --role 'Product Owner' --refuse --comment 'not before Monday'
    """
    workspace = session.existing()
    state = chosen(workspace, rollout)
    found = _meant(state, role=role, step=step or at_step)
    word = Approve(
        at=clock_for(1, None).now(),
        by=Person(name=name),
        step=found.id,
        digest=state.plan.digest,
        granted=not refuse,
        comment=comment,
    )
    when = send(workspace, state, word)
    click.echo("\n".join([*_described(state, found, name, refuse=refuse), when]))


def _meant(state: RolloutState, *, role: str | None, step: str | None) -> Approval:
    """
    Return the approval that is meant: what is asked for now before what comes later.

    Raises:
        Refused: None is, or several are.
    """
    if state.ended:
        raise Refused(over(state))
    every = [each for each in state.plan_steps() if isinstance(each, Approval)]
    fitting = [
        each
        for each in every
        if step in {None, each.id}
        and role in {None, each.role, *_folded(role, each.role)}
        and each.id not in state.approvals
    ]
    asked = [e for e in fitting if state.step(e.id).phase is StepPhase.UNDER_WAY]
    if len(asked) == 1 or (role and asked):
        return asked[0]
    if not asked and fitting and (role or step):
        return fitting[0]
    raise Refused(_choice(state, asked or every, what=step or role))


def _folded(typed: str | None, role: str) -> tuple[str | None, ...]:
    """Return what was typed, when it names the role but for capitals."""
    same = typed is not None and typed.casefold() == role.casefold()
    return (typed,) if same else ()


def _choice(state: RolloutState, every: list[Approval], *, what: str | None) -> str:
    lead = f"no consent '{what}' is missing" if what else "say which consent you give"
    if not every:
        return f"the plan of {state.rollout} needs no consent."
    lines = (
        f"  {each.role}, {_standing(state, each)}: {each.title} (line {each.line})\n"
        f"      {approve_command(state.rollout, each.id)}"
        for each in every
    )
    return "\n".join([f"{lead}; rollout {state.rollout} has:", *lines])


def _standing(state: RolloutState, step: Approval) -> str:
    given = state.approvals.get(step.id)
    if given is not None:
        return f"given by {given.by.name}"
    asked = state.step(step.id).phase is StepPhase.UNDER_WAY
    return "asked for now" if asked else "not asked for yet"


def _described(
    state: RolloutState, step: Approval, name: str, *, refuse: bool
) -> tuple[str, ...]:
    return (
        f"{name} {'refuses' if refuse else 'approves'} as {step.role}:",
        f"  step     {step.title} (line {step.line})",
        f"  stage    {state.stage_of(step.id).title}",
        f"  rollout  {state.rollout}",
        f"  plan     {state.plan.digest}",
    )
