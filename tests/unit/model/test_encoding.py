"""The written form of plans, events and commands; and journals of earlier days."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from gonogo.decision import replay
from gonogo.decision.line import stops_of
from gonogo.model import command as commands
from gonogo.model.command import Person
from gonogo.model.encoding import (
    UnknownEvent,
    decode_command,
    decode_event,
    decode_plan,
    encode_command,
    encode_event,
)
from gonogo.model.event import ActionApplied, Event, RunnerRecovered
from gonogo.model.identifiers import QuestionId, StepId
from gonogo.model.record import FIRST_LINK, Record, chained, link_of
from gonogo.model.scope import Scope
from gonogo.model.sealing import canonical, digest_of, encode_plan, sealed
from gonogo.model.verdict import Observation
from gonogo.testing.clock import NOON
from gonogo.testing.plans import Dice, draw_plan

GOLDEN = Path(__file__).with_name("golden")
JOURNALS = sorted(GOLDEN.glob("journal-*.jsonl"))
LINE = GOLDEN / "line-1.jsonl"
ADA = Person(name="ada")


def read(journal):
    """Return the events of a journal file: one JSON object a line."""
    lines = journal.read_text(encoding="utf-8").splitlines()
    return [decode_event(json.loads(line)) for line in lines]


@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)
def test_an_old_journal_replays_to_the_state_it_always_had(journal):
    """
    Law 8, on any later version.

    A golden file is never written anew: when this fails, events changed their
    meaning, and every journal out there with them.
    """
    kept = json.loads(journal.with_suffix(".state.json").read_text(encoding="utf-8"))
    state = replay(read(journal))
    undos = [[undo.number, undo.phase, undo.attempt] for undo in state.undos]
    found = {
        "phase": state.phase,
        "stage": state.stage,
        "at": state.at.isoformat(),
        "steps": {k: [v.phase, v.attempt] for k, v in state.steps.items()},
        "undos": undos,
        "questions": sorted(state.questions),
        "baselines": dict(state.baselines),
        "gates": {k: v.verdict.outcome for k, v in state.gates.items()},
    }
    assert kept == found


def test_an_old_journal_of_the_line_says_what_it_always_said():
    """The line has a journal of its own, and is no rollout."""
    (stop,) = stops_of(read(LINE))
    assert (Scope(), "") == (stop.scope, stop.reason)


@pytest.mark.parametrize("journal", [*JOURNALS, LINE], ids=lambda path: path.stem)
def test_an_old_journal_reads_as_it_is_written_today(journal):
    """What is stored keeps its bytes but for fields added since, which have defaults."""
    for line in journal.read_text(encoding="utf-8").splitlines():
        stored, today = json.loads(line), encode_event(decode_event(json.loads(line)))
        holds_a_plan = stored["event"] in {"RolloutStarted", "PlanAmended"}
        assert stored.items() <= today.items() or holds_a_plan


def test_the_golden_journals_hold_every_kind_of_event():
    """What is not in them could change its meaning unseen."""
    journals = (*JOURNALS, LINE)
    seen = {type(event).__name__ for journal in journals for event in read(journal)}
    assert {kind.__name__ for kind in get_args(Event)} == seen


def test_an_event_of_a_later_version_is_named():
    """The message says what to do."""
    with pytest.raises(UnknownEvent, match=r"'MoonLanded'.*use that one"):
        decode_event({"event": "MoonLanded", "at": "2030-01-01T12:00:00Z"})


@pytest.mark.parametrize(
    "body", [{}, {"at": "noon"}, {"at": "2030-01-01T12:00:00Z", "x": "y" * 3, "by": 1}]
)
def test_an_event_of_another_form_is_refused_or_its_extras_dropped(body):
    """What is needed has to be there and of its type."""
    data = {"event": "RunnerRecovered", **body}
    if "x" in body:
        assert RunnerRecovered(at=NOON) == decode_event(data)
    else:
        with pytest.raises(ValidationError):
            decode_event(data)


@pytest.mark.parametrize(
    "command",
    [
        commands.Answer(at=NOON, by=ADA, question=QuestionId("q"), answer="ja, é"),
        commands.Approve(at=NOON, by=ADA, step=StepId("s"), digest="d", granted=False),
        commands.Pause(at=NOON, by=ADA, reason="lunch"),
        commands.Resume(at=NOON, by=ADA),
        commands.Abort(at=NOON, by=ADA),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_persons_command_survives_the_inbox(command):
    """It is read as it was sent."""
    assert command == decode_command(json.loads(canonical(encode_command(command))))


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_survives_its_written_form_and_keeps_its_digest(seed):
    """The digest covers everything else, and nothing of itself."""
    plan = draw_plan(Dice("digest", seed))
    again = decode_plan(json.loads(canonical(encode_plan(plan))))
    assert plan == again
    assert plan == sealed(again) == sealed(replace(again, digest="sha256:other"))
    assert plan.digest != sealed(replace(again, title="Another")).digest


def test_digests_are_taken_of_one_form():
    """Keys in order, no spaces, letters as they are."""
    assert '{"a":"é","b":[1,2]}'.encode() == canonical({"b": [1, 2], "a": "é"})
    assert f"sha256:{sha256(b'x').hexdigest()}" == digest_of(b"x")


def test_records_are_chained_from_where_the_journal_ends():
    """Each covers its predecessor; the first covers the first link."""
    seen = Observation(output="ok")
    first, second = (
        RunnerRecovered(at=NOON),
        ActionApplied(at=NOON, step="s", attempt=1, observation=seen),
    )
    whole = chained(
        "r", [first, second], after=0, previous=FIRST_LINK, recorded_at=NOON
    )
    (head,) = chained("r", [first], after=0, previous=FIRST_LINK, recorded_at=NOON)
    (tail,) = chained("r", [second], after=1, previous=head.link, recorded_at=NOON)
    assert whole == (head, tail)
    assert () == chained("r", [], after=2, previous=tail.link, recorded_at=NOON)
    assert isinstance(tail, Record)
    assert (2, NOON, head.link) == (tail.seq, tail.at, tail.previous)
    body = canonical(encode_event(second))
    assert tail.link == link_of("r", 2, NOON, body, head.link)
