"""The laws on soaks by evidence see a journal that breaks them."""

from dataclasses import replace

import pytest

from gonogo.model import event as events
from gonogo.model.evidence import Finding
from gonogo.testing.laws import (
    LawBroken,
    a_bad_value_turns_back,
    only_who_may_let_a_soak_be_over,
    promotion_is_proven,
)
from gonogo.testing.scenes import BEN
from tests.unit.decision.test_evidence_gates import (
    asked_to_decide,
    look,
    scene,
    short_of_power,
)


def accepted():
    """The journal of a soak that a person let be over."""
    live = asked_to_decide()
    live.answered("soak/undecided", "proceed", comment="tested by hand")
    return live.history


def without(history, kind):
    """A journal that lacks a kind of event."""
    return [event for event in history if not isinstance(event, kind)]


def changed(history, kind, **changes):
    """A journal in which the events of a kind say something else."""
    return [replace(e, **changes) if isinstance(e, kind) else e for e in history]


def test_a_soak_that_showed_too_little_needs_somebody_who_accepts_it():
    """Law 1: to promote it all the same is a person's deed, and is journaled."""
    promotion_is_proven(accepted())
    with pytest.raises(LawBroken, match="not proven"):
        promotion_is_proven(without(accepted(), events.SoakAccepted))


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"reason": " "}, "for no reason"), ({"by": BEN}, "nobody was asked")],
    ids=str,
)
def test_a_soak_is_accepted_for_a_reason_by_who_was_asked(changes, told):
    """Law 7: the report names who, and why."""
    only_who_may_let_a_soak_be_over(accepted())
    history = changed(accepted(), events.SoakAccepted, **changes)
    with pytest.raises(LawBroken, match=told):
        only_who_may_let_a_soak_be_over(history)


def proven():
    """The journal of a soak that its final look proves."""
    live = scene(traffic=1000.0)
    for _ in range(11):
        look(live, canary=1200, control=1200, exposure=60_000)
    return live.history


def test_a_soak_by_evidence_needs_its_final_look():
    """Law 1: no harm so far is no proof."""
    promotion_is_proven(proven())
    undecided = {"finding": Finding.UNDECIDED, "final": False}
    history = [
        replace(e, verdicts=tuple(replace(v, **undecided) for v in e.verdicts))
        if isinstance(e, events.MeasurementTaken)
        else e
        for e in proven()
    ]
    with pytest.raises(LawBroken, match="not proven"):
        promotion_is_proven(history)


def test_a_prolonged_soak_is_over_at_its_later_end():
    """Law 1: until then nothing is promoted."""
    live = short_of_power()
    look(live, canary=0, control=0, exposure=6)
    done = events.StepCompleted(at=live.now, step="soak")
    left = events.StagePromoted(at=live.now, stage="canary")
    accepted_it = events.SoakAccepted(at=live.now, step="soak", by=BEN, reason="x")
    with pytest.raises(LawBroken, match="not proven"):
        promotion_is_proven([*live.history, accepted_it, done, left])


def test_proven_harm_that_turns_nothing_back_is_seen():
    """Law 4: no second look is waited for."""
    live = scene()
    look(live)
    look(live, canary=120)
    history = without(live.history, events.RolloutAborted)
    with pytest.raises(LawBroken, match="nothing turned back"):
        a_bad_value_turns_back(history)


def test_a_soak_that_was_without_data_is_over_later():
    """Law 1: time that did not count is made up for."""
    early = scene(traffic=1000.0)
    look(early, canary=1200, control=1200, exposure=60_000)
    paused = events.HoldPaused(
        at=early.now, step="soak", since=early.now, reason="no data"
    )
    history = list(proven())
    began = next(n for n, e in enumerate(history) if isinstance(e, events.SoakStarted))
    resumed = events.HoldResumed(at=history[began + 3].at, step="soak")
    history[began + 1 : began + 1] = [paused]
    history[began + 4 : began + 4] = [resumed]
    with pytest.raises(LawBroken, match="not proven"):
        promotion_is_proven(history)
