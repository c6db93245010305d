"""The journal in PostgreSQL: lost connections, a killed server, old and odd tables."""

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread
from urllib.parse import urlsplit

import psycopg
import pytest

from gonogo.adapters.journals import (
    JournalDamaged,
    JournalOutOfReach,
    JournalTooNew,
    JournalUnusable,
    postgres_connection,
)
from gonogo.adapters.journals.postgres import PostgresJournal
from gonogo.model.command import Abort
from gonogo.model.shard import shard_of
from gonogo.ports.journal import JournalConflict, JournalUnavailable
from gonogo.testing.postgres import PostgresFailed, PrivatePostgres, private_postgres
from tests.conformance.journal_samples import (
    ALOK,
    EVENTS,
    NOON,
    OTHER,
    ROLLOUT,
    append,
    item,
    standing,
)

ABORT = Abort(at=NOON, by=ALOK)
UNLOCK = "ALTER TABLE gonogo.record DISABLE TRIGGER USER"


def asked(url, statement, *parameters):
    """Run a statement behind the journal's back, and return what it finds."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def journal(database_url):
    """Give an empty journal."""
    with PostgresJournal(database_url) as journal:
        yield journal


# --- a connection that is cut ---------------------------------------------------------


class Wire:
    """
    Stands between a journal and its server, and cuts the line at a commit.

    Attributes:
        cut: 'before' the server hears of the next commit, 'after' it did it, or None.
    """

    def __init__(self, url):
        place = urlsplit(url)
        self._server = (place.hostname, place.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = url.replace(f":{place.port}/", f":{port}/")
        self.cut, self.cuts = None, 0
        Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Take no more connections."""
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=self._ask, args=(client, server), daemon=True).start()
            Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client, server):
        """Pass on what the client says, until its commit is to be cut off."""
        while data := heard(client):
            cut = self.cut if b"COMMIT" in data else None
            if cut is not None:
                self.cut, self.cuts = None, self.cuts + 1
                shut(client)
            if cut != "before":
                send(server, data)
            if cut is not None:
                break
        # The server does all that it heard of before it notices the end.
        shut(server, socket.SHUT_WR)

    @staticmethod
    def _answer(client, server):
        while data := heard(server):
            send(client, data)
        shut(client)
        client.close()
        server.close()


def heard(end):
    """Return what comes in; nothing once the line is cut."""
    try:
        return end.recv(65536)
    except OSError:
        return b""


def send(end, data):
    """Send it, if anybody is still there."""
    with suppress(OSError):
        end.sendall(data)


def shut(end, how=socket.SHUT_RDWR):
    """End the line; the other side notices."""
    with suppress(OSError):
        end.shutdown(how)


@pytest.fixture
def wire(database_url):
    """Give a line to the database that can be cut."""
    wire = Wire(database_url)
    yield wire
    wire.close()


@pytest.fixture
def far(wire):
    """Give an empty journal at the other end of the line."""
    with PostgresJournal(wire.url) as journal:
        yield journal


CUTS = pytest.mark.parametrize("cut", ["before", "after"])


@CUTS
def test_an_append_whose_commit_is_cut_off_is_kept_once(wire, far, cut):
    """Whether or not the commit had gone through, the answer is what was kept."""
    append(far, EVENTS[:1])
    wire.cut = cut
    batch = (item(ROLLOUT, EVENTS[1:], after=1), item(OTHER, after=3))
    records, refused = far.append_all(batch)
    assert 1 == wire.cuts
    assert records == far.read(ROLLOUT, after=1)
    assert 3 == len(records)
    assert () == far.verify(ROLLOUT)
    assert isinstance(refused, JournalConflict)


@CUTS
def test_a_command_consumed_in_a_commit_that_is_cut_off_counts_once(wire, far, cut):
    """With an event or without one."""
    far.send(ROLLOUT, ABORT)
    far.send(ROLLOUT, ABORT)
    first, second = far.received(ROLLOUT)
    wire.cut = cut
    assert () == append(far, (), consumed=first.number)
    assert (second,) == far.received(ROLLOUT)
    wire.cut = cut
    assert 1 == len(append(far, EVENTS[:1], consumed=second.number))
    assert () == far.received(ROLLOUT)
    assert 2 == wire.cuts
    with pytest.raises(JournalConflict):
        append(far, (), after=1, consumed=first.number)


@CUTS
def test_a_command_whose_sending_is_cut_off_is_sent_once(wire, far, cut):
    """An approval that is sent again over a new connection does not count twice."""
    wire.cut = cut
    far.send(ROLLOUT, ABORT)
    assert 1 == wire.cuts
    assert 1 == len(far.received(ROLLOUT))


