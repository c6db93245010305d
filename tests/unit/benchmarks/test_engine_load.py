"""The load of the engine's benchmark: rollouts that soak, as they stand after days."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.engine.load import fill, fill_history, names, number_of
from gonogo.adapters.journals import SqliteJournal
from gonogo.model.shard import SHARDS, Shard

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
CADENCE = timedelta(seconds=30)


@pytest.fixture
def journal(tmp_path):
    """Return an empty journal."""
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


def test_the_ticks_of_a_load_are_spread_evenly_over_one_cadence(journal):
    """Nobody is late because all were due at once."""
    fill(journal, 3, CADENCE, NOON)
    expected = [NOON, NOON + CADENCE / 3, NOON + CADENCE * 2 / 3]
    assert expected == [each.due for each in journal.standings()]


def test_every_rollout_of_a_load_soaks(journal):
    """Nothing of it waits for a person, or has work under way."""
    fill(journal, 3, CADENCE, NOON)
    assert [True] * 3 == [each.soaking for each in journal.standings(under_way=True)]


def test_the_shards_of_a_load_are_left_clean(journal):
    """Else all of it would be taken for lost with its last worker, and asked again."""
    fill(journal, 3, CADENCE, NOON)
    taken = journal.next_epochs([Shard(number) for number in range(SHARDS)])
    assert {True} == {clean for _, clean in taken}


def test_of_a_history_every_second_rollout_has_turned_back(journal):
    """`gonogo status` has some of both to show."""
    fill_history(journal, 4, NOON)
    assert [False, True, False, True] == [
        each.ended_at is not None for each in journal.standings()
    ]


def test_the_name_of_a_rollout_tells_its_number():
    """Who is chosen for what is the same in every process."""
    assert [0, 1, 2] == [number_of(each) for each in names(3)]
