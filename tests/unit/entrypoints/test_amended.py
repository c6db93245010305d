"""Before and after an amendment: which stage is meant, and who is asked what."""

from dataclasses import replace
from threading import Event, Thread

import pytest

from gonogo.decision import decide
from gonogo.entrypoints.cli.amended import place_of
from gonogo.entrypoints.cli.audience import Audience
from gonogo.entrypoints.cli.speaking import Refused
from gonogo.entrypoints.cli.telling import Teller
from gonogo.model.command import Approve, Person
from gonogo.model.event import ApprovalAsked, MeasurementTaken
from gonogo.model.identifiers import StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Approval, Check
from gonogo.model.record import FIRST_LINK, chained
from gonogo.model.verdict import GateVerdict, Measurement, Outcome, Verdict
from gonogo.testing.clock import NOON
from gonogo.testing.scenes import ADA, BEN, Scene, plan, stage


def check(name, run="look"):
    """Return a check."""
    return Check(id=StepId(name), line=1, title=name, probe=Shell(run=run))


CONSENT = Approval(id=StepId("ok"), line=1, title="May it?", role="Dev")
LATER = replace(CONSENT, id=StepId("later"), title="And now?")
OLD = plan(
    stage(CONSENT, name="Stage 1: Prepare"),
    stage(LATER, check("a"), name="Stage 2: 5 %"),
    stage(check("b"), name="Stage 2: 50 %"),
)
NEW = plan(
    stage(CONSENT, name="Stage 1: Prepare"),
    stage(LATER, check("a", "closer"), name="Stage 2: 5 %"),
    stage(check("b"), name="Stage 2: 50 %"),
    stage(check("c"), name="Clean up"),
)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("stage 1: prepare", 0),
        ("Stage 1", 0),
        ("Stage 2: 50", 2),
        ("Clean up", 3),
        ("1", 0),
        ("4", 3),
        ("END", 3),
    ],
)
def test_a_stage_is_named_by_title_number_or_end(name, place):
    """A beginning is enough where it fits one stage only."""
    assert place == place_of(name, OLD, NEW)


@pytest.mark.parametrize("name", ["0", "5", "Stage 9", ""])
def test_a_name_that_fits_no_stage_is_answered_with_the_titles(name):
    """Nothing is guessed."""
    with pytest.raises(Refused, match="Clean up"):
        place_of(name, OLD, NEW)


def test_a_name_that_fits_two_stages_is_no_name():
    """Who says 'Stage 2' is asked which of the two."""
    with pytest.raises(Refused, match="more than one stage is called 'Stage 2'"):
        place_of("Stage 2", OLD, NEW)


class Screen:
    """A screen that nobody looks at."""

    def suspend(self):
        """Do nothing."""

    def resume(self):
        """Do nothing."""


class Signer:
    """Somebody who signs the plan that they are shown, once the plan was amended."""

    def __init__(self):
        self.asked, self.go, self.told, self.shown = Event(), Event(), [], []
        self.closed = False

    def consent(self, asked, approval, shown):
        """Sign what is shown, when it is time to."""
        self.asked.set()
        assert self.go.wait(10)
        if self.closed:
            return None
        self.shown.append(shown.digest)
        by = Person(name=BEN.name)
        return Approve(at=asked.at, by=by, step=approval.id, digest=shown.digest)

    def tell(self, text, *, urgent):
        """Hear it."""
        del urgent
        self.told.append(text)

    def close(self):
        """Sign nothing any more."""
        self.closed = True
        self.go.set()


def amended():
    """Return a rollout that waits for its first consent, and the records of a change."""
    scene = Scene(OLD)
    before = scene.state
    told = scene.amended(NEW, OLD.stages[1].id, by=ADA)
    records = chained(
        before.rollout, told, after=3, previous=FIRST_LINK, recorded_at=NOON
    )
    return before, scene.state, records


def test_a_prompt_for_a_consent_goes_on_with_the_plan_that_runs_now():
    """Who signs the old plan is told that it changed, and shown the new one."""
    before, after, records = amended()
    signer, given = Signer(), []
    audience = Audience(file=None, prompter=lambda: signer, screen=Screen())
    audience.saw(before, ())
    asked = ApprovalAsked(at=NOON, step=CONSENT.id, role="Dev")
    thread = Thread(
        target=lambda: given.append(audience.consent(asked, CONSENT, OLD)), daemon=True
    )
    thread.start()
    assert signer.asked.wait(10)
    audience.saw(after, records)
    signer.go.set()
    thread.join(10)
    assert [
        "That may not be: it is for another plan: the digest differs."
    ] == signer.told
    assert after.plan.digest == given[0].digest
    assert decide(after, given[0]).events


def test_a_prompt_for_what_is_no_more_ends():
    """The stage was changed: its consent goes by another name, and is asked anew."""
    before, after, records = amended()
    signer = Signer()
    audience = Audience(file=None, prompter=lambda: signer, screen=Screen())
    audience.saw(before, ())
    asked = ApprovalAsked(at=NOON, step=LATER.id, role="Dev")
    thread = Thread(target=audience.consent, args=(asked, LATER, OLD), daemon=True)
    thread.start()
    assert signer.asked.wait(10)
    audience.saw(after, records)
    assert signer.go.wait(10)
    thread.join(10)
    assert not thread.is_alive()


def test_a_verdict_on_a_gate_that_is_no_more_is_told_without_its_line():
    """A journal is shown with its last state, whose plan may have other gates."""
    verdict = Verdict(outcome=Outcome.PASS, reasons=("errors is 1",))
    event = MeasurementTaken(
        at=NOON,
        metric="errors",
        measurement=Measurement(at=NOON, value=1.0),
        verdicts=(GateVerdict(gate="gone", verdict=verdict),),
    )
    (line,) = Teller().tell(event, Scene(OLD).state)
    assert "gate  pass: errors is 1" == line.text