def test_a_sending_that_was_cut_off_is_known_even_when_it_was_consumed(wire, far):
    """The runner may be quicker than the one who sends again."""
    with PostgresJournal(wire.url) as runner:
        take = Thread(target=consume_first, args=(runner,))
        take.start()
        wire.cut = "after"
        far.send(ROLLOUT, ABORT)
        take.join()
        assert () == far.received(ROLLOUT)


def consume_first(journal):
    """Consume the first command that comes."""
    while not (found := journal.received(ROLLOUT)):
        pass
    append(journal, consumed=found[0].number)


@CUTS
def test_a_place_taken_in_a_commit_that_is_cut_off_is_not_its_own_enemy(wire, far, cut):
    """A rollout that has begun is not refused for having begun."""
    wire.cut = cut
    append(far, standing=standing())
    assert 1 == wire.cuts
    assert (standing(),) == far.standings()


@CUTS
def test_shards_taken_in_a_commit_that_is_cut_off_are_held_by_the_last_fence(
    wire, far, cut
):
    """The fence that is returned is the one that holds."""
    wire.cut = cut
    ((fence, _),) = far.next_epochs([shard_of(ROLLOUT)])
    (answer,) = far.append_all((item(fence=fence),))
    assert isinstance(answer, tuple)
    assert 1 == wire.cuts


# --- transactions that meet -------------------------------------------------------------


