"""What only some sources have: paths, counters and steps over HTTP, and the journal."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.registry import maker
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.model.sample import Histogram, Level, MetricKind, Tally
from gonogo.ports.source import SourceFailed
from tests.conformance.answering import Answer, answering

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=20)


@pytest.fixture
def desk():
    """Give a server that answers what the test says."""
    with answering(Answer(body={})) as made:
        yield made


def source(kind, url="", **options):
    """Return a source of a kind, opened."""
    opening = Opening(name="numbers", url=url, options=options, now=lambda: NOON)
    return maker(kind, "numbers")(opening)


def look(made, query, kind=MetricKind.COUNT, *, at=NOON):
    """Return the sample of a look."""
    stretch = Stretch(at - MINUTE, at)
    given = made.series(query, since=at - MINUTE, until=at, deadline=SOON)
    return sample_of(kind, stretch=stretch, canary=Answers(events=given))


# -- JSON over HTTP ------------------------------------------------------------------


STATUS = {
    "errors": 3,
    "ratio": 0.5,
    "none": None,
    "ok": True,
    "word": "many",
    "text": "12",
    "of": "2026-11-22T11:59:30Z",
    "queues": [
        {"name": "mail", "depth": 4, "tags": ["a"]},
        {"name": "pay", "depth": 5},
    ],
    "buckets": [
        {"le": "0.1", "value": 1},
        {"le": 0.5, "value": 3},
        {"le": "+Inf", "value": 4},
    ],
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$.errors", 3),
        ("$['ratio']", 0.5),
        ("$.ok", 1),
        ("$.text", 12),
        ("$.queues[?@.name == 'mail'].depth", 4),
        ("$.queues[*].depth", 9),
        ("$.none", None),
        ("$.missing", None),
        ("$.queues[?@.name == 'nobody'].depth", None),
    ],
)
def test_a_path_finds_the_number(desk, query, expected):
    """What is null or not there is no data; several are added up."""
    desk.answers = [Answer(body=STATUS)]
    found = look(source("http", desk.url), query).canary
    assert expected == (None if found is None else found.events)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("$.word", "'many' where a number is wanted"),
        ("$.queues", "name one inside it"),
        ("$.queues[0]", "or objects that have a `value`"),
        ("$[", "cannot be followed"),
        ("errors", "is no JSON path. Write one that begins with $"),
        ("", "is no JSON path"),
    ],
)
def test_a_path_that_finds_no_number_is_told(desk, query, sentence):
    """Text, objects and wrong paths are errors in words."""
    desk.answers = [Answer(body=STATUS)]
    with pytest.raises(SourceFailed) as refused:
        look(source("http", desk.url), query)
    assert sentence in str(refused.value)


def test_several_levels_are_named_by_their_place(desk):
    """Levels of several things have no mean."""
    desk.answers = [Answer(body=STATUS)]
    with pytest.raises(Unreadable, match=r"\$\['queues'\]\[0\]\['depth'\]"):
        look(source("http", desk.url), "$.queues[*].depth", MetricKind.GAUGE)


def test_objects_are_read_by_their_names(desk):
    """Buckets come as objects with a bound."""
    desk.answers = [Answer(body=STATUS)]
    found = look(source("http", desk.url), "$.buckets[*]", MetricKind.QUANTILE)
    assert Histogram(edges=(0.1, 0.5), counts=(1, 2, 1)) == found.canary


def test_the_stretch_may_stand_in_the_address(desk):
    """An API may be asked for just the stretch."""
    desk.answers = [Answer(body=STATUS)]
    made = source("http", f"{desk.url}/api/")
    look(made, "/stats?from=$since_s&to=$until_s&for=$window_s $.errors")
    asked = desk.next()
    assert "/api/stats" == asked.path
    since_s = f"{(NOON - MINUTE).timestamp():.3f}"
    until_s = f"{NOON.timestamp():.3f}"
    assert {"from": since_s, "to": until_s, "for": "60.000"} == asked.params


def test_a_number_that_grows_since_ever_gives_its_rise(desk):
    """A status page counts since its process began, restarts included."""
    desk.answers = [Answer(body={"errors": count}) for count in (100, 107, 2)]
    made = source("http", desk.url, counter="true")
    looks = [look(made, "$.errors", at=NOON + n * MINUTE) for n in range(3)]
    assert [None, 7, 2] == [each.canary and each.canary.events for each in looks]
    assert 1 == looks[2].resets


def test_an_answer_may_say_of_when_it_is(desk):
    """A page that a cache holds for ten minutes is stale."""
    made = source("http", desk.url, time="$.of")
    desk.answers = [Answer(body=STATUS)]
    assert Level(mean=3) == look(made, "$.errors", MetricKind.GAUGE).canary
    desk.answers = [Answer(body={**STATUS, "of": "2026-11-22T11:50:00Z"})]
    assert "stale" in look(made, "$.errors", MetricKind.GAUGE).notes[0]


@pytest.mark.parametrize(
    ("of", "sentence"), [("soon", "gave the time 'soon'"), (None, "gave the time")]
)
def test_a_time_that_is_none_is_told(desk, of, sentence):
    """A wrong instant is not taken for now."""
    desk.answers = [Answer(body={**STATUS, "of": of})]
    with pytest.raises(SourceFailed, match=sentence):
        look(source("http", desk.url, time="$.of"), "$.errors")


def test_headers_and_passwords_are_sent(desk):
    """Whoever asks is known by what the options say."""
    desk.answers = [Answer(body=STATUS)]
    options = {"user": "me", "password": "pässword", "header.X-Tenant": "shop"}
    look(source("http", desk.url, **options), "$.errors")
    headers = desk.next().headers
    assert "Basic bWU6cMOkc3N3b3Jk" == headers["authorization"]
    assert "shop" == headers["x-tenant"]


# -- Prometheus ----------------------------------------------------------------------


def answer(result, kind="vector", **more):
    """Return an answer of Prometheus."""
    data = {"resultType": kind, "result": result}
    return Answer(body={"status": "success", "data": data, **more})


def test_the_stretch_stands_in_the_query_and_the_time(desk):
    """Looks neither overlap nor leave a gap, to the millisecond."""
    desk.answers = [answer([])]
    made = source(
        "prometheus", f"{desk.url}/prometheus/", **{"header.X-Scope-OrgID": "a"}
    )
    since = NOON - timedelta(seconds=61.2345)
    made.series("x[$window] + y[${window}]", since=since, until=NOON, deadline=SOON)
    asked = desk.next()
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert ("POST", "/prometheus/api/v1/query") == (asked.method, asked.path)
    assert "a" == asked.headers["x-scope-orgid"]
    assert {
        "query": "x[61234ms] + y[61234ms]",
        "time": f"{NOON.timestamp():.3f}",
        "timeout": "20s",
    } == form


def test_an_instant_between_milliseconds_is_in_its_own_stretch(desk):
    """What Prometheus gives as of the instant asked never lies after it."""
    desk.answers = [answer([])]
    made = source("prometheus", desk.url)
    until = NOON + timedelta(microseconds=999_900)
    made.series("x", since=NOON, until=until, deadline=SOON)
    asked = parse_qs(desk.next().body.decode())["time"][0]
    assert f"{NOON.timestamp() + 0.999:.3f}" == asked


def test_a_level_may_be_read_in_steps(desk):
    """A range has several values of the stretch, and the mean is its level."""
    at_s = NOON.timestamp()
    values = [[at_s - 30, "10"], [at_s, "20"]]
    desk.answers = [answer([{"metric": {}, "values": values}], "matrix")]
    made = source("prometheus", desk.url, step="30s")
    assert Level(mean=15) == look(made, "depth", MetricKind.GAUGE).canary
    asked = desk.next()
    form = parse_qs(asked.body.decode())
    assert "/api/v1/query_range" == asked.path
    assert (["30s"], [f"{at_s:.3f}"]) == (form["step"], form["end"])
    assert [f"{at_s - 60 + 0.001:.3f}"] == form["start"]


def test_a_scalar_is_a_number(desk):
    """`scalar(…)` has no labels."""
    desk.answers = [answer([NOON.timestamp(), "7"], "scalar")]
    found = look(source("prometheus", desk.url), "7", MetricKind.GAUGE)
    assert Level(mean=7) == found.canary


def test_warnings_are_told(desk):
    """What Prometheus warns of stands beside what it gave, or did not."""
    desk.answers = [answer([], warnings=["part is missing"], infos=["no counter?"])]
    found = look(source("prometheus", desk.url), "x")
    assert "Prometheus says: part is missing" in found.notes
    assert "Prometheus says: no counter?" in found.notes


def test_a_delay_asks_about_earlier(desk):
    """What is gathered from far away is asked for when it is there."""
    asked_s = NOON.timestamp() - 90
    desk.answers = [answer([{"metric": {}, "value": [asked_s, "3"]}])]
    found = look(source("prometheus", desk.url, delay="90s"), "x")
    assert Tally(events=3, exposure=pytest.approx(1 / 60)) == found.canary
    form = parse_qs(desk.next().body.decode())
    assert [f"{asked_s:.3f}"] == form["time"]


def test_a_native_histogram_keeps_its_gaps(desk):
    """Buckets that hold nothing are not named, and are known to be empty."""
    buckets = [[0, "1", "2", "3"], [0, "2", "4", "5"], [0, "16", "32", "2"]]
    histogram = {"count": "10", "sum": "60", "buckets": buckets}
    one = {"metric": {}, "histogram": [NOON.timestamp(), histogram]}
    desk.answers = [answer([one])]
    found = look(source("prometheus", desk.url), "x", MetricKind.QUANTILE)
    edges = (1, 2, 4, 16, 32)
    assert Histogram(edges=edges, counts=(0, 3, 5, 0, 2, 0)) == found.canary


# -- the journal ---------------------------------------------------------------------


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """Give a function that has journalctl print entries, and keeps its arguments."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")

    def holds(*entries, tail=""):
        lines = "".join(f"{json.dumps(entry)}\n" for entry in entries)
        (tmp_path / "entries").write_text(lines)
        program = programs / "journalctl"
        program.write_text(
            f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{tmp_path / 'arguments'}'\n"
            f"cat '{tmp_path / 'entries'}'\n{tail}\n"
        )
        program.chmod(0o755)
        return tmp_path / "arguments"

    return holds


