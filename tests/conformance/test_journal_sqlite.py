"""The journal in a file: what only a file can suffer, and old files."""

import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest

from gonogo.adapters.journals import (
    JournalDamaged,
    JournalTooNew,
    JournalUnusable,
    SqliteJournal,
    sqlite_log,
    sqlite_schema,
)
from gonogo.model.command import Abort
from gonogo.model.encoding import encode_command, encode_event
from gonogo.model.identifiers import RolloutId
from gonogo.model.sealing import canonical
from gonogo.model.shard import Fence, Shard
from gonogo.ports.journal import JournalUnavailable
from gonogo.testing.journal import MemoryJournal
from tests.conformance.journal_samples import (
    ALOK,
    EVENTS,
    NOON,
    OTHER,
    ROLLOUT,
    WALL,
    append,
    item,
    standing,
)

ABORT = Abort(at=NOON, by=ALOK)


@pytest.fixture
def path(tmp_path):
    """Give the path of a journal that holds `EVENTS`, and is closed."""
    path = tmp_path / "journal.db"
    with SqliteJournal(path) as journal:
        append(journal, EVENTS[:2])
        append(journal, EVENTS[2:], after=2)
    return path


_UNLOCK = "DROP TRIGGER record_is_never_changed; DROP TRIGGER record_is_never_deleted;"


def tampered(path: Path, statement: str, *parameters):
    """Change a journal behind its back, and return what verify then finds."""
    connection = sqlite3.connect(path)
    connection.executescript(_UNLOCK)
    connection.execute(statement, parameters)
    connection.commit()
    connection.close()
    with SqliteJournal(path) as journal:
        return journal.verify(ROLLOUT)


TAMPERINGS = {
    "body: one letter": (
        (
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'stage-0', "
            "'stage-1') AS BLOB) WHERE seq = 1"
        ),
        1,
    ),
    "body: a space that means nothing": (
        (
            "UPDATE record SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) "
            "WHERE seq = 2"
        ),
        2,
    ),
    "body: no JSON": ("UPDATE record SET body = x'ff00' WHERE seq = 2", 2),
    "body: empty": ("UPDATE record SET body = x'' WHERE seq = 4", 4),
    "recorded_at: another second": (
        (
            "UPDATE record SET recorded_at = replace(recorded_at, ':09', ':10') "
            "WHERE seq = 3"
        ),
        3,
    ),
    "recorded_at: the same instant in another form": (
        (
            "UPDATE record SET recorded_at = replace(recorded_at, '+00:00', 'Z') "
            "WHERE seq = 3"
        ),
        3,
    ),
    "recorded_at: no time": (
        "UPDATE record SET recorded_at = 'noon' WHERE seq = 3",
        3,
    ),
    "recorded_at: no text": (
        "UPDATE record SET recorded_at = CAST(x'ff' AS TEXT) WHERE seq = 3",
        3,
    ),
    "previous": (
        "UPDATE record SET previous = replace(previous, '0', '1') WHERE seq = 1",
        1,
    ),
    "link: of one in the middle": (
        "UPDATE record SET link = 'a' || substr(link, 2) || 'b' WHERE seq = 2",
        2,
    ),
    "link: of the last": ("UPDATE record SET link = upper(link) WHERE seq = 4", 4),
    "rollout: of one in the middle": (
        "UPDATE record SET rollout = 'elsewhere' WHERE seq = 2",
        3,
    ),
    "rollout: of the last": (
        "UPDATE record SET rollout = 'elsewhere' WHERE seq = 4",
        3,
    ),
    "seq: a gap": ("UPDATE record SET seq = 9 WHERE seq = 4", 9),
    "deleted: the first": ("DELETE FROM record WHERE seq = 1", 2),
    "deleted: the last": ("DELETE FROM record WHERE seq = 4", 3),
    "deleted: all": ("DELETE FROM record", 0),
}


