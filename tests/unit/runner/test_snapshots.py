"""Snapshots: what is kept, and when one counts as missing."""

from dataclasses import make_dataclass, replace

import pytest

from gonogo.decision import replay
from gonogo.model.event import (
    ApprovalGiven,
    ApprovalRefused,
    RolloutPaused,
    RolloutResumed,
)
from gonogo.model.plan import Approval
from gonogo.runner import snapshots
from gonogo.runner.snapshots import ReadsAlike, snapshot_of, state_from
from gonogo.testing import scenes
from gonogo.testing.world import world_of

APPROVAL = Approval(id="go", line=1, title="Go", role="Ops")


@pytest.fixture(scope="module")
def state():
    """Return the state of a rollout that has seen much."""
    return world_of("much").run()


def test_a_snapshot_knows_the_record_it_stands_after(state):
    """Later records are folded on top of it."""
    assert snapshot_of(state, 42).seq == 42


@pytest.mark.parametrize("kind", [ApprovalGiven, ApprovalRefused])
def test_a_consent_and_a_refusal_are_told_apart(kind):
    """They have the same fields; a refusal must never come back as a consent."""
    plan = scenes.plan(scenes.stage(APPROVAL))
    word = kind(
        at=scenes.NOON, step=APPROVAL.id, role="Ops", by=scenes.ADA, digest=plan.digest
    )
    started = replay(scenes.Scene(plan).history)
    state = replace(started, approvals={APPROVAL.id: word})
    assert state == state_from(snapshot_of(state, 1), plan)


def test_a_snapshot_of_another_form_counts_as_missing(state):
    """Another version of gonogo may have written it: the journal is replayed."""
    other = replace(snapshot_of(state, 1), form="0123456789abcdef")
    assert state_from(other, state.plan) is None


def test_a_snapshot_of_another_plan_counts_as_missing(state):
    """What is known of one plan's steps says nothing of another's."""
    other = replace(state.plan, digest="sha256:other")
    assert state_from(snapshot_of(state, 1), other) is None


@pytest.mark.parametrize(
    "damage", [b"", b"no zlib", None], ids=["empty", "text", "cut"]
)
def test_a_damaged_snapshot_counts_as_missing(state, damage):
    """It is a cache: no state is ever taken from half of one."""
    whole = snapshot_of(state, 1)
    body = whole.body[:-8] if damage is None else damage
    assert state_from(replace(whole, body=body), state.plan) is None


def form_with(monkeypatch, *names):
    """Return the form of a state whose steps have fields of these names."""
    step = make_dataclass("StepState", [(name, int) for name in names])
    snapshots.form.cache_clear()
    monkeypatch.setattr(snapshots, "_kept", lambda: {"steps": dict[str, step]})
    found = snapshots.form()
    snapshots.form.cache_clear()
    return found


def test_the_form_changes_with_a_field_deep_in_the_state(monkeypatch):
    """A field more in the state of a step makes older snapshots unreadable."""
    before = form_with(monkeypatch, "attempt")
    assert before == form_with(monkeypatch, "attempt")
    assert before != form_with(monkeypatch, "attempt", "mood")


def test_a_field_whose_types_read_alike_is_refused(monkeypatch):
    """Else a state would come back with the wrong one, and nobody would see it."""
    kept = {**snapshots._kept(), "word": RolloutPaused | RolloutResumed}
    monkeypatch.setattr(snapshots, "_kept", lambda: kept)
    with pytest.raises(ReadsAlike, match="word holds types that read alike"):
        snapshots._reader.__wrapped__()