def entry(message, *, before=timedelta(), **fields):
    """Return an entry as the journal has it."""
    at_us = int((NOON - before).timestamp() * 1e6)
    return {"__REALTIME_TIMESTAMP": str(at_us), "MESSAGE": message, **fields}


def test_journal_entries_are_counted(journal):
    """Messages match a pattern; fields and JSON messages follow a path."""
    journal(
        entry("ERROR a", PRIORITY="3"),
        entry("ERROR earlier", before=2 * MINUTE, PRIORITY="3"),
        entry(list(b"ERROR \xff"), PRIORITY="3"),
        entry('{"status": 503}', PRIORITY="6"),
        entry(None, PRIORITY="6"),
    )
    made = source("journald", unit="shop.service")
    assert 2 == look(made, "ERROR").canary.events
    assert 2 == look(made, "$[?@.PRIORITY == '3']").canary.events
    assert 1 == look(made, "$[?@.MESSAGE.status >= 500]").canary.events


def test_the_journal_is_asked_without_a_shell(journal):
    """What the options say is an argument and never a command."""
    arguments = journal(entry("x"))
    look(source("journald", unit="$(touch x); x.service", identifier="shop"), "x")
    told = arguments.read_text().splitlines()
    assert "--unit=$(touch x); x.service" in told
    assert "--identifier=shop" in told
    assert f"--since=@{int(NOON.timestamp()) - 180}" in told
    assert f"--until=@{int(NOON.timestamp()) + 1}" in told


