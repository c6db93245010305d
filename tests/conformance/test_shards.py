"""One suite over every way to share out the shards; `ports.shards` says what it asks."""

import signal
from collections import defaultdict
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import psycopg
import pytest
import sqlalchemy as sa
from dbos import DBOSClient
from psycopg import sql

from gonogo.adapters.shards.care import Care
from gonogo.adapters.shards.chain import APPLICATION, Chain, turn_id
from gonogo.adapters.shards.dbos import DbosShards
from gonogo.adapters.shards.errors import ShardsUnusable
from gonogo.model.shard import Fence, Shard
from gonogo.testing.journal import MemoryJournal
from gonogo.testing.postgres import private_postgres
from gonogo.testing.shards import EVERY_SHARD, Turns
from tests.conformance.shard_fleet import (
    Fleet,
    MemoryWorker,
    ProcessWorker,
    until_held,
)

# Six seconds are promised, and measured by itself; a machine that is busy with other
# tests gets some more.
TAKEN_OVER_WITHIN_S = 9.0

sharing = pytest.mark.parametrize("fleet", ["memory", "dbos"], indirect=True)
processes = pytest.mark.parametrize("fleet", ["locked", "dbos"], indirect=True)
on_dbos = pytest.mark.parametrize("fleet", ["dbos"], indirect=True)
on_locked = pytest.mark.parametrize("fleet", ["locked"], indirect=True)

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def template(postgres):
    """Give a database in which a worker has been: making the tables takes a second."""
    fleet = Fleet("dbos", postgres.create_database("shards_template"))
    fleet.start_whole().close()
    fleet.clear()
    return "shards_template"


@pytest.fixture(params=["memory", "locked", "dbos"])
def fleet(request, tmp_path):
    """Give workers that share the shards of one place."""
    place = _database(request) if request.param == "dbos" else str(tmp_path)
    workers = Fleet(request.param, place)
    yield workers
    workers.clear()


def test_the_only_worker_holds_every_shard(fleet):
    """Every shard is in somebody's hands, as long as one worker lives."""
    worker = fleet.start_whole()
    assert set(EVERY_SHARD) == set(worker.seen.held)


def test_what_a_worker_left_comes_clean_to_the_next(fleet):
    """A worker that ended as it should leaves nothing in doubt, in no shard."""
    first = fleet.start_whole()
    first.close()
    assert {} == first.seen.held
    second = fleet.start_whole()
    assert {True} == {taken["clean"] for taken in second.seen.held.values()}
    assert _later(first.seen.all("taken"), second.seen.all("taken"))


def test_what_a_dead_worker_held_comes_unclean_to_the_next(fleet):
    """Whatever a dead worker had under way is in doubt."""
    first = fleet.start_whole()
    first.kill()
    second = fleet.start_whole()
    assert {False} == {taken["clean"] for taken in second.seen.held.values()}
    assert _later(first.seen.all("taken"), second.seen.all("taken"))


@processes
def test_a_worker_ends_only_when_its_action_has(fleet):
    """An action under way holds its shard; the others are left at its end."""
    worker = fleet.start_whole()
    worker.say("busy")
    worker.say("close")
    worker.seen.until_said("refused")
    assert not worker.seen.all("left")
    worker.say("free")
    worker.seen.until_said("closed")
    assert {} == worker.seen.held


@sharing
def test_two_workers_share_the_shards_and_never_hold_one_both(fleet):
    """A second worker gets its half, each shard only after the first has left it."""
    first = fleet.start_whole(turn_s=2)
    second = fleet.start(turn_s=2)
    until_held(second, 32)
    _check_one_at_a_time(first.seen.log, second.seen.log)
    shared = [e for e in second.seen.all("taken") if e["clean"]]
    assert len(shared) >= 32


@sharing
def test_a_dead_worker_is_taken_over_soon(fleet):
    """Within seconds of `kill -9` the other worker holds every shard."""
    first, second, theirs = _two(fleet)
    seen = len(first.seen.log)
    second.kill()
    took_s = _taken_over_s(first, theirs, behind=seen)
    assert took_s < TAKEN_OVER_WITHIN_S


@on_dbos
def test_a_worker_that_stood_still_is_passed_over_and_joins_again(fleet):
    """A stopped worker loses its turns, and gets new ones after it came back."""
    first, second, theirs = _two(fleet)
    seen = len(first.seen.log)
    second.signal(signal.SIGSTOP)
    assert _taken_over_s(first, theirs, behind=seen) < TAKEN_OVER_WITHIN_S
    stale = {shard: taken["epoch"] for shard, taken in second.seen.held.items()}
    second.signal(signal.SIGCONT)
    held = second.seen.held
    second.seen.until(
        lambda: all(s not in held or held[s]["epoch"] > stale[s] for s in stale),
        "the turns that it was passed over at let go",
    )
    until_held(second, 16)


