"""The private PostgreSQL: there when asked, private, and gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from gonogo.testing.postgres import (
    PostgresNotFound,
    find_binaries,
    private_postgres,
)

CHILD = """
import sys
from gonogo.testing.postgres import private_postgres
with private_postgres() as server:
    print(server.folder, server.url(), flush=True)
    sys.stdin.read()
"""


def value(url, query):
    """Return the single value that a query gives."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def write_table(url, name, number):
    """Create a table of one row."""
    with psycopg.connect(url) as connection:
        connection.execute(f"create table {name} as select {number} as n")


def fake_server(folder, version):
    """Write binaries that only tell their version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        script = folder / name
        script.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        script.chmod(0o755)
    return folder


@pytest.fixture
def own_server(postgres):
    """Give a server that the test may stop."""
    assert postgres is not None, "asked for first, so that its absence skips"
    with private_postgres() as server:
        yield server


def test_a_fresh_database_is_empty_and_writable(database_url):
    """Each test starts from an empty database of its own."""
    assert 0 == value(database_url, "select count(*) from pg_stat_user_tables")
    write_table(database_url, "t", 7)
    assert 7 == value(database_url, "select n from t")


def test_databases_do_not_see_one_another(postgres, database_url):
    """What one test writes stays out of another's database."""
    other = postgres.create_database('odd "name"')
    try:
        write_table(database_url, "mine", 1)
        assert value(other, "select to_regclass('mine')") is None
    finally:
        postgres.drop_database('odd "name"')


def test_the_server_runs_without_the_rights_of_root(postgres):
    """The server's files belong to somebody who is not root."""
    assert (postgres.folder / "data").stat().st_uid != 0


def test_the_server_listens_on_the_loopback_only(postgres):
    """Nobody reaches the server from another machine."""
    assert "127.0.0.1" == value(postgres.url(), "show listen_addresses")


def test_a_wrong_password_is_refused(postgres):
    """Another user of the machine does not get in."""
    stranger = postgres.url().replace(postgres.password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(stranger)


def test_the_password_is_not_shown(postgres):
    """A failing test's output does not carry the password."""
    assert postgres.password not in repr(postgres)


def test_commits_survive_a_stop_and_a_start(own_server):
    """A database that goes away comes back at the same address with its data."""
    url = own_server.create_database("kept")
    write_table(url, "t", 42)
    own_server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)
    own_server.start()
    assert 42 == value(url, "select n from t")


def test_stopping_and_starting_twice_changes_nothing(own_server):
    """Both say what should be, so a repeat is no mistake."""
    own_server.start()
    own_server.stop()
    own_server.stop()
    own_server.start()
    assert 1 == value(own_server.url(), "select 1")


def test_the_folder_is_removed_at_the_end(postgres):
    """Nothing is left behind, also when the test fails."""
    folders = []

    def fail_inside():
        with private_postgres() as server:
            folders.append(server.folder)
            raise LookupError

    assert postgres is not None
    with pytest.raises(LookupError):
        fail_inside()
    assert [False] == [folder.exists() for folder in folders]


def test_the_server_dies_with_its_parent(postgres):
    """A killed test run leaves no server and no folder."""
    assert postgres is not None
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        folder, url = child.stdout.readline().split()
        folder = Path(folder)
        assert 1 == value(url, "select 1")
        os.kill(child.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)


@pytest.mark.parametrize("version", ["15.0", "15.18 (Debian 15.18-0+deb12u1)", "18rc1"])
def test_a_new_enough_server_is_taken(tmp_path, version):
    """Version 15 and everything after it will do."""
    folder = fake_server(tmp_path / "bin", version)
    assert folder == find_binaries([folder])


def test_an_old_server_is_passed_over_for_a_newer_one(tmp_path):
    """An old server that comes first in the list does not hide a good one."""
    old = fake_server(tmp_path / "old", "14.9")
    good = fake_server(tmp_path / "good", "16.1")
    assert good == find_binaries([old, tmp_path / "absent", good])


def test_the_absence_of_a_server_says_what_to_type(tmp_path):
    """The error names the places, and the one command that helps."""
    old = fake_server(tmp_path / "old", "14.9")
    with pytest.raises(PostgresNotFound) as caught:
        find_binaries([old])
    assert (old,) == caught.value.looked_in
    assert str(old) in str(caught.value)
    assert "scripts/system-deps" in str(caught.value)