def until_waiting(url, number, *, unless):
    """Return once so many sessions wait for a lock, or a future is done."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
        "AND datname = current_database()"
    )
    while asked(url, query) != [(number,)] and not unless.done():
        pass


def test_a_shard_is_not_taken_over_in_the_middle_of_an_append(journal, database_url):
    """Whoever takes it waits for the commit; from then on nothing is added."""
    append(journal, EVENTS[:1])
    ((fence, _),) = journal.next_epochs([shard_of(ROLLOUT)])
    with (
        PostgresJournal(database_url) as taker,
        ThreadPoolExecutor(2) as pool,
        psycopg.connect(database_url) as holder,
    ):
        holder.execute("SELECT * FROM gonogo.head FOR UPDATE")
        batch = (item(events=EVENTS[1:], after=1, fence=fence),)
        appending = pool.submit(journal.append_all, batch)
        until_waiting(database_url, 1, unless=appending)
        taking = pool.submit(taker.next_epochs, [fence.shard])
        until_waiting(database_url, 2, unless=taking)
        assert not taking.done()
        holder.commit()
        ((later, _),) = taking.result()
        assert fence.epoch + 1 == later.epoch
        assert 4 == len(taker.read(ROLLOUT))
        (records,) = appending.result()
        assert 3 == len(records)


def test_an_append_without_events_is_a_conflict_when_another_came_first(
    journal, database_url
):
    """What a command is consumed on is the journal as it was known."""
    append(journal)
    journal.send(ROLLOUT, ABORT)
    (received,) = journal.received(ROLLOUT)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url) as other:
        other.execute("UPDATE gonogo.head SET seq = 5")
        appending = pool.submit(append, journal, (), after=4, consumed=received.number)
        until_waiting(database_url, 1, unless=appending)
        other.commit()
        with pytest.raises(JournalConflict) as caught:
            appending.result()
    assert 5 == caught.value.found
    assert (received,) == journal.received(ROLLOUT)


# --- a server that is killed ------------------------------------------------------------


@pytest.fixture
def own_server(postgres):
    """Give a server that the test may kill."""
    assert postgres is not None, "asked for first, so that its absence skips"
    with private_postgres() as server:
        yield server


def kill(server: PrivatePostgres) -> None:
    """Kill a server as the kernel would, and start it again."""
    pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    server.stop()
    deadline = time.monotonic() + 20
    while True:
        try:
            return server.start()
        except PostgresFailed:  # its children are not gone yet
            if time.monotonic() > deadline:
                raise


def test_a_server_that_is_killed_loses_nothing_and_stops_nobody(own_server):
    """What was appended is there afterwards, once, and the runner never noticed."""
    begun, ends = Event(), Event()

    def work(journal):
        said = []
        while not ends.is_set():
            said += append(journal, EVENTS[:1], after=len(said))
            if len(said) > 20:
                begun.set()
        return tuple(said)

    with PostgresJournal(own_server.url()) as journal, ThreadPoolExecutor(1) as pool:
        working = pool.submit(work, journal)
        try:
            for _ in range(2):
                begun.clear()
                assert begun.wait(20)
                kill(own_server)
            begun.clear()
            assert begun.wait(20)
        finally:
            ends.set()
        said = working.result()
        assert said == journal.read(ROLLOUT)
        assert () == journal.verify(ROLLOUT)


def test_a_server_that_stays_away_is_one_clear_error(own_server):
    """The patience has an end; whoever waits may go on when the server is back."""
    with PostgresJournal(own_server.url(), patience_s=0.3) as journal:
        append(journal, EVENTS[:1])
        own_server.stop()
        with pytest.raises(JournalOutOfReach, match="See that the server runs"):
            append(journal, EVENTS[1:], after=1)
        with pytest.raises(JournalUnavailable) as caught:
            PostgresJournal(own_server.url())
        assert own_server.password not in everything(caught.value)
        own_server.start()
        append(journal, EVENTS[1:], after=1)


def test_a_server_process_that_stands_still_is_left_for_another(journal, monkeypatch):
    """It cannot even give up by itself: the journal does not wait for it for ever."""
    append(journal, EVENTS[:1])
    monkeypatch.setattr(postgres_connection, "_ANSWER_S", 0.3)
    pid = journal._connection.run(lambda connection: connection.info.backend_pid)
    os.kill(pid, signal.SIGSTOP)
    try:
        append(journal, EVENTS[1:], after=1)
        assert 4 == len(journal.read(ROLLOUT))
        now = journal._connection.run(lambda connection: connection.info.backend_pid)
        assert pid != now
    finally:
        os.kill(pid, signal.SIGCONT)


def test_an_answer_that_came_while_this_process_stood_still_is_asked_for_again(
    journal, monkeypatch
):
    """It waited too long by its own clock; the connection is in good order, though."""
    patient_s = postgres_connection._ANSWER_S
    asked = []

    def work(connection):
        asked.append(connection.info.backend_pid)
        with connection.pipeline():
            slow = connection.execute("SELECT pg_sleep(0.2)")
            if len(asked) == 1:
                monkeypatch.setattr(postgres_connection, "_ANSWER_S", 0.01)
            try:
                return slow.fetchall()
            finally:
                monkeypatch.setattr(postgres_connection, "_ANSWER_S", patient_s)

    assert [("",)] == journal._connection.run(work)
    assert 2 == len(set(asked))


def everything(error):
    """Return what an error and all that led to it say."""
    said = []
    while error is not None:
        said += [str(error), repr(error), *getattr(error, "__notes__", ())]
        error = error.__cause__ or error.__context__
    return "\n".join(said)


# --- listening --------------------------------------------------------------------------


class Bell:
    """Counts how often it was rung, and waits for the next time."""

    def __init__(self):
        self._rung = Event()

    def ring(self):
        """Be rung."""
        self._rung.set()

    def heard(self):
        """Return whether it was rung since the last time, or is within seconds."""
        rung = self._rung.wait(20)
        self._rung.clear()
        return rung


def test_a_listener_is_woken_by_every_command(journal):
    """Also by one from another connection; and once at the start."""
    bell = Bell()
    with journal.listen(bell.ring):
        assert bell.heard()
        for _ in range(3):
            journal.send(ROLLOUT, ABORT)
            assert bell.heard()


def test_a_listener_outlives_its_connection(journal, database_url, caplog):
    """It is woken when it listens again, for what was sent meanwhile; and says so."""
    bell = Bell()
    with journal.listen(bell.ring):
        assert bell.heard()
        found = asked(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ "
            "'^LISTEN' AND datname = current_database()",
        )
        assert [(True,)] == found
        assert bell.heard()
        journal.send(ROLLOUT, ABORT)
        assert bell.heard()
    assert "was cut off" in caplog.text


# --- tables ---------------------------------------------------------------------------


def test_many_may_open_a_new_journal_at_once(database_url):
    """Whoever comes first creates the tables, and the others find them there."""
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(PostgresJournal, [database_url] * 6))
    append(opened[0])
    assert {4} == {len(each.read(ROLLOUT)) for each in opened}
    for each in opened:
        each.close()


def test_a_journal_of_a_later_version_is_refused(journal, database_url):
    """An older gonogo does not touch what a newer one wrote."""
    append(journal)
    asked(database_url, "UPDATE gonogo.journal_version SET version = 99")
    with pytest.raises(JournalTooNew) as caught:
        PostgresJournal(database_url)
    assert 99 == caught.value.found


def test_a_missing_journal_is_not_created_for_a_reader(database_url):
    """`gonogo status` of nothing leaves nothing behind."""
    with pytest.raises(JournalUnusable, match="no journal in it"):
        PostgresJournal(database_url, create=False)
    found = asked(database_url, "SELECT to_regnamespace('gonogo')::text")
    assert [(None,)] == found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gonogo.record SET body = ''",
        "DELETE FROM gonogo.record",
        "TRUNCATE gonogo.record",
    ],
)
def test_records_cannot_be_changed_through_sql(journal, database_url, statement):
    """The database itself refuses what the journal never does."""
    append(journal)
    with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        asked(database_url, statement)


TAMPERINGS = {
    "body": ("UPDATE gonogo.record SET body = body || ' ' WHERE seq = 2", 2),
    "recorded_at": (
        (
            "UPDATE gonogo.record SET recorded_at = replace(recorded_at, ':09', ':10') "
            "WHERE seq = 3"
        ),
        3,
    ),
    "previous": ("UPDATE gonogo.record SET previous = upper(link) WHERE seq = 1", 1),
    "link": ("UPDATE gonogo.record SET link = upper(link) WHERE seq = 4", 4),
    "rollout": ("UPDATE gonogo.record SET rollout = 'elsewhere' WHERE seq = 2", 3),
    "deleted: the last": ("DELETE FROM gonogo.record WHERE seq = 4", 3),
    "deleted: all": ("DELETE FROM gonogo.record", 0),
}


@pytest.mark.parametrize(("statement", "seq"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_verify_finds_every_kind_of_damage(journal, database_url, statement, seq):
    """Whatever column was changed, the damage is named with its record."""
    append(journal)
    asked(database_url, UNLOCK)
    asked(database_url, statement)
    assert seq in [damage.seq for damage in journal.verify(ROLLOUT)]


DAMAGE = {
    "record": (
        "UPDATE gonogo.record SET body = '{' WHERE seq = 2",
        lambda journal: journal.read(ROLLOUT),
        "record 2 of rollout qc-1",
    ),
    "command": (
        "UPDATE gonogo.inbox SET body = '{}'",
        lambda journal: journal.received(ROLLOUT),
        "received command 1 of rollout qc-1",
    ),
    "standing": (
        "UPDATE gonogo.standing SET body = '{}'",
        lambda journal: journal.standings(),
        "the standing of rollout qc-1",
    ),
}


@pytest.mark.parametrize(("statement", "look", "where"), DAMAGE.values(), ids=DAMAGE)
def test_reading_what_is_damaged_says_where(
    journal, database_url, statement, look, where
):
    """A damaged row is one clear error that names it."""
    append(journal, standing=standing())
    journal.send(ROLLOUT, ABORT)
    asked(database_url, UNLOCK)
    asked(database_url, statement)
    with pytest.raises(JournalDamaged, match=where):
        look(journal)


def test_a_standing_of_a_later_version_is_read_as_far_as_it_is_known(
    journal, database_url
):
    """Workers of two versions share a journal while one replaces the other."""
    append(journal, standing=standing())
    asked(
        database_url,
        "UPDATE gonogo.standing SET body = convert_to(replace("
        "convert_from(body, 'UTF8'), '{', '{\"mood\":\"good\",'), 'UTF8')",
    )
    assert (standing(),) == journal.standings()


# --- the address ----------------------------------------------------------------------


def test_a_wrong_password_is_said_without_it(database_url, postgres):
    """What the server answers is passed on; the password is nowhere."""
    wrong = database_url.replace(postgres.password, "s3cret-guess")
    with pytest.raises(JournalOutOfReach, match="password authentication") as caught:
        PostgresJournal(wrong)
    assert "s3cret-guess" not in everything(caught.value)
    assert f":{postgres.port}/" in caught.value.place


@pytest.mark.parametrize(
    "url", ["postgresql://me:s3cret@[/x", "postgresql://me:s3cret@h/x?no=1", "s3cret"]
)
def test_what_is_no_address_is_not_repeated(url):
    """A typing mistake in the address does not bring the password to light."""
    with pytest.raises(JournalUnusable, match="does not read as one") as caught:
        PostgresJournal(url)
    said = everything(caught.value.__cause__) + str(caught.value)
    assert "s3cret" not in said


def test_a_role_without_rights_is_told_what_to_grant(journal, database_url, postgres):
    """The server's own words, and what to do."""
    append(journal)
    asked(database_url, "CREATE ROLE reader LOGIN PASSWORD 'r'")
    url = database_url.replace(f"gonogo:{postgres.password}", "reader:r")
    try:
        with pytest.raises(JournalUnusable, match="Grant its role") as caught:
            PostgresJournal(url).rollouts()
        assert not isinstance(caught.value, JournalOutOfReach)
    finally:
        asked(database_url, "DROP ROLE reader")


def test_a_closed_journal_says_so(database_url):
    """A slip of ours is no mystery."""
    journal = PostgresJournal(database_url)
    journal.close()
    with pytest.raises(JournalUnusable, match="closed"):
        journal.rollouts()


def test_every_commit_is_durable_whatever_the_servers_setting(journal, database_url):
    """The private server does not wait for its log; the journal does."""
    (found,) = asked(database_url, "SHOW synchronous_commit")
    assert ("off",) == found

    def setting(connection):
        (value,) = connection.execute("SHOW synchronous_commit").fetchone()
        connection.commit()
        return value

    assert "on" == journal._connection.run(setting)
