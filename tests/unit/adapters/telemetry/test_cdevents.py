"""CDEvents: other delivery tools hear of a rollout, at least once."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from threading import Event

import jsonschema
import pytest

from gonogo.adapters.telemetry.cdevents import DETECTED, FINISHED, STARTED
from gonogo.adapters.telemetry.delivered import Delivered, Told
from gonogo.adapters.telemetry.deliveries import Deliveries, delivering
from gonogo.adapters.telemetry.receiver import Receiver
from gonogo.decision.standing import standing_of
from gonogo.model.verdict import Observation
from gonogo.ports.telemetry import UNMEASURED, Unmeasured
from gonogo.testing.clock import NOON
from gonogo.testing.journal import MemoryJournal
from hardening.retry import Policy, Retrier
from hardening.testing import FakeClock
from tests.conformance.played import Played
from tests.conformance.receiving import receiving

OUTCOMES = ["success", "failure", "cancel", "error"]


def words(*, required, **properties):
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


TEXT = {"type": "string", "minLength": 1}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
ID = words(required=["id"], id=TEXT, source=TEXT)
CONTENT = {
    STARTED: words(required=[], pipelineName=TEXT, uri=TEXT),
    FINISHED: words(
        required=["outcome"],
        pipelineName=TEXT,
        uri=TEXT,
        outcome={"enum": OUTCOMES},
        errors=TEXT,
    ),
    DETECTED: words(
        required=["environment"],
        description=TEXT,
        environment=ID,
        service=ID,
        artifactId=TEXT,
    ),
}


def schema_of(kind):
    """Return what CDEvents 0.5.1 asks of an event of a kind, and CloudEvents 1.0."""
    context = words(
        required=["specversion", "id", "source", "type", "timestamp"],
        specversion={"const": "0.5.1"},
        id=TEXT,
        source=TEXT,
        type={"const": kind},
        timestamp=INSTANT,
        chainId={"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-.{12}$"},
    )
    subject = words(
        required=["id", "content"], id=TEXT, source=TEXT, content=CONTENT[kind]
    )
    data = words(
        required=["context", "subject"],
        context=context,
        subject=subject,
        customData={"type": "object"},
        customDataContentType={"const": "application/json"},
    )
    return words(
        required=["specversion", "id", "source", "type", "data", "subject", "time"],
        specversion={"const": "1.0"},
        id=TEXT,
        source=TEXT,
        type={"const": kind},
        subject=TEXT,
        time=INSTANT,
        datacontenttype={"const": "application/json"},
        data=data,
    )


class Hearing:
    """A receiver, and what it takes to tell it, process after process."""

    def __init__(self, inbox, folder):
        """Keep the receiver, the cursor and the journal."""
        self.inbox, self.folder, self.journal = inbox, folder, MemoryJournal()

    def telling(self, now=NOON):
        """Return what one process tells with."""
        return delivering(
            self.inbox.url,
            source="https://ci.example/gonogo",
            folder=self.folder,
            history=self.journal.read,
            standings=self.journal.standings,
            metrics=UNMEASURED,
            now=now,
        )

    def heard(self):
        """Return the events received since, checked against their schema."""
        events = [json.loads(request.body) for request in self.inbox.all()]
        for event in events:
            jsonschema.validate(event, schema_of(event["type"]))
        return events


@pytest.fixture
def hearing(tmp_path):
    """Give a receiver on this machine."""
    with receiving() as inbox:
        yield Hearing(inbox, tmp_path / "kept")


def outline(events):
    """Return the kinds of events with their outcomes."""
    return [
        (event["type"], event["data"]["subject"]["content"].get("outcome"))
        for event in events
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("completed", [(STARTED, None), (FINISHED, "success")]),
        ("tripped", [(STARTED, None), (DETECTED, None), (FINISHED, "failure")]),
        ("called_off", [(STARTED, None), (FINISHED, "cancel")]),
    ],
)
def test_start_failure_and_end_are_told(hearing, how, expected):
    """A gate that trips is told when it does, not only when all is undone."""
    with hearing.telling() as watcher:
        getattr(Played(watchers=[watcher], journal=hearing.journal), how)()
    assert expected == outline(hearing.heard())


def test_an_event_names_what_a_listener_needs(hearing):
    """The envelope repeats the context; the id is the record's link in the journal."""
    with hearing.telling() as watcher:
        played = Played(watchers=[watcher], journal=hearing.journal)
        played.tripped()
    _, detected, finished = hearing.heard()
    for event in (detected, finished):
        context = event["data"]["context"]
        envelope = [event[name] for name in ("id", "source", "type", "time")]
        inner = [context[name] for name in ("id", "source", "type", "timestamp")]
        assert envelope == inner
        assert event["subject"] == event["data"]["subject"]["id"]
    assert played.records[-1].link == finished["id"]
    content = detected["data"]["subject"]["content"]
    assert ("test", "service") == (
        content["environment"]["id"],
        content["service"]["id"],
    )
    assert "errors is 9" in content["description"]


