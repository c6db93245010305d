"""Whether an answers file fits a plan: every name known, every word a choice."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from gonogo.adapters.people.answers_text import Answers, Given, Mistake, Word, fold
from gonogo.model.plan import CHOICES, Action, Approval, Check, Plan, Question, Step

_YES_NO = ("yes", "no")


def chosen(word: Word, choices: Sequence[str]) -> str | None:
    """
    Return the choice that a word of the file means; None when it means none.

    Yes and no are the first choice and the second ('done', 'not done'). Where there
    are no choices, every text is an answer.
    """
    if isinstance(word, str):
        if not choices:
            return word
        named = [each for each in choices if fold(each) == fold(word)]
        if named or fold(word) not in _YES_NO:
            return named[0] if named else None
        word = fold(word) == "yes"
    places = choices or _YES_NO
    place = 0 if word else 1
    return places[place] if place < len(places) else None


def mistakes_against(plan: Plan, answers: Answers) -> Iterator[Mistake]:
    """Yield where the file names what the plan has not, or answers what it is not."""
    steps = [step for stage in plan.stages for step in stage.steps]
    yield from _unknown_roles(steps, answers.approvals)
    names = _names(plan, steps)
    for given in answers.answers.values():
        whole = fold(given.key)
        name = whole if whole in names else whole.rpartition("/")[0]
        if name not in names:
            if not whole.startswith("undo-"):
                yield Mistake(given.line, _unknown("step", given.key, names))
        elif name == whole:
            yield from _no_choice(given, names[name])


def _unknown_roles(
    steps: Sequence[Step], approvals: Mapping[str, Given]
) -> Iterator[Mistake]:
    roles = {fold(step.role): step for step in steps if isinstance(step, Approval)}
    for role, given in approvals.items():
        if role not in roles:
            yield Mistake(given.line, _unknown("role", given.key, roles))
        elif chosen(given.word, _YES_NO) is None:
            yield Mistake(given.line, f"'{given.word}' is neither yes nor no.")


def _names(plan: Plan, steps: Sequence[Step]) -> dict[str, Step | None]:
    """Return everything that can be answered, by each of its names; tasks are None."""
    names: dict[str, Step | None] = {}
    for task in plan.incident:
        for name in (task.title, task.id, f"line {task.line}"):
            names[fold(name)] = None
    for step in steps:
        for name in (step.title, step.id, f"line {step.line}"):
            names[fold(name)] = step
    for gate in (*plan.triggers, *(g for stage in plan.stages for g in stage.gates)):
        names.setdefault(fold(gate.id), None)
    for metric in plan.metrics:
        names.setdefault(fold(metric.name), None)
    return names


def _no_choice(given: Given, step: Step | None) -> Iterator[Mistake]:
    """Yield when a step does not ask, or not for that."""
    match step:
        case Question(purpose=purpose):
            choices: Sequence[str] = CHOICES[purpose]
        case Check():
            choices = _YES_NO
        case None:
            choices = ("done",)
        case Approval(role=role):
            what = (
                f"'{given.key}' is an approval: write it under `approvals`, as {role}."
            )
            yield Mistake(given.line, what)
            return
        case Action():
            what = (
                f"'{given.key}' is done by gonogo and asks nothing. To confirm it, "
                f"where it destroys something, write '{given.key}/confirm'."
            )
            yield Mistake(given.line, what)
            return
        case _:
            yield Mistake(given.line, f"'{given.key}' asks nothing.")
            return
    if chosen(given.word, choices) is None:
        words = ", ".join(choices)
        what = f"'{given.word}' is no answer to '{given.key}' (answers: {words})."
        yield Mistake(given.line, what)


def _unknown(kind: str, key: str, names: Mapping[str, object]) -> str:
    """Return that nothing is called so, and what may have been meant."""
    near = get_close_matches(fold(key), names, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"The plan has no {kind} '{key}'.{hint}"
