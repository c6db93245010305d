"""The watcher that traces: whole traces, whoever works on a rollout."""

import pytest

from gonogo.adapters.telemetry.continuity import Continuity
from gonogo.adapters.telemetry.spans import spans_of
from gonogo.adapters.telemetry.traces import Tracing
from gonogo.ports.telemetry import UNMEASURED
from tests.conformance.played import Played


class Kept:
    """Keeps the spans that are sent."""

    def __init__(self):
        """Begin with none."""
        self.spans = []

    def send(self, spans):
        """Keep them."""
        self.spans.extend(spans)

    def close(self):
        """Do nothing."""


def test_workers_that_take_turns_send_each_span_once_and_whole():
    """What one began another ends, and nobody sends what another has sent."""
    played, sent = Played(), Kept()
    workers = [
        Tracing(sent, history=played.journal.read, metrics=UNMEASURED) for _ in "ab"
    ]
    workers[0].saw(played.state, played.records)
    turns = [
        lambda: played.after(minutes=5).approved("ok"),
        lambda: played.after(seconds=1).prepared("ship"),
        lambda: played.after(seconds=1).applied("ship"),
        lambda: played.after(seconds=1).observed("look"),
    ]
    for number, turn in enumerate(turns, start=1):
        played.watchers = [workers[number % 2]]
        turn()
    for worker in workers:
        worker.close()
    expected = sorted(spans_of(played.records, played.state), key=lambda s: s.span)
    assert expected == sorted(sent.spans, key=lambda span: span.span)


@pytest.mark.parametrize(("first", "whole"), [(2, False), (3, True), (4, False)])
def test_a_gap_in_what_was_seen_is_noticed(first, whole):
    """After records 1 and 2, only 3 goes on; all else has to be read."""
    continuity, told = Continuity(), []
    records = played_records()

    def offer(found):
        told.append(found)
        return True

    continuity.seen(records[:2], ended=False, offer=offer, wanted=True)
    rest = records[first - 1 :]
    continuity.seen(rest, ended=False, offer=offer, wanted=True)
    assert [True, whole] == told


def test_what_was_not_taken_is_a_gap_and_what_is_of_no_interest_is_none():
    """After a drop the journal has to be read, once; then it goes on."""
    continuity, told = Continuity(), []
    records = played_records()
    answers = iter([False, True, True])

    def offer(found):
        told.append(found)
        return next(answers)

    for number, wanted in enumerate([True, False, True, False, True]):
        continuity.seen(
            records[number : number + 1], ended=False, offer=offer, wanted=wanted
        )
    assert [True, False, True] == told


def played_records():
    """Return the records of a rollout."""
    played = Played()
    played.completed()
    return played.records
