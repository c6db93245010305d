"""A log file as a source: what is counted, what is silence, and what is not known."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gonogo.adapters.sources.logs import opened
from gonogo.adapters.sources.opening import Opening
from gonogo.analysis.reducing import Answers, sample_of, shown
from gonogo.analysis.stretch import Stretch
from gonogo.model.sample import MetricKind
from gonogo.ports.source import SourceFailed

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SOON = timedelta(seconds=20)


class Log:
    """A log file, the source that reads it, and a clock."""

    def __init__(self, folder, **options):
        self.path, self.now = folder / "service.log", NOON
        self.path.touch()
        self.source = opened(
            Opening(
                name="log",
                url="service.log",
                options=options,
                folder=folder,
                now=lambda: self.now,
            )
        )

    def write(self, *lines):
        """Write lines of text, or of JSON."""
        with self.path.open("a") as file:
            for line in lines:
                text = line if isinstance(line, str) else json.dumps(line)
                file.write(f"{text}\n")

    def look(self, query, kind=MetricKind.COUNT, *, minutes=1):
        """Return what a look at this instant sees, and go on by a minute."""
        stretch = Stretch(self.now - minutes * MINUTE, self.now)
        given = self.source.series(
            query, since=stretch.since, until=stretch.until, deadline=SOON
        )
        self.now += MINUTE
        return sample_of(kind, stretch=stretch, canary=Answers(events=given))

    def count(self, query):
        """Return what a look counts."""
        found = self.look(query).canary
        return None if found is None else found.events


@pytest.fixture
def log(tmp_path):
    """Give an empty log, looked at once."""
    made = Log(tmp_path)
    made.look("x")
    return made


def test_lines_without_a_time_count_as_they_are_written(log):
    """A log without clocks is counted by its arrival, each line once."""
    log.write("ERROR a", "INFO b", "ERROR c")
    assert 2 == log.count("ERROR")
    log.write("ERROR d")
    assert 1 == log.count("ERROR")


def test_what_was_there_before_the_first_look_is_not_counted(tmp_path):
    """Errors of last week are none of this rollout, and the first look says so."""
    log = Log(tmp_path)
    log.write("ERROR a")
    found = log.look("ERROR")
    assert found.canary is None
    assert "gave nothing." in found.notes[0]
    assert "is known only from 12:00:00 UTC on; the next look counts" in found.notes[1]
    log.write("INFO b")
    assert 0 == log.count("ERROR")


def test_lines_with_a_time_count_from_the_first_look(tmp_path):
    """A log that names its instants is read back."""
    log = Log(tmp_path)
    log.write("2026-11-22T11:00:00Z start", "2026-11-22 11:59:30,250 ERROR a")
    log.write("2026-11-22T11:58:59Z ERROR earlier", "[2026-11-22T12:59:40+01:00] ERROR")
    assert 2 == log.count("ERROR")


def test_a_line_belongs_to_the_one_before_it(tmp_path):
    """A stack trace has the time of its error."""
    log = Log(tmp_path)
    log.write("2026-11-22T11:00:00Z start", "2026-11-22T11:59:30Z ERROR", "  at pay()")
    assert 1 == log.count(r"at pay\(")


def test_times_without_a_zone_are_of_the_zone_that_is_said(tmp_path):
    """Many logs are written in local time."""
    log = Log(tmp_path, zone="Europe/Berlin")
    log.write("2026-11-22 12:00:00 start", "2026-11-22 12:59:30 ERROR")
    assert 1 == log.count("ERROR")


def test_an_unknown_zone_is_told(tmp_path):
    """A misspelt zone is not taken for UTC."""
    with pytest.raises(SourceFailed, match="'Berlin', which names no time zone"):
        Log(tmp_path, zone="Berlin")


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        pytest.param(0, 0, id="it goes on writing"),
        pytest.param(2, 0, id="two silent stretches"),
        pytest.param(3, None, id="three silent stretches"),
    ],
)
def test_a_log_that_falls_silent_is_no_data(log, silent, expected):
    """No line of any kind may mean that nobody is there who could write one."""
    log.write("INFO a")
    log.look("ERROR")
    for _ in range(silent):
        found = log.look("ERROR")
    if not silent:
        log.write("INFO b")
        found = log.look("ERROR")
    assert expected == (None if found.canary is None else found.canary.events)


def test_silence_may_be_said_to_mean_nothing_happened(tmp_path):
    """A log of nothing but errors is silent while all is well."""
    log = Log(tmp_path, quiet="true")
    log.look("ERROR")
    assert [0, 0, 0, 0, 0] == [log.count("ERROR") for _ in range(5)]


def test_json_lines_are_counted_by_a_path(log):
    """Members are compared as what they are."""
    log.write({"status": 200}, {"status": 503}, {"status": "503"}, "no JSON", [503])
    assert 1 == log.count("$[?@.status >= 500]")
    log.write({"status": 200})
    assert 1 == log.count("$")


def test_a_json_line_names_its_time(tmp_path):
    """The usual names are known, and others are said; Unix times as well."""
    log = Log(tmp_path, time="when")
    log.write(
        {"when": NOON.timestamp() - 3600}, {"when": "2026-11-22T11:59:30Z", "e": 1}
    )
    log.write({"time": "2020-01-01T00:00:00Z", "when": NOON.timestamp() * 1000, "e": 1})
    assert 2 == log.count("$[?@.e == 1]")


def test_numbers_in_lines_have_a_mean(log):
    """A named group takes the number."""
    log.write("took 10 ms", "took 30 ms", "idle")
    found = log.look(r"took (?P<value>\d+) ms", MetricKind.GAUGE)
    assert 20 == found.canary.mean


@pytest.mark.parametrize(
    ("lines", "query"),
    [
        ([f"took {n} ms" for n in range(1, 101)], r"buckets: took (?P<value>\d+)"),
        ([{"took": n} for n in range(1, 101)], "buckets: $[?@.took > 0].took"),
    ],
    ids=["text", "JSON"],
)
def test_numbers_in_lines_make_a_histogram(log, lines, query):
    """A percentile of a log's durations is right to two percent."""
    log.write(*lines)
    arm = log.look(query, MetricKind.QUANTILE).canary
    assert 100 == sum(arm.counts)
    found = shown(MetricKind.QUANTILE, arm, quantile=0.95)
    assert 95 == pytest.approx(found, rel=0.021)