@on_dbos
def test_a_turn_whose_append_was_refused_is_given_again(fleet):
    """A fence that the store refuses ends the turn; the taker is not asked to leave."""
    worker = fleet.start_whole()
    was = worker.seen.held[Shard(0)]
    worker.say("fenced")
    worker.seen.until(
        lambda: worker.seen.held[Shard(0)]["epoch"] > was["epoch"], "a new turn"
    )
    assert not [e for e in worker.seen.all("left") if e["shard"] == 0]
    assert worker.seen.held[Shard(0)]["clean"] is False


@on_dbos
def test_a_turn_that_was_cancelled_by_hand_is_followed_by_another(fleet):
    """What an operator does to DBOS' rows costs seconds, never a shard."""
    worker = fleet.start_whole()
    was = worker.seen.held[Shard(5)]
    with _database_of(fleet) as (client, chain):
        client.cancel_workflow(turn_id(Shard(5), chain.numbers()[Shard(5)]))
    worker.seen.until(
        lambda: worker.seen.held.get(Shard(5), was)["epoch"] > was["epoch"],
        "a new turn",
    )


@on_dbos
def test_turns_that_ended_are_deleted_after_a_minute(fleet):
    """The rows of DBOS stay few, however long the workers run."""
    fleet.start_whole().close()
    with _database_of(fleet) as (client, chain):
        care = Care("nobody", client, chain)
        ended = max(turn.completed_at or 0 for turn in client.list_workflows())
        last = datetime.fromtimestamp(ended / 1000, UTC)
        care.clear(last + timedelta(seconds=60, milliseconds=-1))
        kept = client.list_workflows(status="SUCCESS")
        assert ended in {turn.completed_at for turn in kept}
        care.clear(last + timedelta(seconds=60, milliseconds=1))
        assert [] == client.list_workflows(status="SUCCESS")
        assert set(EVERY_SHARD) == set(chain.numbers())


def test_a_restarted_database_is_found_again():
    """PostgreSQL going away and coming back costs time, and no worker."""
    with private_postgres() as server:
        fleet = Fleet("dbos", server.url())
        worker = fleet.start_whole(turn_s=1)
        assert isinstance(worker, ProcessWorker)
        server.stop()
        server.start()
        seen = len(worker.seen.log)
        taken = {s: e["epoch"] for s, e in worker.seen.held.items()}
        worker.seen.until(
            lambda: _later_than(worker.seen.log[seen:], taken), "every shard again"
        )
        worker.say("free")
        assert worker.seen.until_said("obeyed")["alive"]
        fleet.clear()


def test_a_database_out_of_reach_is_said_without_its_password():
    """The error names the place and the reason, never the password."""
    shards = DbosShards("postgresql://me:s3cret@127.0.0.1:1/x", MemoryJournal())
    with pytest.raises(ShardsUnusable) as raised:
        shards.open(MemoryWorker(Turns(MemoryJournal())))
    assert not shards.alive()
    assert "127.0.0.1:1/x" in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("at", [1, 5], ids=["its own tables", "those of DBOS"])
def test_a_worker_that_is_cut_off_while_it_joins_tries_again(postgres, at):
    """It stood still for long just then, or the server was restarted."""
    url = postgres.create_database(f"cut_off_{at}")
    _cut_off(url, f"= {at}")
    shards = DbosShards(url, MemoryJournal())
    shards.open(MemoryWorker(Turns(MemoryJournal())))
    assert shards.alive()
    shards.close()
    assert at < _tables_begun(url)


def test_a_worker_that_is_always_cut_off_says_so(postgres):
    """Three times it is tried, then a person is told."""
    url = postgres.create_database("cut_off")
    _cut_off(url, "> 0")
    shards = DbosShards(url, MemoryJournal())
    with pytest.raises(ShardsUnusable, match="/cut_off: "):
        shards.open(MemoryWorker(Turns(MemoryJournal())))
    assert not shards.alive()
    assert _tables_begun(url) == 3


@on_locked
def test_a_workspace_is_run_by_one_process_which_is_named(fleet):
    """A second worker is refused, and told which process to look at."""
    first, second = fleet.start_whole(), fleet.start()
    failed = _failed(second)
    assert "WorkspaceBusy" == failed["error"]
    assert f"process {first.pid}" in failed["message"]
    first.close()
    fleet.start_whole()


