"""Faults: a disk that is full, a server and a process that are killed, a long file."""

import csv
import resource
import subprocess
import sys
import time
from contextlib import contextmanager

import psycopg
import pytest

from gonogo.testing.postgres import private_postgres
from hardening.csv import (
    DatabaseLost,
    ExportNotWritten,
    Importer,
    RejectsNotWritten,
    Text,
    export_csv,
)
from tests.hardening.csv.conftest import prepare

ROWS = 20_000
RAW = b"phone,name\n" + b"".join(
    b"%s,n%d\n" % (b"?" if i % 50 == 7 else b"+1%d" % (4155550000 + i), i)
    for i in range(ROWS)
)
DEADLINE_S = 30.0


def complete(connection, rejects):
    """Tell whether each row of the file is in the table or in the rejects file, once."""
    names = [name for (name,) in connection.execute("SELECT name FROM contacts")]
    with rejects.open(newline="", encoding="utf-8") as file:
        numbers = [int(row["row"]) - 1 for row in csv.DictReader(file)]
    listed = [f"n{number}" for number in numbers]
    return sorted(names + listed) == sorted(f"n{i}" for i in range(ROWS))


@contextmanager
def little_room(size):
    """Let no file of this process grow beyond a size, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def pieces(then):
    """Yield the file in pieces; do something once three quarters were taken."""
    for start in range(0, len(RAW), 10_000):
        if start > len(RAW) * 3 // 4:
            then()
        yield RAW[start : start + 10_000]


def test_a_full_disk_stops_an_import_that_can_be_resumed(connection, contacts, rejects):
    """With no room for the rejects nothing more is imported; with room again, all is."""
    importer, source = Importer(contacts, batch_rows=1_000), pieces(lambda: None)
    with little_room(15_000), pytest.raises(RejectsNotWritten, match="large") as full:
        importer.run(source, connection, rejects=rejects, name="n")
    (kept,) = connection.execute("SELECT count(*) FROM contacts").fetchone()
    assert 0 < kept < full.value.row < ROWS
    importer.run([RAW], connection, rejects=rejects, name="n")
    assert complete(connection, rejects)


def test_a_disk_that_was_full_before_stops_the_import(connection, contacts):
    """Nothing is imported whose rejects could not be listed."""
    with pytest.raises(RejectsNotWritten, match="/dev/full"):
        Importer(contacts).run([RAW], connection, rejects="/dev/full")
    assert (0,) == connection.execute("SELECT count(*) FROM contacts").fetchone()


def test_a_killed_session_stops_an_import_that_can_be_resumed(
    csv_url, connection, contacts, rejects
):
    """PostgreSQL cuts the connection: a typed error, and nothing lost or doubled."""
    importer = Importer(contacts, batch_rows=1_000)
    with psycopg.connect(csv_url) as doomed:
        pid = doomed.info.backend_pid

        def kill():
            connection.execute("SELECT pg_terminate_backend(%s)", (pid,))

        with pytest.raises(DatabaseLost, match="to go on"):
            importer.run(pieces(kill), doomed, rejects=rejects, name="n")
    assert (0,) < connection.execute("SELECT count(*) FROM contacts").fetchone()
    importer.run([RAW], connection, rejects=rejects, name="n")
    assert complete(connection, rejects)


def test_a_stopped_server_stops_an_import_that_can_be_resumed(contacts, rejects):
    """The server goes away and comes back: the import is completed by the same call."""
    importer = Importer(contacts, batch_rows=1_000)
    with private_postgres() as server:
        with psycopg.connect(server.url(), autocommit=True) as opened:
            prepare(opened)
            with pytest.raises(DatabaseLost):
                importer.run(pieces(server.stop), opened, rejects=rejects, name="n")
            with pytest.raises(DatabaseLost):
                importer.run([RAW], opened, rejects=rejects, name="n")
        server.start()
        with psycopg.connect(server.url(), autocommit=True) as opened:
            importer.run([RAW], opened, rejects=rejects, name="n")
            assert complete(opened, rejects)


IMPORTING = """
import sys
import psycopg
from hardening.csv import Importer
from tests.hardening.csv.conftest import CONTACTS
from tests.hardening.csv.test_faults import pieces

url, rejects = sys.argv[1:]
with psycopg.connect(url) as connection:
    importer = Importer(CONTACTS, batch_rows=1_000)
    importer.run(pieces(sys.stdin.read), connection, rejects=rejects, name="n")
"""


def test_a_killed_process_leaves_an_import_that_can_be_resumed(
    csv_url, connection, contacts, rejects
):
    """A worker that is killed at any moment costs nobody a row."""
    command = [sys.executable, "-c", IMPORTING, csv_url, str(rejects)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        deadline = time.monotonic() + DEADLINE_S
        while connection.execute("SELECT count(*) FROM contacts").fetchone()[0] < 5_000:
            assert time.monotonic() < deadline
            assert worker.poll() is None
            time.sleep(0.01)
        worker.kill()
    report = Importer(contacts).run([RAW], connection, rejects=rejects, name="n")
    assert report.resumed_after >= 5_000
    assert complete(connection, rejects)


MEASURING = """
import resource
import sys
import psycopg
from hardening.csv import Importer
from tests.hardening.csv.conftest import CONTACTS

def contacts():
    yield b"phone,name,email\\n"
    for start in range(0, 150_000, 1_000):
        rows = range(start, start + 1_000)
        text = "".join(f'+1{4155550000 + i},"a,{i}",{i}@example.org\\n' for i in rows)
        yield text.encode()

def peak_kb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

url, rejects = sys.argv[1:]
with psycopg.connect(url) as connection:
    importer = Importer(CONTACTS)
    before_kb = peak_kb()
    report = importer.run(contacts(), connection, rejects=rejects, name="n")
    print(report.imported, peak_kb() - before_kb)
"""


def test_the_memory_does_not_grow_with_the_file(csv_url, connection, rejects):
    """A file of any length is imported in the memory of its first rows: 10 MB at most."""
    assert (0,) == connection.execute("SELECT count(*) FROM contacts").fetchone()
    command = [sys.executable, "-c", MEASURING, csv_url, str(rejects)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported, grown_kb = map(int, done.stdout.split())
    assert (150_000, True) == (imported, grown_kb <= 10_000)


def test_a_full_disk_leaves_the_old_export(tmp_path):
    """An export for which there is no room does not replace the last one."""
    path = tmp_path / "contacts.csv"
    path.write_text("old")
    rows = [("n" * 100,)] * 10_000
    with little_room(5_000), pytest.raises(ExportNotWritten, match=r"contacts\.csv"):
        export_csv(rows, path, {"Name": Text()})
    assert ("old", [path]) == (path.read_text(), [*tmp_path.iterdir()])
