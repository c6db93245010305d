"""
The source port: one suite over the sources that gonogo asks by itself.

Each world is real: a server, a database, a file, a program. What is not there is never
zero; what is wrong is said in words, within the deadline, and without secrets.
"""

import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.model.sample import Level, MetricKind, Tally
from gonogo.ports.source import SourceFailed
from tests.conformance import source_worlds as worlds
from tests.conformance.source_worlds import SECRET, Fact

UNTIL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SINCE = UNTIL - MINUTE
STRETCH = Stretch(SINCE, UNTIL)
SOON = timedelta(seconds=20)
SHORT = timedelta(seconds=0.5)
SOON_S = 8  # two busy cores; what hangs would take a minute

ALL = {
    "prometheus": worlds.PrometheusWorld,
    "http": worlds.HttpWorld,
    "csv": worlds.CsvWorld,
    "sqlite": worlds.SqliteWorld,
    "sqlalchemy": worlds.AlchemyWorld,
    "postgres": worlds.PostgresWorld,
    "log": worlds.LogWorld,
    "journald": worlds.JournaldWorld,
}
LABELLED = ("prometheus", "http", "csv", "sqlite", "sqlalchemy", "postgres")
HANGING = tuple(name for name in ALL if name not in {"csv", "log"})
SERVED = ("prometheus", "http")


def fact(value, *, before=timedelta(), queue="mail"):
    """Return a value of so long before the look."""
    return Fact(value=value, at=UNTIL - before, queue=queue)


@pytest.fixture
def world(request, tmp_path, monkeypatch):
    """Give the world of a name, which is ended afterwards."""
    name = request.param
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")
    with ExitStack() as stack:
        made = ALL[name](folder=tmp_path, now=UNTIL, stack=stack)
        if name == "postgres":
            made.url = request.getfixturevalue("database_url")
        made.begin()
        yield made


def over(*names):
    """Run a test over the worlds of these names."""
    return pytest.mark.parametrize("world", names or tuple(ALL), indirect=True)


def asked(world, source=None, *, kind=MetricKind.COUNT, deadline=SOON):
    """Return the sample of a look."""
    source = source or world.source()
    given = source.series(world.query, since=SINCE, until=UNTIL, deadline=deadline)
    return sample_of(kind, stretch=STRETCH, canary=Answers(events=given))


@over()
def test_a_number_of_the_stretch_is_given(world):
    """What was counted in the stretch is what a look sees."""
    world.tell([fact(3)])
    assert Tally(events=3, exposure=pytest.approx(1 / 60)) == asked(world).canary


@over()
def test_a_level_is_given_as_it_is(world):
    """A gauge has its level, zero and below included."""
    world.tell([fact(-2.5)])
    assert Level(mean=-2.5) == asked(world, kind=MetricKind.GAUGE).canary


@over()
def test_what_a_look_saw_is_not_seen_again(world):
    """A new fact counts, and an old one does not count twice."""
    source = world.source()
    world.tell([fact(3, before=MINUTE / 2)])
    asked(world, source)
    world.now = UNTIL + MINUTE
    world.tell([Fact(value=4, at=UNTIL + MINUTE)])
    given = source.series(world.query, since=UNTIL, until=UNTIL + MINUTE, deadline=SOON)
    stretch = Stretch(UNTIL, UNTIL + MINUTE)
    found = sample_of(MetricKind.COUNT, stretch=stretch, canary=Answers(events=given))
    assert 4 == found.canary.events


@over()
def test_nothing_is_no_data(world):
    """An empty answer is not a zero."""
    world.tell([])
    found = asked(world)
    assert found.canary is None
    assert "gave nothing" in found.notes[0]


@over(*LABELLED)
def test_no_number_is_no_data(world):
    """NaN, NULL and an empty cell are no data."""
    world.tell([fact(None)])
    found = asked(world)
    assert found.canary is None
    assert found.notes


@over()
def test_a_stale_value_is_no_data(world):
    """What was so ten minutes ago says nothing about the last one."""
    world.tell([fact(3, before=10 * MINUTE)])
    found = asked(world, kind=MetricKind.GAUGE)
    assert found.canary is None
    assert "stale, of 11:50:00 UTC, 10 min before the look" in found.notes[0]


