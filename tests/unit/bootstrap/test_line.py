"""The line: stopped and released for every rollout, whoever comes first."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from gonogo.bootstrap.line import Line
from gonogo.decision import decide
from gonogo.decision.line import NotStopped
from gonogo.decision.standing import standing_of
from gonogo.model.command import Freeze, Start, Thaw
from gonogo.model.identifiers import THE_LINE, RolloutId
from gonogo.model.operation import Shell
from gonogo.model.plan import Action
from gonogo.model.scope import Scope
from gonogo.model.sealing import sealed
from gonogo.testing.clock import NOON
from gonogo.testing.journal import MemoryJournal
from gonogo.testing.scenes import ADA, BEN, SAM, plan, stage

EVERYTHING = Scope()
STEP = Action(id="a", line=1, title="a", apply=Shell(run="do"))


def of(service):
    """A plan for a service."""
    return sealed(replace(plan(stage(STEP)), service=service))


def begin(journal, name, service="service", stops=()):
    """Journal the start of a rollout, as an engine does."""
    start = Start(
        at=NOON,
        rollout=RolloutId(name),
        plan=of(service),
        document="#",
        by=SAM,
        stops=stops,
    )
    decision = decide(None, start)
    journal.append(
        start.rollout,
        decision.events,
        after=0,
        recorded_at=NOON,
        standing=standing_of(decision.state),
    )
    return decision.state


def freeze(scope=EVERYTHING, by=ADA):
    """The word that stops."""
    return Freeze(at=NOON, by=by, scope=scope, reason="incident")


def thaw(scope=EVERYTHING):
    """The word that releases."""
    return Thaw(at=NOON + timedelta(hours=1), by=BEN, scope=scope)


def settled(journal, state):
    """The state of a rollout after all that waits in its inbox."""
    for received in journal.received(state.rollout):
        state = decide(state, received.command).state
    return state


def test_line_is_stopped_and_released_as_evidence_of_its_own():
    """Chained like a rollout's records, and shown as no rollout."""
    journal = MemoryJournal()
    line = Line(journal)
    line.take(freeze())
    assert [(ADA, EVERYTHING)] == [(each.by, each.scope) for each in line.stops()]
    line.take(thaw())
    assert () == line.stops()
    assert (2, ()) == (len(journal.read(THE_LINE)), journal.verify(THE_LINE))
    assert ((), (), ()) == (
        journal.rollouts(),
        journal.standings(),
        journal.without_standing(),
    )


def test_every_rollout_in_the_scope_is_told_and_no_other():
    """One service is stopped; the other one goes on."""
    journal = MemoryJournal()
    shop, mail = begin(journal, "r-1", "shop"), begin(journal, "r-2", "mail")
    told = Line(journal).take(freeze(Scope(service="shop")))
    assert ("r-1",) == told.rollouts
    assert [True, False] == [settled(journal, each).held for each in (shop, mail)]


def test_rollout_is_frozen_when_it_begins_under_a_stop():
    """From its start: the stop stands in its journal before anything else."""
    journal = MemoryJournal()
    line = Line(journal)
    line.take(freeze(Scope(service="shop")))
    stops, read = line.standing_for(of("shop"))
    shop = begin(journal, "r-1", "shop", stops)
    line.catch_up(shop.rollout, shop.plan, after=read)
    assert (True, ()) == (shop.held, journal.received(shop.rollout))
    assert ((), 1) == line.standing_for(of("mail"))


def test_rollout_hears_what_came_while_it_began():
    """A stop between its look at the line and its start: told from here."""
    journal = MemoryJournal()
    line = Line(journal)
    stops, read = line.standing_for(of("shop"))
    line.take(freeze())
    shop = begin(journal, "r-1", "shop", stops)
    line.catch_up(shop.rollout, shop.plan, after=read)
    assert settled(journal, shop).held


def test_rollout_told_from_both_sides_is_frozen_once_and_thawed():
    """Stopped, begun, released: in whatever order it hears, it ends as the line does."""
    journal = MemoryJournal()
    line = Line(journal)
    stops, read = line.standing_for(of("shop"))
    shop = begin(journal, "r-1", "shop", stops)
    line.take(freeze())
    line.take(thaw())
    line.catch_up(shop.rollout, shop.plan, after=read)
    state = settled(journal, shop)
    assert (4, False) == (len(journal.received(shop.rollout)), state.held)


def test_same_word_again_changes_nothing_and_tells_everybody_again():
    """Whoever said it first may have died before everybody was told."""
    journal = MemoryJournal()
    line = Line(journal)
    assert not line.take(freeze()).already
    shop = begin(journal, "r-1", "shop")
    again = line.take(freeze(by=BEN))
    assert (True, ("r-1",)) == (again.already, again.rollouts)
    assert (1, True) == (len(journal.read(THE_LINE)), settled(journal, shop).held)


def test_thaw_names_the_very_scope_that_was_frozen():
    """Else it says what is stopped, and changes nothing."""
    line = Line(MemoryJournal())
    line.take(freeze(Scope(environment="production")))
    with pytest.raises(NotStopped, match=r"never stopped for everything.*production"):
        line.take(thaw())


def test_many_who_speak_at_once_are_all_heard_in_one_order():
    """Each word is written once; every rollout ends as the line does."""
    journal = MemoryJournal()
    states = [begin(journal, f"r-{n}", f"service-{n}") for n in range(3)]
    scopes = [Scope(service=f"service-{n}") for n in range(3)]
    words = [freeze(each) for each in scopes] + [freeze()]
    threads = [threading.Thread(target=Line(journal).take, args=(w,)) for w in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Line(journal).take(thaw(scopes[0]))
    assert (5, ()) == (len(journal.read(THE_LINE)), journal.verify(THE_LINE))
    freezes = [len(settled(journal, each).freezes) for each in states]
    assert [1, 2, 2] == freezes
