"""The laws about control: each is broken by the journal that it forbids."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.model.command import Skip
from gonogo.model.event import RolloutFrozen, StepSkipped, WindowAwaited
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action
from gonogo.model.scope import Scope
from gonogo.model.sealing import sealed
from gonogo.testing.laws import (
    LawBroken,
    a_pause_starts_nothing,
    check_journal,
    rollback_is_final,
    two_persons_skip,
    waiting_is_said_once,
    windows_are_kept,
)
from gonogo.testing.plans import every_hours
from gonogo.testing.scenes import ADA, BEN, SAM, Scene, plan, stage

HOUR = timedelta(hours=1)


def act(name):
    """An action."""
    return Action(id=name, line=1, title=name, apply=Shell(run="do"))


def lived():
    """The journal of a rollout that waited for a window, and had a step left out."""
    windows = (every_hours(6), every_hours(3))
    scene = Scene(sealed(replace(plan(stage(act("a"), act("b"))), windows=windows)))
    scene.prepared("a")  # at noon, an hour of the windows
    scene.after(hours=1).applied("a")
    scene.take(Skip(at=scene.now, by=ADA, step=StepId("b"), reason="done"))
    scene.answered("b/skip", "yes", by=BEN)
    return scene.history


def changed(history, kind, **changes):
    """A journal in which the events of one kind say something else."""
    return [replace(e, **changes) if isinstance(e, kind) else e for e in history]


def test_journal_as_it_was_lived_breaks_no_law():
    """The other tests break it in one place each."""
    check_journal(lived())
    assert any(isinstance(event, StepSkipped) for event in lived())
    assert any(isinstance(event, WindowAwaited) for event in lived())


ALONE = {"by one alone": ADA, "by the starter": SAM}


@pytest.mark.parametrize("by", ALONE.values(), ids=ALONE)
def test_skip_without_a_second_person_breaks_a_law(by):
    """Who agreed is neither who asked nor who started."""
    with pytest.raises(LawBroken):
        two_persons_skip(changed(lived(), StepSkipped, approved_by=by))


def test_action_outside_its_window_breaks_a_law():
    """One second after it has closed."""
    history = lived()
    late = [replace(each, at=each.at + HOUR) for each in history]
    windows_are_kept(history)
    with pytest.raises(LawBroken, match="outside the window"):
        windows_are_kept(late)


def test_waiting_twice_for_one_opening_breaks_a_law():
    """It is said once."""
    history = lived()
    waited = next(e for e in history if isinstance(e, WindowAwaited))
    at = history.index(waited)
    with pytest.raises(LawBroken, match="waited already"):
        waiting_is_said_once([*history[: at + 1], waited, *history[at + 1 :]])


def test_what_begins_in_a_freeze_breaks_a_law():
    """As in a pause."""
    history = lived()
    frozen = RolloutFrozen(at=history[0].at, by=ADA, scope=Scope())
    with pytest.raises(LawBroken, match="while held"):
        a_pause_starts_nothing([history[0], frozen, *history[1:]])


def test_waiting_for_a_window_on_the_way_back_breaks_a_law():
    """Law 3: nothing blocks it."""
    scene = Scene(plan(stage(act("a"), act("b"))))
    scene.prepared("a")
    scene.aborted()
    waits = WindowAwaited(at=scene.now, stage="stage", until=scene.now + HOUR)
    with pytest.raises(LawBroken, match="after the abort"):
        rollback_is_final([*scene.history, waits])