def test_a_log_without_slow_requests_has_a_histogram_of_nothing(log):
    """No observation is no percentile, and no missing arm."""
    log.write("idle")
    found = log.look(r"buckets: took (?P<value>\d+)", MetricKind.QUANTILE)
    assert (0,) == found.canary.counts


def test_a_pattern_may_be_told_what_to_do(log):
    """A number may be counted instead of taken."""
    log.write("took 10 ms", "took 30 ms")
    assert 2 == log.count(r"count: took (?P<value>\d+)")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("(", "is no regular expression"),
        ("", "the query is empty"),
        ("count:", "the query is empty"),
        ("$[", "cannot be followed"),
        ("values: took", r"write (?P<value>…) round it"),
    ],
)
def test_a_pattern_that_is_none_is_told(log, query, sentence):
    """The look fails in words, and the source goes on."""
    with pytest.raises(SourceFailed) as refused:
        log.look(query)
    assert sentence in str(refused.value)
    assert "Source 'log'" in str(refused.value)


def test_a_rotation_loses_and_doubles_nothing(log):
    """What was written before and after it is counted once."""
    log.write("ERROR a")
    log.path.rename(log.path.with_suffix(".1"))
    log.path.touch()
    log.write("ERROR b")
    counts = [log.count("ERROR"), log.count("ERROR")]
    assert 2 == sum(counts)


def test_a_delay_waits_for_lines_that_are_written_late(tmp_path):
    """What is buffered for seconds is counted in its own stretch."""
    log = Log(tmp_path, delay="30s")
    log.write("2026-11-22T11:00:00Z start")
    log.write("2026-11-22T11:59:20Z ERROR", "2026-11-22T11:59:40Z ERROR")
    assert 1 == log.count("ERROR")
    log.write("2026-11-22T11:59:50Z ERROR late")
    assert 2 == log.count("ERROR")


def test_after_closing_the_log_goes_on(log):
    """Letting go of the file ends nothing, and counts nothing twice."""
    log.write("ERROR a")
    assert 1 == log.count("ERROR")
    log.source.close()
    assert None is log.count("ERROR")
    log.write("ERROR b")
    assert 1 == log.count("ERROR")


def test_of_an_endless_log_only_the_newest_lines_are_kept(log, monkeypatch):
    """Memory is bounded, and a stretch that is not wholly known is no data."""
    monkeypatch.setattr("gonogo.adapters.sources.logs._MOST_BYTES", 1_000)
    log.write(*["ERROR"] * 100)
    assert 100 == log.count("ERROR")
    log.write(*["ERROR"] * 300)
    assert None is log.count("ERROR")
    log.write("ERROR")
    assert 1 == log.count("ERROR")


def test_a_log_that_is_not_read_in_time_is_told(log):
    """The look fails, and the next one goes on from there."""
    log.write("ERROR " * 10)
    until = log.now
    with pytest.raises(SourceFailed, match="reading goes on at the next look"):
        log.source.series(
            "ERROR", since=until - MINUTE, until=until, deadline=timedelta(seconds=-1)
        )
    assert 1 == log.count("ERROR")