def test_an_undo_handed_to_people_makes_the_outcome_an_error(hearing):
    """Who listens must not take the service for restored."""
    with hearing.telling() as watcher:
        played = Played(watchers=[watcher], journal=hearing.journal)
        played.shipped().aborted("no")
        for attempt in range(1, 20):
            if played.state.undos[0].phase.value == "handed_over":
                break
            played.undone(attempt=attempt, seen=Observation(exit_status=1))
            played.after(hours=1).tick()
        question = next(iter(played.state.questions))
        played.answered(question, played.state.questions[question].choices[0])
    finished = hearing.heard()[-1]["data"]["subject"]["content"]
    assert "error" == finished["outcome"]
    assert "handed to people: 1" in finished["errors"]


def test_it_is_cloudevents_in_structured_mode(hearing):
    """One JSON object a request, under its own media type."""
    with hearing.telling() as watcher:
        Played(watchers=[watcher], journal=hearing.journal)
    request = hearing.inbox.next()
    expected = "application/cloudevents+json; charset=utf-8"
    assert expected == request.headers["content-type"]


def test_what_was_not_delivered_is_told_by_the_next_process(hearing):
    """The journal is the queue: what a dead receiver missed comes after a restart."""
    hearing.inbox.statuses += [503] * 50
    ending = Event()
    once = Retrier(Policy(on=(Exception,), attempts=1))
    hearing.folder.mkdir()
    delivered = Delivered(hearing.folder / "cdevents.db", NOON)
    watcher = Deliveries(
        Receiver(hearing.inbox.url, ending, once),
        history=hearing.journal.read,
        standings=hearing.journal.standings,
        delivered=delivered,
        source="/gonogo",
        metrics=UNMEASURED,
        ending=ending,
    )
    played = Played(watchers=[watcher], journal=hearing.journal)
    played.completed()
    hearing.inbox.next()
    watcher.close()
    hearing.inbox.statuses.clear()
    hearing.inbox.all()
    with hearing.telling():
        told = [json.loads(hearing.inbox.next().body) for _ in range(2)]
    assert [(STARTED, None), (FINISHED, "success")] == outline(told)
    with hearing.telling():
        pass
    assert [] == hearing.heard()


def test_what_another_worker_journaled_is_told_too(hearing):
    """A rollout that comes from a worker that died is told from where it was left."""
    with hearing.telling() as first:
        played = Played(watchers=[first], journal=hearing.journal)
    assert [(STARTED, None)] == outline(hearing.heard())
    played.watchers = []
    played.shipped().after(seconds=1).measured(9.0)
    with hearing.telling() as second:
        played.watchers = [second]
        played.undone()
    assert [(DETECTED, None), (FINISHED, "failure")] == outline(hearing.heard())


def test_a_repeat_has_the_id_of_the_first(hearing):
    """At least once: a receiver drops what it has by its id."""
    with hearing.telling() as watcher:
        played = Played(watchers=[watcher], journal=hearing.journal)
        played.completed()
    first = hearing.heard()
    (hearing.folder / "cdevents.db").unlink()
    with hearing.telling():
        again = [json.loads(hearing.inbox.next().body) for _ in first]
    assert [event["id"] for event in first] == [event["id"] for event in again]


def test_what_happened_before_it_was_asked_for_is_not_told(hearing):
    """Switched on in an old workspace, it does not tell of last year's rollouts."""
    played = Played(journal=hearing.journal)
    played.completed()
    with hearing.telling(now=played.now.replace(year=2031)):
        pass
    assert [] == hearing.heard()


