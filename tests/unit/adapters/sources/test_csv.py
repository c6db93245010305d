"""A CSV file as a source: long and wide, growing, and wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from gonogo.adapters.sources.csv import opened
from gonogo.adapters.sources.opening import Opening
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch
from gonogo.model.sample import Histogram, Level, MetricKind
from gonogo.ports.source import SourceFailed

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=20)
LONG = "time,metric,arm,value"


class File:
    """A CSV file, and the source that reads it."""

    def __init__(self, folder, header, **options):
        self.path = folder / "numbers.csv"
        self.source = opened(
            Opening(
                name="numbers",
                url="numbers.csv",
                options=options,
                folder=folder,
                now=lambda: NOON + timedelta(days=1),
            )
        )
        self.write(header)

    def write(self, *rows):
        """Write more rows."""
        with self.path.open("a") as file:
            file.write("".join(f"{row}\n" for row in rows))

    def look(self, query, *, at=NOON, kind=MetricKind.COUNT, deadline=SOON):
        """Return the sample of a look at an instant."""
        stretch = Stretch(at - MINUTE, at)
        given = self.source.series(
            query, since=stretch.since, until=at, deadline=deadline
        )
        return sample_of(kind, stretch=stretch, canary=Answers(events=given))

    def count(self, query, *, at=NOON):
        """Return what a look counts."""
        found = self.look(query, at=at).canary
        return None if found is None else found.events


def test_a_row_counts_in_the_look_that_it_lies_in(tmp_path):
    """A past day is judged look by look, as it was."""
    file = File(tmp_path, LONG)
    file.write(*(f"2026-11-22T11:{m:02}:30Z,errors,canary,{m}" for m in range(60)))
    for minute in (10, 20, 59):
        at = NOON - timedelta(minutes=59 - minute)
        assert minute == file.count('errors{arm="canary"}', at=at)


def test_rows_written_later_are_seen_later(tmp_path):
    """The file grows while the rollout goes on."""
    file = File(tmp_path, LONG)
    assert None is file.count("errors")
    file.write("2026-11-22T11:59:30Z,errors,canary,3", "2026-11-22T11:59:40,errors,x,4")
    assert 7 == file.count("errors")
    assert 3 == file.count('errors{arm="canary"}')


def test_rows_need_not_be_in_order(tmp_path):
    """Several writers are sorted by time."""
    file = File(tmp_path, LONG)
    file.write("2026-11-22T11:59:50Z,errors,a,1", "2026-11-22T11:50:00Z,errors,a,9")
    file.write("2026-11-22T11:59:10Z,errors,a,2")
    assert 3 == file.count("errors")


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-22T11:59:30Z",
        "2026-11-22 12:59:30+01:00",
        "1795348770",
        "1795348770000",
    ],
)
def test_times_may_be_written_in_several_ways(tmp_path, time):
    """ISO 8601, and Unix seconds or milliseconds."""
    file = File(tmp_path, LONG)
    file.write(f"{time},errors,canary,3")
    assert 3 == file.count("errors")


def test_a_wide_file_has_a_column_for_each_metric(tmp_path):
    """What a spreadsheet exports can be read as it is."""
    file = File(tmp_path, "time,canary_errors,canary_requests,pod")
    file.write("2026-11-22T11:59:30Z,3,100,a", "2026-11-22T11:59:40Z,1,50,b")
    assert (4, 150) == (file.count("canary_errors"), file.count("canary_requests"))
    assert 1 == file.count('canary_errors{pod="b"}')


def test_levels_of_instances_have_a_mean(tmp_path):
    """Instances are told apart by their column."""
    file = File(tmp_path, "time,cpu,pod")
    file.write("2026-11-22T11:59:30Z,10,a", "2026-11-22T11:59:30Z,30,b")
    found = file.look("cpu", kind=MetricKind.GAUGE)
    assert Level(mean=20, instances=2) == found.canary


def test_buckets_stand_in_a_column_of_their_own(tmp_path):
    """A histogram has a row for each bound."""
    file = File(tmp_path, "time,metric,le,value")
    file.write(
        *(
            f"2026-11-22T11:59:{second}Z,seconds,{le},{count}"
            for second in (20, 40)
            for le, count in (("0.1", 1), ("0.5", 3), ("+Inf", 4))
        )
    )
    found = file.look("seconds", kind=MetricKind.QUANTILE)
    assert Histogram(edges=(0.1, 0.5), counts=(2, 4, 2)) == found.canary


def test_a_counter_gives_its_rise(tmp_path):
    """What counts since ever is counted by the stretch, restarts included."""
    file = File(tmp_path, LONG, counter="true")
    levels = (("11:57:50", 70), ("11:58:50", 100), ("11:59:20", 103), ("11:59:50", 4))
    file.write(*(f"2026-11-22T{at}Z,errors,canary,{level}" for at, level in levels))
    found = file.look("errors")
    assert (3 + 4, 1) == (found.canary.events, found.resets)
    assert 30 == file.count("errors", at=NOON - MINUTE)


def test_a_counter_read_once_says_nothing(tmp_path):
    """One reading has no rise."""
    file = File(tmp_path, LONG, counter="true")
    file.write("2026-11-22T11:59:50Z,errors,canary,100")
    assert None is file.count("errors")


@pytest.mark.parametrize("cell", ["", "NaN", "inf", " "])
def test_a_cell_without_a_number_is_no_data(tmp_path, cell):
    """An empty cell is no zero."""
    file = File(tmp_path, LONG)
    file.write(f"2026-11-22T11:59:30Z,errors,canary,{cell}")
    assert None is file.count("errors")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("yesterday,errors,canary,3", "has no time in line 3: 'yesterday'"),
        ("2026-11-22T11:59:30Z,errors,3", "has 3 cells in line 3, not 4"),
    ],
)
def test_a_wrong_line_is_told_once_and_left_out(tmp_path, row, sentence):
    """One bad line is one error, with its number; the next look goes on."""
    file = File(tmp_path, LONG)
    file.write("2026-11-22T11:59:10Z,errors,canary,3", row)
    with pytest.raises(SourceFailed, match=sentence):
        file.count("errors")
    assert 3 == file.count("errors")


def test_text_is_told_with_its_line_and_column(tmp_path):
    """A person finds the cell."""
    file = File(tmp_path, LONG)
    file.write("2026-11-22T11:59:10Z,errors,canary,many")
    with pytest.raises(SourceFailed, match="line 2, column 'value', gave 'many'"):
        file.count("errors")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('errors{region="eu"}', "has no column 'region'; it has time, metric, arm"),
        ("count(errors)", "asked by name and labels only"),
        ("errors{", "is no selector"),
    ],
)
def test_a_query_that_does_not_fit_is_told(tmp_path, query, sentence):
    """A misspelt label is not an empty answer."""
    file = File(tmp_path, LONG)
    with pytest.raises(SourceFailed) as refused:
        file.count(query)
    assert sentence in str(refused.value)


def test_a_metric_that_a_wide_file_lacks_is_told(tmp_path):
    """The columns that there are are named."""
    file = File(tmp_path, "time,errors")
    with pytest.raises(SourceFailed, match="no column 'error'; it has time, errors"):
        file.count("error")


def test_a_file_that_is_written_anew_says_everything_again(tmp_path):
    """What is exported whole each minute is not counted twice."""
    file = File(tmp_path, LONG)
    file.write("2026-11-22T11:59:10Z,errors,canary,3")
    assert 3 == file.count("errors")
    file.path.unlink()
    file.write("time,errors", "2026-11-22T11:59:50Z,4")
    assert 4 == file.count("errors")


def test_a_long_file_is_read_over_several_looks(tmp_path):
    """A deadline that is too short is told, and nothing is read twice."""
    file = File(tmp_path, LONG)
    file.write(*(f"2026-11-22T11:59:30Z,errors,a{n},1" for n in range(60_000)))
    with pytest.raises(SourceFailed, match="reading goes on at the next look"):
        file.look("errors", deadline=timedelta())
    assert 60_000 == file.count("errors")


def test_of_an_endless_file_only_the_newest_rows_are_kept(tmp_path, monkeypatch):
    """Memory is bounded, and a look at what was dropped is no zero."""
    monkeypatch.setattr("gonogo.adapters.sources.csv._MOST_ROWS", 100)
    file = File(tmp_path, LONG)
    start = NOON - timedelta(minutes=119)
    for minute in range(120):
        at = start + minute * MINUTE
        file.write(f"{at.isoformat()},errors,canary,1")
    assert 1 == file.count("errors")
    with pytest.raises(SourceFailed, match="only the newest 100 rows are kept"):
        file.count("errors", at=start + MINUTE)
