"""Judging beforehand and afterwards: explain with power, judge, and calibrate."""

import csv
import json
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli

START = datetime(2026, 11, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THREE_HOURS = ("--from", "2026-11-20T00:00", "--to", "2026-11-20T03:00")
DOCUMENT = """\
# The cart

## Stage 1: Enable

- [ ] Enable the cart
- [ ] Monitor for 24 hours

| Metric | Threshold |
|--------|-----------|
| Error rate | {limit} |
"""
BINDINGS = """\
sources:
  numbers: {{kind: csv, url: numbers.csv}}
metrics:
  Error rate:
    source: numbers
    kind: proportion
    canary: {{events: 'errors{{arm="canary"}}', exposure: 'requests{{arm="canary"}}'}}
    control: {{events: 'errors{{arm="control"}}', exposure: 'requests{{arm="control"}}'}}
    {more}
"""
CLEAN = "noise: {phi: 1, tau: 0}"
TRAFFIC = "traffic: {rate: 0.5%, canary: 1, control: 1}"


@pytest.fixture
def cart(tmp_path):
    """Give a folder with a document, and what its source knows of a night."""
    return Cart(tmp_path)


class Cart:
    """A document whose metric a CSV file keeps."""

    def __init__(self, folder):
        self.folder, self.document = folder, folder / "rollout.md"
        self.write()

    def write(self, limit="< 1%", *more):
        """Write document and bindings; calibrated and with traffic unless told."""
        self.document.write_text(DOCUMENT.format(limit=limit))
        text = BINDINGS.format(more="\n    ".join(more or (CLEAN, TRAFFIC)))
        self.document.with_suffix(".bindings.yaml").write_text(text)

    def counted(
        self,
        *,
        start=START,
        canary=600,
        control=5_400,
        fault=None,
        burst=1,
        pods=3,
    ):
        """Write three hours of counts: 0.2 % of errors, x15 from a minute on."""
        draw = np.random.default_rng(1)
        with (self.folder / "numbers.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["time", "arm", "instance", "errors", "requests"])
            for minute in range(180):
                at = (start + (minute + 1) * MINUTE).isoformat()
                sick = fault is not None and minute >= fault
                arms = (("canary", canary, 15 if sick else 1), ("control", control, 1))
                for arm, requests, rise in arms:
                    each = requests // pods
                    errors = draw.binomial(each, 0.002 * rise / burst, pods) * burst
                    rows.writerows(
                        [at, arm, f"{arm}-{pod}", int(errors[pod]), each]
                        for pod in range(pods)
                    )

    def call(self, *words):
        """Call a command on the document."""
        command, *rest = words
        return CliRunner().invoke(cli, [command, str(self.document), *rest])


# -- judge ---------------------------------------------------------------------------


def test_judge_passes_a_night_without_fault(cart):
    """A past that kept its limit is proven to have, and the moment is told."""
    cart.counted()
    done = cart.call("judge", *THREE_HOURS)
    assert 0 == done.exit_code, done.output
    assert "✅ PASS  Error rate < 1%" in done.stdout.replace("1 %", "1%")
    assert "kept at 2026-11-20 00:" in done.stdout
    assert [] == list(cart.folder.glob(".gonogo*"))


def test_judge_finds_a_fault_and_when(cart):
    """A fault that began at one o'clock is found soon after, and ends in status 1."""
    cart.counted(fault=60)
    done = cart.call("judge", *THREE_HOURS, "--json")
    assert 1 == done.exit_code, done.output
    (gate,) = json.loads(done.stdout)["gates"]
    assert ("fail", "harm", "evidence") == (
        gate["outcome"],
        gate["finding"],
        gate["judge"],
    )
    assert 3600 < gate["after_s"] <= 3600 * 3
    assert gate["reasons"]


def test_judge_draws_the_course_when_asked(cart):
    """With --chart the course of each gate is drawn below what was found."""
    cart.counted(fault=60)
    plain = cart.call("judge", *THREE_HOURS).stdout
    drawn = cart.call("judge", *THREE_HOURS, "--chart").stdout
    assert len(drawn.splitlines()) > len(plain.splitlines()) + 3


def test_judge_says_when_too_little_was_counted(cart):
    """A night of hardly any traffic neither passes nor fails; that is status 3."""
    cart.counted(canary=3, control=3)
    done = cart.call("judge", *THREE_HOURS)
    assert 3 == done.exit_code, done.output
    assert "INCONCLUSIVE" in done.stdout


@pytest.mark.parametrize("days", ["before", "after"])
def test_judge_takes_no_data_for_no_pass(cart, days):
    """A time of which the source knows nothing is never a pass."""
    cart.counted()
    day = "2026-11-18" if days == "before" else "2026-11-22"
    done = cart.call("judge", "--from", f"{day}T00:00", "--to", f"{day}T01:00")
    assert 3 == done.exit_code, done.output
    assert "0 looks with data, 60 without" in done.stdout


def test_judge_says_that_a_source_cannot_be_asked(cart):
    """A file that is not there is named, and nothing is taken for good."""
    done = cart.call("judge", *THREE_HOURS)
    assert 3 == done.exit_code, done.output
    assert "numbers.csv" in done.stdout


WRONG = {
    "ends before it begins": (("--to", "2026-11-19"), "later than --from"),
    "ends as it begins": (("--to", "2026-11-20"), "later than --from"),
    "looks too seldom": (("--every", "4h"), "longer than the whole"),
    "looks too often": (("--every", "0.1s"), "looks: look less often"),
    "no span": (("--every", "often"), "no span of time"),
    "another metric": (("--metric", "Latency"), "these do: Error rate"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("command", ["judge", "calibrate"])
def test_a_period_that_makes_no_sense_is_refused(cart, command, words, said):
    """What cannot be asked is said in one sentence, with status 2."""
    cart.counted()
    done = cart.call(command, *THREE_HOURS, *words)
    assert 2 == done.exit_code
    assert said in " ".join(done.output.split())


@pytest.mark.parametrize("command", ["judge", "calibrate"])
def test_a_document_without_sources_has_no_past(cart, command):
    """Numbers that a script gave are gone: only what a source keeps can be asked."""
    cart.document.with_suffix(".bindings.yaml").write_text(
        "metrics:\n  Error rate: {shell: 'echo 1', unit: '%'}\n"
    )
    done = cart.call(command, *THREE_HOURS)
    assert 2 == done.exit_code
    assert "No metric of this document comes from a source" in done.output


# -- calibrate -----------------------------------------------------------------------


def test_calibrate_finds_bursts_and_says_what_to_write(cart):
    """Errors that come in threes are found to, and the line is ready to be pasted."""
    cart.counted(burst=3, pods=4)
    done = cart.call("calibrate", *THREE_HOURS, "--json")
    assert 0 == done.exit_code, done.output
    (metric,) = json.loads(done.stdout)["metrics"]
    assert 2.2 < metric["noise"]["phi"] < 4.5
    assert 4 == metric["series"]
    text = cart.call("calibrate", *THREE_HOURS).stdout
    pasted = yaml.safe_load(text[text.index("  metrics:") :])
    noise = pasted["metrics"]["Error rate"]["noise"]
    assert noise == pytest.approx(metric["noise"], rel=0.01)
    assert "Less than a day" in text


def test_calibrate_takes_the_arms_where_there_is_one_series(cart):
    """A control of one series is set beside the canary, and that is said."""
    cart.counted(pods=1)
    done = cart.call("calibrate", *THREE_HOURS)
    assert 0 == done.exit_code, done.output
    assert "the canary beside the control" in done.stdout


def test_calibrate_says_what_it_could_not_measure(cart):
    """A source that cannot be asked leaves the metric unmeasured; status 1 says so."""
    done = cart.call("calibrate", *THREE_HOURS)
    assert 1 == done.exit_code, done.output
    assert "Error rate  not measured: " in done.stdout


# -- explain -------------------------------------------------------------------------


def test_explain_says_what_a_soak_cannot_keep(cart):
    """Beforehand it is said what a soak finds, how soon, and what it would take."""
    cart.write("< +5% vs control")
    text = cart.call("explain").stdout
    assert "What the soaks can show" in text
    assert "cannot keep its promise" in text
    assert "only 432 events are expected of the canary" in text
    assert "x2 within 1 h 43 min" in text
    assert "GNG414" in text


def test_explain_says_what_a_soak_keeps(cart):
    """A soak with traffic enough keeps its promise, and nothing is remarked."""
    more = "traffic: {rate: 0.5%, canary: 100, control: 1900}"
    cart.write("< +10% vs control", CLEAN, more)
    text = cart.call("explain").stdout
    assert ": keeps its promise" in text
    assert "GNG41" not in text


def test_explain_gives_scripts_the_numbers(cart):
    """The same numbers stand in the JSON; without counted metrics there are none."""
    cart.write("< +5% vs control")
    (power,) = json.loads(cart.call("explain", "--json").stdout)["power"]
    assert (False, 86_400) == (power["keeps"], power["soak"]["seconds"])
    assert power["detect_s"]["2"] == pytest.approx(6_180)
    cart.document.with_suffix(".bindings.yaml").unlink()
    assert [] == json.loads(cart.call("explain", "--json").stdout)["power"]


def test_explain_shows_power_on_the_page(cart):
    """The page for a review has it as a section, with links to the lines."""
    cart.write("< +5% vs control")
    page = cart.call("explain", "--html", "-o", "-").stdout
    assert '<h2 id="power">What the soaks can show</h2>' in page
    assert '<a href="#L10">line 10</a>' in page


def test_explain_reads_the_traffic_when_asked_to(cart):
    """With --measure it is the source that says what is usual, or why it cannot."""
    cart.write("< +50% vs control", CLEAN)
    assert "its traffic is not known" in cart.call("explain").stdout
    text = cart.call("explain", "--measure").stdout
    assert "there is no file" in " ".join(text.split())
    cart.counted(start=datetime.now(UTC) - timedelta(hours=3))
    text = cart.call("explain", "--measure").stdout
    assert "% while nothing is wrong (just read)" in text


def test_explain_divides_by_the_time_that_its_source_knows_of(cart):
    """A source of three hours is no day with little traffic; nothing is left to ask."""
    cart.write("< +50% vs control", CLEAN)
    cart.counted(start=datetime.now(UTC) - timedelta(hours=3))
    assert "GNG419" in cart.call("explain").stdout
    text = " ".join(cart.call("explain", "--measure").stdout.split())
    found = re.search(r"canary ([\d.]+)/s, control ([\d.]+)/s", text)
    assert found is not None, text
    assert pytest.approx([10.0, 90.0], rel=0.03) == [float(n) for n in found.groups()]
    assert "GNG419" not in text


def test_explain_remarks_on_what_it_measured(cart):
    """The open points are of the traffic that was read, not of what somebody stated."""
    cart.write(
        "< +50% vs control", CLEAN, "traffic: {rate: 0.5%, canary: 1e6, control: 1e6}"
    )
    cart.counted(start=datetime.now(UTC) - timedelta(hours=3), canary=6, control=6)

    def codes(*words):
        told = json.loads(cart.call("explain", "--json", *words).stdout)
        return {each["code"] for each in told["diagnostics"]}

    assert "GNG414" not in codes()
    assert "GNG414" in codes("--measure")