def test_of_a_rollout_begun_before_it_was_asked_for_only_the_end_is_told(hearing):
    """Its start is old news; its end is not."""
    played = Played(journal=hearing.journal)
    played.shipped().after(seconds=3)
    with hearing.telling(now=played.now) as watcher:
        played.watchers = [watcher]
        played.observed("look")
    assert [(FINISHED, "success")] == outline(hearing.heard())


def test_what_there_was_no_place_for_is_read_from_the_journal(hearing):
    """A queue that is full loses nothing here: the journal has it."""
    ending, journal = Event(), hearing.journal
    hearing.folder.mkdir()
    looked = Event()

    def standings():
        found = journal.standings()
        looked.set()
        return found

    watcher = Deliveries(
        Receiver(hearing.inbox.url, ending),
        history=journal.read,
        standings=standings,
        delivered=Delivered(hearing.folder / "cdevents.db", NOON),
        source="/gonogo",
        metrics=UNMEASURED,
        ending=ending,
        again_s=0.05,
    )
    assert looked.wait(20)
    capacity, watcher._outbox._capacity = watcher._outbox._capacity, 0
    Played(watchers=[watcher], journal=journal).completed()
    watcher._outbox._capacity = capacity
    told = [json.loads(hearing.inbox.next().body) for _ in range(2)]
    assert [(STARTED, None), (FINISHED, "success")] == outline(told)
    watcher.close()


@pytest.mark.parametrize(
    ("told", "phase", "began_h", "behind"),
    [
        (None, "running", 0, True),
        (None, "running", -1, False),
        (None, "rolling_back", -1, True),
        ("running", "running", 0, False),
        ("running", "completed", 0, True),
        ("", "running", 0, True),
        ("completed", "completed", 0, False),
    ],
)
def test_only_the_rollouts_that_have_news_are_read_again(
    tmp_path, told, phase, began_h, behind
):
    """Ten thousand that only soak cost no look into their journals."""
    delivered = Delivered(tmp_path / "cdevents.db", NOON)
    if told is not None:
        delivered.note("r-1", Told(1, told))
    standing = replace(
        standing_of(Played().state),
        phase=phase,
        started_at=NOON + timedelta(hours=began_h),
    )
    assert behind == (["r-1"] == list(delivered.behind([standing])))
    delivered.close()


def test_a_receiver_that_is_busy_is_asked_again():
    """503 and 429 may pass."""
    with receiving() as inbox:
        clock = FakeClock()
        receiver = Receiver(
            inbox.url, Event(), Retrier(Policy(on=(Exception,)), clock=clock)
        )
        inbox.statuses += [503, 429, 200]
        receiver.post({"id": "1", "type": "t"})
        assert 3 == len(inbox.all())
        receiver.close()


class Counting(Unmeasured):
    """Counts what was given up."""

    count = 0

    def dropped(self, watcher, count):
        """Count."""
        assert watcher == "cdevents"
        self.count += count


def test_an_event_that_is_refused_holds_up_no_other(tmp_path, caplog):
    """It is named in the log, counted, and the next one goes out."""
    metrics, journal = Counting(), MemoryJournal()
    with receiving() as inbox:
        inbox.statuses.append(422)
        with (
            caplog.at_level(logging.WARNING, "gonogo.telemetry"),
            delivering(
                f"{inbox.url.replace('//', '//me:pass@')}/in?key=k1",
                source="/gonogo",
                folder=tmp_path,
                history=journal.read,
                standings=journal.standings,
                metrics=metrics,
                now=NOON,
            ) as watcher,
        ):
            Played(watchers=[watcher], journal=journal).completed()
        assert 2 == len(inbox.all())
    assert 1 == metrics.count
    assert "refused the event" in caplog.text
    assert [] == [word for word in ("pass@", "k1") if word in caplog.text]


def test_the_cursor_never_goes_back(tmp_path):
    """Two processes that tell of one rollout leave the later place."""
    delivered = Delivered(tmp_path / "cdevents.db", NOON)
    delivered.note("r-1", Told(7, "running"))
    delivered.note("r-1", Told(3, "running"))
    assert Told(7, "running") == delivered.told("r-1")
    delivered.close()
