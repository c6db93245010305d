"""The operator of queries: both arms are asked, and a look always comes back."""

import threading
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from gonogo.adapters.sources.names import Names
from gonogo.adapters.sources.operator import QueryOperator
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import Asked, Query
from gonogo.model.plan import ValueSource
from gonogo.model.sample import Histogram, Level, MetricKind, Tally
from gonogo.model.ticket import Ticket
from gonogo.ports.source import Point, Series, SourceFailed

UNTIL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEVER = Event()


class Given(dict):
    """Sources as they are, and the names of a plan."""

    names = Names({"V": ValueSource(literal="2")}, {})


class Numbers:
    """Answers each query with what it is told to; keeps what it was asked."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def series(self, query, *, since, until, deadline):
        """Answer, or raise, or do what it is told to."""
        self.asked.append((query, since, until, deadline))
        answer = self.answers[query]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer()
        if isinstance(answer, dict):
            return [
                Series(points=(Point(until, count),), labels={"le": le})
                for le, count in answer.items()
            ]
        return [Series(points=(Point(until, answer),))] if answer is not None else []


def look(
    numbers, kind, canary, control=None, *, since=None, cancelled=NEVER, **options
):
    """Return what a look sees."""
    operator = QueryOperator(Given(numbers=numbers), now=lambda: UNTIL)
    query = Query(
        source=options.pop("source", "numbers"),
        metric_kind=kind,
        canary=canary,
        control=control,
        **options,
    )
    ticket = Ticket(rollout=RolloutId("r-1"), subject="errors", since=since)
    return operator.perform(query, cancelled, ticket)


def test_both_arms_are_asked_about_the_same_stretch():
    """The comparison is of the same time, since the look before."""
    source = Numbers(bad=3.0, all=200.0, bad0=5.0, all0=900.0)
    seen = look(
        source,
        MetricKind.PROPORTION,
        Asked(events="bad", exposure="all"),
        Asked(events="bad0", exposure="all0"),
        since=UNTIL - 2 * MINUTE,
    )
    assert Tally(events=3, exposure=200) == seen.sample.canary
    assert Tally(events=5, exposure=900) == seen.sample.control
    assert (UNTIL - 2 * MINUTE, 1.5, None) == (
        seen.sample.since,
        seen.value,
        seen.error,
    )
    assert {(UNTIL - 2 * MINUTE, UNTIL)} == {each[1:3] for each in source.asked}


def test_the_first_look_is_at_the_last_minute():
    """Without a look before it, a look has a minute."""
    source = Numbers(depth=7.0)
    seen = look(source, MetricKind.GAUGE, Asked(events="depth"))
    assert (UNTIL - MINUTE, Level(mean=7)) == (seen.sample.since, seen.sample.canary)


def test_of_a_quantile_the_hour_before_is_asked_too():
    """The threshold of a percentile comes from before the stretch."""
    source = Numbers(new={"0.1": 1.0, "+Inf": 2.0}, old={"0.1": 8.0, "+Inf": 10.0})
    seen = look(
        source,
        MetricKind.QUANTILE,
        Asked(events="new"),
        Asked(events="old"),
        quantile=0.5,
    )
    since = UNTIL - MINUTE
    hour = timedelta(hours=1)
    assert ("old", since - hour, since) in {each[:3] for each in source.asked}
    assert Histogram(edges=(0.1,), counts=(8, 2)) == seen.sample.before
    assert 0.1 == pytest.approx(seen.value)


def test_names_of_the_plan_are_filled_in():
    """A query may name the version that is rolled out."""
    source = Numbers(**{"x{v='2'}": 1.0})
    assert None is look(source, MetricKind.COUNT, Asked(events="x{v='$V'}")).error


def test_no_data_is_told_and_has_no_number():
    """A silent source is no zero."""
    seen = look(Numbers(x=None), MetricKind.COUNT, Asked(events="x"))
    assert (None, None, None) == (seen.error, seen.value, seen.sample.canary)
    assert "canary's events gave nothing" in seen.output


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (SourceFailed("it is down."), "Source 'numbers': it is down."),
        (
            SourceFailed("Source 'numbers': it is down."),
            "Source 'numbers': it is down.",
        ),
        (-1.0, "Source 'numbers': The canary's events gave -1"),
        (ZeroDivisionError("oops"), "a defect of its own (ZeroDivisionError: oops)"),
    ],
)
def test_what_goes_wrong_is_an_error_that_names_the_source_once(answer, sentence):
    """A failed look is a value; nothing escapes, not even a plug-in's defect."""
    seen = look(Numbers(x=answer), MetricKind.COUNT, Asked(events="x"))
    assert sentence in seen.error
    assert 1 == seen.error.count("Source 'numbers'")
    assert (None, None) == (seen.value, seen.sample)


def test_a_source_that_the_plan_does_not_have_is_told():
    """A misspelt source names those that there are."""
    seen = look(Numbers(), MetricKind.COUNT, Asked(events="x"), source="number")
    assert "no source 'number'; it has numbers. Bind it" in seen.error


def test_a_source_that_does_not_keep_its_deadline_is_left_alone():
    """A look comes back, whoever hangs."""
    forever = threading.Event()
    seen = look(
        Numbers(x=forever.wait),
        MetricKind.COUNT,
        Asked(events="x"),
        deadline=timedelta(seconds=-0.9),
    )
    forever.set()
    assert "'numbers' did not answer within its deadline of -0.9 s" in seen.error
    assert "give the metric a longer `deadline:`" in seen.error


def test_a_look_that_is_cancelled_ends_at_once():
    """Nobody waits for an answer that nobody wants."""
    forever, cancelled = threading.Event(), threading.Event()

    def begin():
        cancelled.set()
        forever.wait()

    began = time.monotonic()
    seen = look(
        Numbers(x=begin), MetricKind.COUNT, Asked(events="x"), cancelled=cancelled
    )
    forever.set()
    assert "was cancelled" in seen.error
    assert time.monotonic() - began < 8


def test_the_arms_are_asked_at_once():
    """Four questions take the time of one."""
    together = threading.Barrier(4, timeout=20)

    def meet():
        together.wait()
        return [Series(points=(Point(UNTIL, 1.0),))]

    seen = look(
        Numbers(a=meet, b=meet, c=meet, d=meet),
        MetricKind.PROPORTION,
        Asked(events="a", exposure="b"),
        Asked(events="c", exposure="d"),
    )
    assert None is seen.error


def test_a_look_leaves_nothing_to_undo_or_to_find():
    """A probe never changes anything."""
    operator = QueryOperator(Given(), now=lambda: UNTIL)
    query = Query(source="x", metric_kind=MetricKind.COUNT, canary=Asked(events="x"))
    ticket = Ticket(rollout=RolloutId("r-1"), subject="errors")
    assert (None, None) == (
        operator.prepare(query),
        operator.find(query, NEVER, ticket),
    )