def test_an_endless_journal_is_refused(journal):
    """Memory is bounded, whatever a unit writes."""
    journal(tail="exec cat /dev/zero")
    with pytest.raises(SourceFailed, match="more than 32 MiB"):
        look(source("journald"), "x")


def test_rubbish_in_the_journal_is_no_entry(journal):
    """A line that is none does not end the look."""
    journal(entry("ERROR"), {"MESSAGE": "ERROR"}, [1], {"__REALTIME_TIMESTAMP": "x"})
    assert 1 == look(source("journald"), "ERROR").canary.events


def test_a_silent_journal_may_mean_that_nothing_happened(journal):
    """Only where the options say so."""
    journal()
    assert None is look(source("journald"), "ERROR").canary
    assert 0 == look(source("journald", quiet="true"), "ERROR").canary.events


def test_a_machine_without_a_journal_is_told(tmp_path, monkeypatch):
    """Without systemd a file is the way."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceFailed, match=r"no journalctl here. Read the log"):
        look(source("journald"), "x")


@pytest.mark.skipif(shutil.which("journalctl") is None, reason="no journalctl here")
def test_the_real_program_takes_our_arguments(tmp_path):
    """A folder that is not there is told in the program's own words."""
    made = source("journald", directory=str(tmp_path / "nowhere"), unit="x.service")
    with pytest.raises(SourceFailed, match=r"journal cannot be read: .*nowhere"):
        look(made, "x")
