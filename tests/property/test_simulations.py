"""Simulations of random plans in random worlds: they end, and hold to every law."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.simulation import Ending, Terms, simulate
from gonogo.simulation.script import Text, WorldInvalid, read_script
from gonogo.testing import laws
from gonogo.testing.strategies import plans

LINES = (
    "errors 9 from minute 20",
    "errors 9 at 5 % exposure",
    "errors rises from 1 to 9 between minute 5 and hour 1",
    "errors +900 % for 10 minutes",
    "errors ± 5",
    "errors has no data for 20 minutes",
    "probe down for 10 minutes",
    "probe down",
    "probe of errors hangs from minute 10 until minute 40",
    "approver silent for two hours",
    "approver silent",
    "everyone is silent",
    "everyone answers in 10 minutes",
    "everyone works 9:00 to 17:00",
    "actions fail",
    "actions take 9 minutes",
    "actions hang",
    "undos fail",
    "undos fail twice then work",
    "checks fail until hour 2",
    "checks hang",
    "worker down for 3 hours from minute 20",
    "worker down for 10 minutes from minute 1",
    "kim aborts at minute 30",
    "kim pauses at minute 10",
    "kim resumes at hour 2",
    "traffic 100 users a minute from minute 10",
    "exposure 10 % from minute 3",
)
TERMS = Terms(until=timedelta(days=5), most_turns=5_000, users_per_minute=10)


def rules_of(lines, plan):
    """Return the rules of some lines."""
    return read_script([Text(file="w", line=0, text=line) for line in lines], plan)


@settings(max_examples=60, deadline=None)
@given(plan=plans(), lines=st.lists(st.sampled_from(LINES), max_size=4))
def test_every_simulation_ends_or_says_what_it_waits_for(plan, lines):
    """And its journal keeps every law that a journal can show."""
    found = simulate(plan, rules_of(lines, plan), TERMS)
    laws.check_journal(found.journal)
    assert found.turns <= TERMS.most_turns
    assert found.state.ended is (found.ending in {Ending.COMPLETED, Ending.ROLLED_BACK})
    assert bool(found.reason) is (found.ending is not Ending.COMPLETED)
    assert all(0 <= level.pct <= 100 for level in found.levels)


@settings(max_examples=20, deadline=None)
@given(plan=plans(), lines=st.lists(st.sampled_from(LINES), max_size=3))
def test_a_simulation_is_determined_by_plan_script_and_terms(plan, lines):
    """Twice the same in, twice the same out."""
    rules = rules_of(lines, plan)
    assert simulate(plan, rules, TERMS) == simulate(plan, rules, TERMS)


def mistakes_of(line, plan):
    """Return the mistakes of a line; none where it is understood."""
    try:
        rules_of([line], plan)
    except WorldInvalid as refused:
        return refused.mistakes
    return ()


@settings(max_examples=300, deadline=None)
@given(plan=plans(), line=st.text(max_size=60))
def test_no_line_is_ever_worse_than_a_mistake(plan, line):
    """Whatever a person types is understood, or refused with its place."""
    assert all(m.length >= 1 and m.column >= 0 for m in mistakes_of(line, plan))


WORDS = sorted({word for line in LINES for word in line.split()})


@settings(max_examples=300, deadline=None)
@given(plan=plans(), words=st.lists(st.sampled_from(WORDS), max_size=9))
def test_no_order_of_its_words_breaks_a_script(plan, words):
    """Likewise when the words are known and only their order is not."""
    assert all(mistake.what for mistake in mistakes_of(" ".join(words), plan))