@pytest.mark.parametrize(("statement", "seq"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_verify_finds_every_kind_of_damage(path, statement, seq):
    """Whatever column was changed, the damage is named with its record."""
    assert seq in [damage.seq for damage in tampered(path, statement)]


def test_verify_finds_reordered_records(path):
    """Two records that changed places are found."""
    found = tampered(
        path, "UPDATE record SET seq = CASE seq WHEN 2 THEN 20 ELSE seq END"
    )
    assert found
    found = tampered_again(path, "UPDATE record SET seq = 2 WHERE seq = 3")
    found = tampered_again(path, "UPDATE record SET seq = 3 WHERE seq = 20")
    assert {2, 3} <= {damage.seq for damage in found}


def tampered_again(path, statement):
    """Change a journal whose triggers are gone already."""
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with SqliteJournal(path) as journal:
        return journal.verify(ROLLOUT)


def test_verify_finds_a_record_that_was_slipped_in_at_the_end(path):
    """A record that gonogo did not append is found, even with a fitting link."""
    with SqliteJournal(path) as journal:
        last = journal.read(ROLLOUT)[-1]
    forger = MemoryJournal()
    append(forger)
    forged = append(forger, EVENTS[:1], after=4)[0]
    assert last.link == forged.previous
    found = tampered(
        path,
        "INSERT INTO record SELECT rollout, 5, recorded_at, body, ?, ? FROM record "
        "WHERE seq = 1",
        forged.previous,
        forged.link,
    )
    assert ["Records 5 to 5 were not appended by gonogo."] == [d.what for d in found]


@pytest.mark.parametrize("column", ["body", "previous", "link", "recorded_at"])
@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_one_flipped_bit_in_any_column_is_found(path, column, seq):
    """The smallest change anywhere in a record is found in that record."""
    connection = sqlite3.connect(path)
    connection.executescript(_UNLOCK)
    select = f"SELECT CAST({column} AS BLOB) FROM record WHERE seq = ?"  # noqa: S608
    (data,) = connection.execute(select, (seq,)).fetchone()
    middle = len(data) // 2
    data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    value = data if column == "body" else data.decode()
    update = f"UPDATE record SET {column} = ? WHERE seq = ?"  # noqa: S608
    connection.execute(update, (value, seq))
    connection.commit()
    connection.close()
    with SqliteJournal(path) as journal:
        assert seq in [damage.seq for damage in journal.verify(ROLLOUT)]


def test_a_changed_byte_of_the_file_is_found(path):
    """A byte changed on the disk, below SQLite, is found as well."""
    data = path.read_bytes()
    assert 1 == data.count(b"lunch")
    path.write_bytes(data.replace(b"lunch", b"Lunch"))
    with SqliteJournal(path) as journal:
        assert 4 in [damage.seq for damage in journal.verify(ROLLOUT)]


def test_a_torn_file_is_damage_and_no_traceback(path):
    """A page of rubbish in the file is reported like any other damage."""
    data = bytearray(path.read_bytes())
    start = data.index(b'"event":"StageEntered"') - 200
    data[start : start + 400] = b"\xaa" * 400
    path.write_bytes(data)
    with SqliteJournal(path) as journal:
        assert journal.verify(ROLLOUT)


def test_records_cannot_be_changed_through_sql(path):
    """The file itself refuses what the journal never does."""
    connection = sqlite3.connect(path)
    for statement in ("UPDATE record SET body = x'00'", "DELETE FROM record"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
    connection.close()


def test_reading_a_record_that_is_no_event_says_so(path):
    """A damaged body is one clear error that names the record."""
    tampered(path, "UPDATE record SET body = x'7b' WHERE seq = 2")
    with SqliteJournal(path) as journal, pytest.raises(JournalDamaged) as caught:
        journal.read(ROLLOUT)
    assert "record 2 of rollout qc-1" in str(caught.value)


def test_a_received_command_that_is_none_says_so(path):
    """A command nobody can read is one clear error, not a traceback."""
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO inbox (rollout, body) VALUES ('qc-1', x'7b7d')")
    connection.commit()
    connection.close()
    with SqliteJournal(path) as journal, pytest.raises(JournalDamaged):
        journal.received(ROLLOUT)


def test_the_stored_body_is_readable_json(path):
    """Anybody can read a journal with the `sqlite3` shell."""
    connection = sqlite3.connect(path)
    (body,) = connection.execute("SELECT body FROM record WHERE seq = 1").fetchone()
    connection.close()
    assert "StageEntered" == json.loads(body)["event"]


def test_a_reader_in_another_connection_sees_each_append(path):
    """`gonogo status` looks into the journal of a rollout that runs."""
    with SqliteJournal(path) as writer, SqliteJournal(path, create=False) as reader:
        append(writer, EVENTS[:1], after=4)
        assert 5 == len(reader.read(ROLLOUT))


def unusable(path: Path, **options) -> JournalUnusable:
    """Return the error of opening a journal there."""
    with pytest.raises(JournalUnusable) as caught:
        SqliteJournal(path, **options)
    return caught.value


def test_a_journal_of_a_later_version_is_refused(path):
    """An older gonogo does not touch what a newer one wrote."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    error = unusable(path)
    assert isinstance(error, JournalTooNew)
    assert 99 == error.found


def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path):
    """Somebody's notes are not overwritten."""
    path = tmp_path / "notes.txt"
    path.write_text("remember the milk\n" * 100)
    assert "not a database" in str(unusable(path))
    assert path.read_text().startswith("remember")


def test_somebody_elses_database_is_refused_unchanged(tmp_path):
    """The service's own SQLite file does not become a journal."""
    path = tmp_path / "app.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE jobs (id)")
    connection.close()
    before = path.read_bytes()
    assert "no journal of gonogo" in str(unusable(path))
    assert before == path.read_bytes()


def test_a_folder_and_a_missing_folder_are_refused(tmp_path):
    """Each of these mistakes has its own words."""
    assert "is a folder" in str(unusable(tmp_path))
    assert "no folder" in str(unusable(tmp_path / "none" / "journal.db"))


def test_a_missing_journal_is_not_created_for_a_reader(tmp_path):
    """`gonogo status` of nothing leaves nothing behind."""
    path = tmp_path / "journal.db"
    assert "no such file" in str(unusable(path, create=False))
    assert not path.exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's /proc")
def test_a_folder_that_cannot_be_written_is_refused():
    """Root ignores permissions, but nobody creates files in /proc."""
    assert "write" in unusable(Path("/proc/journal.db")).args[0]


def test_many_processes_may_open_a_new_journal_at_once(tmp_path):
    """Whoever comes first creates it, and the others find it there."""
    path = tmp_path / "journal.db"
    program = (
        "import sys; from pathlib import Path;"
        "from gonogo.adapters.journals import SqliteJournal;"
        "sys.stdin.readline(); SqliteJournal(Path(sys.argv[1])).rollouts()"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for child in children:
        child.stdin.write(b"go\n")
        child.stdin.close()
    assert [0] * 4 == [child.wait(60) for child in children]


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gonogo.adapters.journals import SqliteJournal
from gonogo.model.event import StepStarted
at = datetime(2030, 1, 1, tzinfo=UTC)
journal = SqliteJournal(Path(sys.argv[1]))
for seq in range(100_000):
    event = StepStarted(at=at, step="s", attempt=seq)
    journal.append("qc-1", [event], after=seq, recorded_at=at)
    print(seq + 1, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 50])
def test_every_append_that_returned_survives_kill_9(tmp_path, lines):
    """What was durable when the writer said so is there after its sudden death."""
    path = tmp_path / "journal.db"
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        for _ in range(lines):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        said = [int(line) for line in writer.stdout if line.endswith("\n")]
    with SqliteJournal(path) as journal:
        records = journal.read(ROLLOUT)
        assert max([lines, *said]) <= len(records)
        assert () == journal.verify(ROLLOUT)


# --- old files, and files that somebody holds ------------------------------------------

# As the first version made them, word by word: this text never changes.
_VERSION_1 = """
    CREATE TABLE record (
        rollout TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        recorded_at TEXT NOT NULL,
        body BLOB NOT NULL,
        previous TEXT NOT NULL,
        link TEXT NOT NULL,
        PRIMARY KEY (rollout, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE head (
        number INTEGER PRIMARY KEY,
        rollout TEXT NOT NULL UNIQUE,
        seq INTEGER NOT NULL,
        link TEXT NOT NULL
    ) STRICT;
    CREATE TABLE inbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        rollout TEXT NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'a journal record is never changed'); END;
    CREATE TRIGGER record_is_never_deleted BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'a journal record is never deleted'); END;
    PRAGMA application_id = 0x676E676F;
    PRAGMA user_version = 1;
"""


@pytest.fixture
def old(tmp_path):
    """Give the path of a file of version 1, with two rollouts and a command."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(_VERSION_1)
    for rollout in (OTHER, ROLLOUT):
        records = append(MemoryJournal(), rollout=rollout)
        for record in records:
            connection.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)",
                (
                    rollout,
                    record.seq,
                    record.recorded_at.isoformat(),
                    canonical(encode_event(record.event)),
                    record.previous,
                    record.link,
                ),
            )
        connection.execute(
            "INSERT INTO head (rollout, seq, link) VALUES (?, ?, ?)",
            (rollout, len(records), records[-1].link),
        )
    connection.execute(
        "INSERT INTO inbox (rollout, body) VALUES (?, ?)",
        (ROLLOUT, canonical(encode_command(ABORT))),
    )
    connection.commit()
    connection.close()
    return path


def test_a_file_of_the_first_version_keeps_all_and_can_go_on(old):
    """Every record and command is there; what it lacked can be filled in."""
    with SqliteJournal(old) as journal:
        assert (OTHER, ROLLOUT) == journal.rollouts() == journal.without_standing()
        assert EVENTS == tuple(record.event for record in journal.read(OTHER))
        assert () == journal.verify(OTHER) + journal.verify(ROLLOUT)
        (received,) = journal.received_since(0, most=9)
        assert ABORT == received.command
        batch = (
            item(ROLLOUT, after=4, consumed=received.number, standing=standing()),
            item(OTHER, (), after=4, standing=standing(OTHER, ended_at=WALL)),
        )
        assert (1, 0) == tuple(map(len, journal.append_all(batch)))
    with SqliteJournal(old, create=False) as journal:
        assert () == journal.without_standing() + journal.verify(ROLLOUT)
        assert 2 == len(journal.standings())


def test_an_old_file_is_brought_up_once_by_whoever_comes_first(old):
    """Many processes may meet it at the same moment."""
    start = Barrier(4)

    def look(_):
        start.wait()
        with SqliteJournal(old) as journal:
            return journal.rollouts()

    with ThreadPoolExecutor(4) as pool:
        assert [(OTHER, ROLLOUT)] * 4 == list(pool.map(look, range(4)))


def test_a_file_that_was_brought_up_has_the_tables_of_a_new_one(old, path):
    """No journal is a little different for its age."""
    SqliteJournal(old).close()

    def tables(path):
        connection = sqlite3.connect(path)
        found = connection.execute(
            "SELECT name, trim(replace(replace(sql, char(10), ''), ' ', '')) "
            "FROM sqlite_master ORDER BY name"
        ).fetchall()
        connection.close()
        return found

    assert tables(path) == tables(old)


def test_a_file_that_another_program_holds_is_said_to_be_held(path, monkeypatch):
    """It may be let go of: whoever runs rollouts tries again, and nothing is lost."""
    monkeypatch.setattr(sqlite_schema, "BUSY_S", 0.01)
    with SqliteJournal(path) as journal:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnavailable, match="Another program holds it"):
            append(journal, EVENTS[:1], after=4)
        holder.close()
        append(journal, EVENTS[:1], after=4)


def test_a_standing_that_is_none_says_so(path):
    """A damaged line about a rollout is one clear error that names it."""
    with SqliteJournal(path) as journal:
        append(journal, (), after=4, standing=standing())
        connection = sqlite3.connect(path)
        connection.execute("UPDATE standing SET started_at = 'noon'")
        connection.commit()
        connection.close()
        with pytest.raises(JournalDamaged, match="the standing of rollout qc-1"):
            journal.standings()


def test_two_under_way_at_one_place_are_refused_by_the_file_itself(path):
    """Whatever writes to it: the rule does not hang on our own check."""
    with SqliteJournal(path) as journal:
        append(journal, (), after=4, standing=standing())
        append(journal, rollout=OTHER, standing=standing(OTHER, ended_at=WALL))
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        connection.execute("UPDATE standing SET ended_at = NULL")
    connection.close()


def test_a_command_that_does_not_read_holds_up_no_other(path):
    """A later version may have sent it; it stays until one comes that reads it."""
    with SqliteJournal(path) as journal:
        journal.send(OTHER, ABORT)
        journal.send(ROLLOUT, ABORT)
        with sqlite3.connect(path) as shell:
            body = b'{"command":"Teleport","at":"2030-01-01T12:00:00Z"}'
            shell.execute("UPDATE inbox SET body = ? WHERE number = 1", (body,))
        unread, received = journal.received_since(0, most=9)
        assert (1, OTHER, ABORT) == (unread.number, unread.rollout, received.command)
        assert "received command 1" in str(unread.why)
        with pytest.raises(JournalDamaged):
            journal.received(OTHER)


def test_an_append_is_synced_before_it_returns(tmp_path, monkeypatch):
    """Durable on return: the log on the disk covers it."""
    path = tmp_path / "journal.db"
    synced = []

    def sync(file):
        synced.append((os.fstat(file).st_ino, len(SqliteJournal(path).read(ROLLOUT))))
        os.fsync(file)

    with SqliteJournal(path) as journal:
        monkeypatch.setattr(sqlite_log, "_sync", sync)
        append(journal, EVENTS[:2])
        log = path.with_name("journal.db-wal").stat().st_ino
    assert [(log, 2)] == synced


@pytest.mark.parametrize(
    "write",
    [
        lambda journal: append(journal, EVENTS[:1]),
        lambda journal: journal.send(ROLLOUT, ABORT),
        lambda journal: journal.next_epochs((Shard(1),)),
        lambda journal: journal.left((Fence(shard=Shard(1), epoch=1),)),
    ],
    ids=["append", "send", "next_epochs", "left"],
)
def test_a_disk_that_fails_is_told_and_never_passed_over(tmp_path, monkeypatch, write):
    """What could not be synced is not called durable."""

    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    with SqliteJournal(tmp_path / "journal.db") as journal:
        monkeypatch.setattr(sqlite_log, "_sync", fail)
        with pytest.raises(JournalUnusable, match="disk has failed"):
            write(journal)


def test_a_log_that_is_carried_over_begins_anew_and_loses_nothing(tmp_path):
    """However much is written, the log beside the file stays small."""
    path = tmp_path / "journal.db"
    log = path.with_name("journal.db-wal")
    with SqliteJournal(path) as journal:
        journal.carry_over()
        sizes = []
        for round_ in range(6):
            for number in range(20):
                rollout = RolloutId(f"r{round_}-{number}")
                journal.write_all((item(rollout, EVENTS),))
            journal.sync()
            journal.carry_over()
            sizes.append(log.stat().st_size)
        assert sizes[-1] <= 2 * sizes[0]
        kept = {len(journal.read(rollout)) for rollout in journal.rollouts()}
        assert ({len(EVENTS)}, 120) == (kept, len(journal.rollouts()))
        assert () == journal.verify(journal.rollouts()[0])


def test_a_log_is_carried_over_beside_somebody_who_writes(tmp_path):
    """Nobody is refused meanwhile, and everything is there."""
    with SqliteJournal(tmp_path / "journal.db") as journal:
        stop = Event()

        def carry():
            while not stop.is_set():
                journal.carry_over()

        with ThreadPoolExecutor(1) as beside:
            carrying = beside.submit(carry)
            for number in range(100):
                journal.write_all((item(RolloutId(f"r{number}"), EVENTS),))
            stop.set()
            carrying.result()
        assert 100 == len(journal.rollouts())