@over("prometheus", "http", "csv", "sqlite", "sqlalchemy", "postgres", "log")
def test_a_clock_that_runs_ahead_is_told(world):
    """A source that lives in the future is not asked about the present."""
    world.tell([fact(3, before=-5 * MINUTE)])
    with pytest.raises(Unreadable, match=r"clock runs ahead.*5 min after"):
        asked(world)


@over(*LABELLED)
def test_many_series_are_named(world):
    """Levels of several queues have no mean; which they are is said."""
    world.tell([fact(1, queue="mail"), fact(2, queue="pay")])
    with pytest.raises(Unreadable, match=r'queue="mail".*queue="pay"'):
        asked(world, kind=MetricKind.GAUGE)
    assert 3 == asked(world).canary.events


@over(*LABELLED)
def test_text_is_an_error(world):
    """A word where a number is wanted is shown."""
    world.tell([fact("many")])
    with pytest.raises(
        SourceFailed, match=r"'numbers'.*'many' where a number is wanted"
    ):
        asked(world)


@over("log", "journald")
def test_text_among_numbers_is_told(world):
    """What matched and is no number is not left out in silence."""
    world.tell([fact(3), fact("many")])
    found = asked(world)
    assert 3 == found.canary.events
    assert "1 were no numbers, such as 'many'" in found.notes[0]


@over(*HANGING)
def test_a_source_that_hangs_fails_in_time(world):
    """Nobody waits longer than the deadline, and the sentence says for what."""
    world.tell([fact(3)])
    world.hang()
    source, began = world.source(), time.monotonic()
    with pytest.raises(
        SourceFailed, match=r"'numbers'.*(deadline of 0\.5 s|statement timeout)"
    ):
        asked(world, source, deadline=SHORT)
    assert time.monotonic() - began < SOON_S


@over()
def test_a_source_that_fails_is_asked_again_at_the_next_look(world):
    """One bad answer is one error, and the next look may go well."""
    source = world.source()
    world.tell([fact(3)])
    assert 3 == asked(world, source).canary.events
    world.fail()
    with pytest.raises(SourceFailed, match="'numbers'"):
        asked(world, source)
    world.tell([fact(4)])
    logged = 3 if world.kind == "log" else 0  # a new log goes on from the old one
    assert 4 + logged == asked(world, source).canary.events


@over(*SERVED)
def test_an_internal_error_is_told_with_its_status(world):
    """500 is an error of the source, and no number."""
    world.fail()
    with pytest.raises(SourceFailed, match=r"status 500.*asked at the next look"):
        asked(world)


@over(*SERVED)
def test_the_token_is_sent_and_never_told(world):
    """A refusal names the option that holds the key, not the key."""
    world.desk.answers = [worlds.Answer(status=401, body={"error": "who are you"})]
    with pytest.raises(SourceFailed) as refused:
        asked(world)
    assert f"Bearer {SECRET}" == world.desk.next().headers["authorization"]
    assert SECRET not in str(refused.value)
    assert "the option `token`" in str(refused.value)


@over(*SERVED)
@pytest.mark.parametrize(
    "body", ["<html>login</html>", "", "[1, 2", "[" * 100_000, {"data": 7}, [[]], {}]
)
def test_an_answer_of_another_form_is_told(world, body):
    """A proxy's page, half an answer and somebody else's JSON are errors in words."""
    world.desk.answers = [worlds.Answer(body=body)]
    try:
        found = asked(world)
    except SourceFailed as failed:
        assert "'numbers'" in str(failed)  # noqa: PT017 - or nothing was found
    else:
        assert found.canary is None


@over()
def test_several_ask_at_once(world):
    """Both arms are asked at the same time, on threads of their own."""
    world.tell([fact(3)])
    source, found, begin = world.source(), [], Barrier(6)

    def ask():
        begin.wait()
        found.append(asked(world, source).canary.events)

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [3.0] * 6 == found


@over("http", "csv", "log", "journald")
def test_an_option_that_is_no_truth_value_is_told(world):
    """A misspelt option is not taken for false."""
    name = "quiet" if world.kind in {"log", "journald"} else "counter"
    world.options = {name: "yes"}
    with pytest.raises(SourceFailed, match="Write true or false"):
        world.source()