@on_locked
def test_a_workspace_that_somebody_else_runs_too_is_no_longer_alive(fleet):
    """A refused append in a locked workspace means that the lock was removed."""
    worker = fleet.start_whole()
    worker.say("fenced")
    assert worker.seen.until_said("obeyed")["alive"] is False


def test_two_takers_in_memory_can_both_believe():
    """The simulator gives one shard to two; only the later epoch holds."""
    turns = Turns(MemoryJournal(), fair=False)
    first, second = MemoryWorker(turns), MemoryWorker(turns)
    old = turns.give(Shard(3), first.shards)
    new = turns.give(Shard(3), second.shards)
    assert {Shard(3)} == set(first.seen.held) == set(second.seen.held)
    assert new == Fence(shard=Shard(3), epoch=old.epoch + 1)
    first.shards.fenced_off(old)
    assert {} == first.shards.held
    assert {Shard(3): new} == second.shards.held


def test_a_busy_taker_in_memory_keeps_its_shard():
    """A turn that was not left is not marked as clean, and stays."""
    turns = Turns(MemoryJournal(), fair=False)
    worker = MemoryWorker(turns)
    turns.give(Shard(3), worker.shards)
    worker.busy = True
    assert not turns.take(Shard(3), worker.shards)
    assert {Shard(3)} == set(worker.shards.held)
    worker.busy = False
    assert turns.take(Shard(3), worker.shards)
    turns.give(Shard(3), worker.shards)
    assert worker.seen.held[Shard(3)]["clean"] is True


def _database(request):
    """Return the address of a database of one test's own, with the tables in it."""
    server, template = map(request.getfixturevalue, ("postgres", "template"))
    name = f"shards_{next(_NUMBERS)}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        names = sql.Identifier(name), sql.Identifier(template)
        connection.execute(statement.format(*names))
    return server.url(name)


def _cut_off(url, when):
    """Let a database end the sessions that begin certain of its coming tables."""
    ends_the_session = sql.SQL("""
        CREATE SEQUENCE begun;
        CREATE FUNCTION cut_off() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('public.begun') {} THEN
                PERFORM pg_terminate_backend(pg_backend_pid());
            END IF;
        END $$;
        CREATE EVENT TRIGGER cut_off ON ddl_command_start
            WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION cut_off()
    """)
    with psycopg.connect(url) as connection:
        connection.execute(ends_the_session.format(sql.SQL(when)))


def _tables_begun(url):
    """Return how many tables were begun since `_cut_off`."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT last_value FROM begun").fetchone()[0]


def _two(fleet):
    """Return two workers, and what the second one holds."""
    first = fleet.start_whole(turn_s=2)
    second = fleet.start(turn_s=2)
    until_held(second, 30)
    return first, second, set(second.seen.held)


def _taken_over_s(worker, shards, *, behind):
    """Return how long a worker took, from now, until it had taken these shards."""
    begun = datetime.now(UTC)
    seen = worker.seen
    seen.until(
        lambda: (
            shards <= {e["shard"] for e in seen.log[behind:] if _is_taken(e)}
            or shards <= set(seen.held)
        ),
        "the shards of the other taken over",
    )
    return (datetime.now(UTC) - begun).total_seconds()


def _is_taken(said):
    return said["event"] == "taken"


def _later(before, after):
    """Return whether each shard was taken with a later epoch than before."""
    old = {e["shard"]: e["epoch"] for e in before}
    return all(e["epoch"] > old[e["shard"]] for e in after)


def _later_than(log, epochs: Mapping[Shard, int]):
    """Return whether every shard was taken with a later epoch."""
    now = {e["shard"]: e["epoch"] for e in log if _is_taken(e)}
    return all(now.get(shard, 0) > epoch for shard, epoch in epochs.items())


def _check_one_at_a_time(*logs):
    """Check that each shard was left before it was taken with the next epoch."""
    turns = defaultdict(list)
    for log in logs:
        for said in log:
            if said["event"] == "taken":
                turns[said["shard"]].append([said["epoch"], said["at"], None])
            if said["event"] == "left":
                mine = [t for t in turns[said["shard"]] if t[1] < said["at"]]
                mine[-1][2] = said["at"]
    for held in turns.values():
        for (epoch, _, left), (later, taken, _) in pairwise(sorted(held)):
            assert left is not None
            assert epoch < later
            assert left <= taken


def _failed(worker):
    return worker.seen.until_said("failed")


@contextmanager
def _database_of(fleet):
    """Give a client of DBOS and the turns, in the database of a fleet."""
    url = fleet.place.replace("postgresql:", "postgresql+psycopg:")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    client = DBOSClient(system_database_engine=engine, application_name=APPLICATION)
    yield client, Chain(engine, client, MemoryJournal())
    client.destroy()
