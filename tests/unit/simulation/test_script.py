"""The script of a world: what its lines mean, and how they are refused."""

from datetime import UTC, datetime, time, timedelta

import pytest

from gonogo.simulation.script import Text, WorldInvalid, read_script, texts_of
from gonogo.simulation.script.rules import (
    EVERY_TIME,
    Answers,
    Approver,
    Consent,
    Deed,
    ExposureIs,
    Fault,
    Fixed,
    Kind,
    MetricReads,
    PersonActs,
    ProbeFails,
    Ramp,
    Scaled,
    Traffic,
    WorkerDown,
    WorkGoes,
    WorkingHours,
)
from gonogo.simulation.script.when import Moment, Share, Side, When

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ERRORS = "Error rate"


def hour(count):
    """Return the instant so many hours after the start."""
    return Moment(after=count * HOUR)


def reads(value, **when):
    """Return that the error rate reads a value."""
    return MetricReads(metric=ERRORS, reading=Fixed(value=value), when=When(**when))


LINES = {
    "error rate 5 % from hour 3 at 5 % exposure": reads(
        5.0, start=hour(3), share=Share(side=Side.AT_LEAST, pct=5.0)
    ),
    "probe down for 10 minutes": ProbeFails(
        metric=None, fault=Fault.DOWN, when=When(lasts=10 * MINUTE)
    ),
    "approver silent for two days": Approver(
        role=None, says=None, when=When(lasts=2 * DAY)
    ),
    "ERROR RATE is 5% from day 2 03:00": reads(5.0, start=hour(27)),
    "error = 0.4": reads(0.4),
    "'Error rate' 5 in stage 1": reads(5.0, stage="canary"),
    "error rate 5 % from hour 3 of stage 1": reads(
        5.0, start=Moment(after=3 * HOUR, stage="canary")
    ),
    "error rate 5 % from stage Everybody until 3 days": reads(
        5.0, start=Moment(stage="all"), end=hour(72)
    ),
    "error rate 5 % between hour 3 and minute 240": reads(
        5.0, start=hour(3), end=hour(4)
    ),
    "error rate 5 % at hour 3 above 4 % exposure": reads(
        5.0, start=hour(3), share=Share(side=Side.ABOVE, pct=4.0)
    ),
    "error rate 5 % below 50 % exposure for 1h30m": reads(
        5.0, lasts=90 * MINUTE, share=Share(side=Side.BELOW, pct=50.0)
    ),
    "error rate 5 % from 2026-01-06 12:00": reads(
        5.0, start=Moment(at=datetime(2026, 1, 6, 12, tzinfo=UTC))
    ),
    "error rate +20 % for half an hour": MetricReads(
        metric=ERRORS, reading=Scaled(factor=1.2), when=When(lasts=30 * MINUTE)
    ),
    "error rate 2x": MetricReads(metric=ERRORS, reading=Scaled(factor=2.0)),
    "latency 0.9 s": MetricReads(metric="P99 latency", reading=Fixed(value=900.0)),
    "error rate rises from 0.1 % to 5 % between hour 3 and hour 5": MetricReads(
        metric=ERRORS,
        reading=Ramp(first=0.1, last=5.0, until=hour(5)),
        when=When(start=hour(3)),
    ),
    "error rate rises to 5 % over 2 hours from hour 3": MetricReads(
        metric=ERRORS,
        reading=Ramp(first=None, last=5.0, over=2 * HOUR),
        when=When(start=hour(3)),
    ),
    "error rate 2 % ± 0.5": MetricReads(
        metric=ERRORS, reading=Fixed(value=2.0), noise=0.5
    ),
    "error rate noise 0.1 %": MetricReads(metric=ERRORS, reading=None, noise=0.1),
    "P99 latency has no data for 5 minutes": ProbeFails(
        metric="P99 latency", fault=Fault.NO_DATA, when=When(lasts=5 * MINUTE)
    ),
    "probe of error rate hangs until hour 2": ProbeFails(
        metric=ERRORS, fault=Fault.HANGS, when=When(end=hour(2))
    ),
    "action Deploy takes 20 minutes": WorkGoes(
        kind=Kind.ACTION, step="deploy", takes=20 * MINUTE
    ),
    "action Deploy fails twice then works": WorkGoes(
        kind=Kind.ACTION, step="deploy", fails=2
    ),
    "action line 12 fails 3 times": WorkGoes(kind=Kind.ACTION, step="deploy", fails=3),
    "actions take 5 minutes and fail": WorkGoes(
        kind=Kind.ACTION, step=None, takes=5 * MINUTE, fails=EVERY_TIME
    ),
    "undo of Deploy fails": WorkGoes(kind=Kind.UNDO, step="deploy", fails=EVERY_TIME),
    "undos hang": WorkGoes(kind=Kind.UNDO, step=None, hangs=True),
    "check health fails until hour 2": WorkGoes(
        kind=Kind.CHECK, step="health", fails=EVERY_TIME, when=When(end=hour(2))
    ),
    "looks take 5 seconds": WorkGoes(
        kind=Kind.LOOK, step=None, takes=timedelta(seconds=5)
    ),
    "approver Dev Lead approves after 2 h": Approver(
        role="Dev Lead", says=Consent.APPROVES, after=2 * HOUR
    ),
    "Dev Lead refuses": Approver(role="Dev Lead", says=Consent.REFUSES),
    "ops is silent": Approver(role="Ops On-Call", says=None),
    "support is silent until hour 90": Answers(
        role="Support", silent=True, when=When(end=hour(90))
    ),
    "everyone answers in 10 minutes": Answers(everyone=True, after=10 * MINUTE),
    "everyone works 9 to 17:30": WorkingHours(opens=time(9), closes=time(17, 30)),
    "answer no to 'page looks right' after an hour": Answers(
        subject="page", word="no", after=HOUR
    ),
    "kim aborts at hour 5 because it rains": PersonActs(
        name="kim", deed=Deed.ABORT, moment=hour(5), reason="it rains"
    ),
    "kim pauses in 2 hours": PersonActs(name="kim", deed=Deed.PAUSE, moment=hour(2)),
    "worker down for 3 hours from hour 2": WorkerDown(
        when=When(start=hour(2), lasts=3 * HOUR)
    ),
    "traffic 1,200 users a minute": Traffic(users_per_minute=1200.0),
    "traffic 72,000 users per hour from hour 8": Traffic(
        users_per_minute=1200.0, when=When(start=hour(8))
    ),
    "exposure 10 % from stage 2": ExposureIs(
        pct=10.0, when=When(start=Moment(stage="all"))
    ),
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_means_what_it_says(line, rules_of):
    """Every form of a line that the page of the simulation names."""
    assert (LINES[line],) == rules_of(line)


REFUSED = {
    "eror rate 5 %": ("eror rate", "Did you mean 'Error rate'?"),
    "latte 5 %": ("latte", "Metrics: 'Error rate', 'P99 latency'."),
    "t 5": (None, "'t' could be 2 metrics: say more of the name"),
    "error rate": ("error rate", "it is not said what that does"),
    "error rate 5 MB": ("5", "It is measured in %."),
    "error rate 5 % whenever": ("whenever", "from INSTANT, until INSTANT"),
    "error rate 5 % from hour": ("hour", "an instant of the rollout"),
    "error rate 5 % at 120 % exposure": ("120", "between 0 % and 100 %"),
    "error rate 5 % until hour 2 for an hour": (
        "for an hour",
        "'until' and 'for' exclude each other",
    ),
    "error rate 5 % from stage 9": ("stage 9", "names no stage of this plan"),
    "error rate rises to 5 %": ("error rate rises to 5 %", "how long that takes"),
    "probe explodes": ("explodes", "names no metric of this plan"),
    "check health fails a little": ("a", "how often"),
    "action Depoly fails": ("Depoly", "Did you mean 'Deploy'?"),
    "action Turn cart fails": ("Turn cart", "(line 16)"),
    "approver Boss is silent": ("Boss", "Approvers: 'Dev Lead', 'Ops On-Call'"),
    "answer maybe to 'page looks'": ("maybe", "It takes 'yes', 'no'."),
    "worker down for 3 hours": (None, "from when on it is down"),
    "traffic 1,200 users": (None, "a second, a minute, an hour, a day"),
    "exposure 200 %": ("200", "from 0 % to 100 %"),
    "everyone works 17:00 to 9:00": (
        "everyone works 17:00 to 9:00",
        "stop later than they begin",
    ),
    "everyone works 9 to 25": ("25", "is no time of day"),
    "error rate 5 % from 2026-13-01": ("2026-13-01", "no instant of the calendar"),
    "error rate 5 % for 4000 days": ("4000 days", "At most ten years"),
    "hello world": ("hello world", "error rate 5 % from hour 3 at 5 % exposure"),
    "'unclosed": ("'unclosed", "opens a name that is not closed"),
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_mistake_is_told_with_a_caret_and_what_is_allowed(line, rules_of):
    """Whoever mistypes sees where, and what may stand there."""
    words, told = REFUSED[line]
    with pytest.raises(WorldInvalid) as refused:
        rules_of(line)
    (mistake,) = refused.value.mistakes
    assert told in str(mistake)
    shown = str(mistake).splitlines()
    assert f"    {line}" == shown[1]
    if words is not None:
        at, length = line.rindex(words), len(words)
        assert f"    {' ' * at}{'^' * length}" == shown[2]


def test_every_mistake_is_told_at_once(plan):
    """One look at a script shows all that is wrong with it."""
    texts = texts_of("nonsense\n\n# fine\nprobe down\nrubbish", file="bad.world")
    with pytest.raises(WorldInvalid) as refused:
        read_script(texts, plan)
    told = str(refused.value)
    assert "bad.world:1: " in told
    assert "bad.world:5: " in told
    assert 2 == len(refused.value.mistakes)


def test_a_script_of_text_leaves_comments_and_empty_lines_out():
    """A line says something, or it is a comment."""
    told = texts_of("# a bad day\n\nprobe down  # all of them\n", file="a.world")
    assert (Text(file="a.world", line=3, text="probe down"),) == told


YAML = """\
world:
  - probe down for 10 minutes
  - {action: Deploy, takes: 20 minutes}
  - metric: Error rate
    is: 5 %
    from: hour 3
    at: 5 % exposure
"""


def test_a_script_of_yaml_says_the_same_as_its_lines(plan, rules_of):
    """A mapping is a line in pieces."""
    lines = (
        "probe down for 10 minutes",
        "action Deploy takes 20 minutes",
        "error rate 5 % from hour 3 at 5 % exposure",
    )
    texts = texts_of(YAML, file="day.yaml")
    assert [2, 3, 4] == [text.line for text in texts]
    assert rules_of(*lines) == read_script(texts, plan)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("world: 5", "a script is a list of lines"),
        ("- [a, b]", "a line is a text, or a mapping"),
        ("- {metric: [a]}", "'metric' takes words"),
        ("- 'unclosed", "day.yaml:1"),
    ],
)
def test_broken_yaml_is_told_with_its_line(content, told):
    """A script that is no list of lines is refused, not guessed at."""
    with pytest.raises(WorldInvalid, match=told):
        texts_of(content, file="day.yaml")
