"""The journal port: one suite over every journal, and what only a file can suffer."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gonogo.adapters.journals import (
    JournalDamaged,
    JournalTooNew,
    JournalUnusable,
    SqliteJournal,
)
from gonogo.model.command import Abort, Answer, Person
from gonogo.model.event import (
    MeasurementTaken,
    RolloutPaused,
    StageEntered,
    StepStarted,
)
from gonogo.model.identifiers import MetricName, QuestionId, RolloutId, StageId, StepId
from gonogo.model.record import FIRST_LINK
from gonogo.model.verdict import Measurement
from gonogo.ports.journal import Journal, JournalConflict
from gonogo.testing.journal import MemoryJournal

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
WALL = datetime(2031, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
ROLLOUT, OTHER = RolloutId("qc-1"), RolloutId("qc/2 ü")
ALOK = Person(name="alok")
EVENTS = (
    StageEntered(at=NOON, stage=StageId("stage-0")),
    StepStarted(at=NOON, step=StepId("grüße, “quoted”")),
    MeasurementTaken(
        at=NOON + timedelta(seconds=1),
        metric=MetricName("error rate"),
        measurement=Measurement(at=NOON, value=0.1),
    ),
    RolloutPaused(at=NOON + timedelta(seconds=2), by=ALOK, reason="lunch\n\x00"),
)


@pytest.fixture(params=["sqlite", "memory"])
def journal(request, tmp_path):
    """Give an empty journal of each kind."""
    if request.param == "memory":
        yield MemoryJournal()
        return
    with SqliteJournal(tmp_path / "journal.db") as opened:
        yield opened


@pytest.fixture
def path(tmp_path):
    """Give the path of a journal that holds `EVENTS`, and is closed."""
    path = tmp_path / "journal.db"
    with SqliteJournal(path) as journal:
        append(journal, EVENTS[:2])
        append(journal, EVENTS[2:], after=2)
    return path


def append(journal: Journal, events=EVENTS, *, after=0, rollout=ROLLOUT, consumed=None):
    """Append events, by default to the empty journal."""
    return journal.append(
        rollout, events, after=after, recorded_at=WALL, consumed=consumed
    )


def test_what_was_appended_is_read_back_with_both_times(journal):
    """A record holds the event, when it was in the plan's time, and on the wall."""
    appended = append(journal)
    assert appended == journal.read(ROLLOUT)
    assert EVENTS == tuple(record.event for record in appended)
    assert [(NOON, WALL)] == [(r.at, r.recorded_at) for r in appended[:1]]


def test_records_are_numbered_without_a_gap_over_several_appends(journal):
    """Numbers start at 1 and go on where the last append ended."""
    append(journal, EVENTS[:1])
    append(journal, EVENTS[1:], after=1)
    assert [1, 2, 3, 4] == [record.seq for record in journal.read(ROLLOUT)]


def test_each_record_names_the_link_of_the_one_before(journal):
    """The chain starts at the first link and goes through every record."""
    append(journal, EVENTS[:2])
    append(journal, EVENTS[2:], after=2)
    records = journal.read(ROLLOUT)
    previous = [FIRST_LINK, *(record.link for record in records[:-1])]
    assert previous == [record.previous for record in records]


def test_only_the_records_behind_a_number_are_read(journal):
    """A reader goes on where it stopped."""
    append(journal)
    assert [3, 4] == [record.seq for record in journal.read(ROLLOUT, after=2)]
    assert () == journal.read(ROLLOUT, after=4)


def test_an_empty_journal_has_no_records(journal):
    """Of a rollout that never was, there is nothing."""
    assert () == journal.read(ROLLOUT)
    assert () == journal.rollouts()
    assert () == journal.received(ROLLOUT)
    assert () == journal.verify(ROLLOUT)


@pytest.mark.parametrize("after", [3, 5], ids=["too low", "too high"])
def test_an_append_in_between_is_a_conflict_that_keeps_nothing(journal, after):
    """A runner that is not at the end of the journal may not write to it."""
    append(journal)
    with pytest.raises(JournalConflict) as caught:
        append(journal, EVENTS[:1], after=after)
    assert (after, 4) == (caught.value.expected, caught.value.found)
    assert 4 == len(journal.read(ROLLOUT))


def test_rollouts_do_not_touch_each_other(journal):
    """Each rollout has a chain and numbers of its own."""
    append(journal)
    append(journal, EVENTS[:1], rollout=OTHER)
    assert (ROLLOUT, OTHER) == journal.rollouts()
    assert 1 == journal.read(OTHER)[0].seq
    assert FIRST_LINK == journal.read(OTHER)[0].previous


def test_a_sent_command_waits_until_it_is_consumed(journal):
    """What people send is kept in order, for the rollout they sent it to."""
    first = Answer(at=NOON, by=ALOK, question=QuestionId("q"), answer="yes")
    second = Abort(at=NOON, by=ALOK, reason="enough")
    journal.send(ROLLOUT, first)
    journal.send(OTHER, second)
    journal.send(ROLLOUT, second)
    assert [first, second] == [r.command for r in journal.received(ROLLOUT)]
    assert [first, second] == [r.command for r in journal.received(ROLLOUT)]


def test_a_command_is_consumed_once_together_with_its_events(journal):
    """The same answer never counts twice."""
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    append(journal, EVENTS[:1], consumed=received.number)
    assert () == journal.received(ROLLOUT)
    with pytest.raises(JournalConflict):
        append(journal, EVENTS[:1], after=1, consumed=received.number)
    assert 1 == len(journal.read(ROLLOUT))


def test_a_command_stays_when_the_append_is_refused(journal):
    """Events and consumption are one transaction: all or nothing."""
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    with pytest.raises(JournalConflict):
        append(journal, EVENTS[:1], after=7, consumed=received.number)
    assert (received,) == journal.received(ROLLOUT)


def test_a_command_can_be_consumed_without_events(journal):
    """A command that changes nothing is dropped all the same."""
    journal.send(ROLLOUT, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(ROLLOUT)
    assert () == append(journal, (), consumed=received.number)
    assert () == journal.received(ROLLOUT)


def test_a_command_for_another_rollout_is_not_consumed(journal):
    """A runner consumes only what was sent to its own rollout."""
    journal.send(OTHER, Abort(at=NOON, by=ALOK))
    (received,) = journal.received(OTHER)
    with pytest.raises(JournalConflict):
        append(journal, EVENTS[:1], consumed=received.number)
    assert (received,) == journal.received(OTHER)


def test_an_untouched_chain_verifies(journal):
    """What nobody changed holds, also over several appends."""
    append(journal, EVENTS[:2])
    append(journal, EVENTS[2:], after=2)
    assert () == journal.verify(ROLLOUT)


def test_of_many_writers_at_once_exactly_one_wins_each_record(journal):
    """Threads that race for the same number get it once, and a conflict else."""

    def attempt(_):
        try:
            append(journal, EVENTS[:1], after=0)
        except JournalConflict:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert 1 == sum(pool.map(attempt, range(24)))
    assert () == journal.verify(ROLLOUT)


def test_a_memory_journal_finds_a_changed_record():
    """The fake's verify looks at the chain too."""
    journal = MemoryJournal()
    append(journal)
    records = journal.records[ROLLOUT]
    records[1] = replace(records[1], event=EVENTS[0])
    assert 2 == journal.verify(ROLLOUT)[0].seq


# --- what only a file can suffer ---------------------------------------------------

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
