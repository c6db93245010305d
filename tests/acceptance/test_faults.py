"""What the world gets wrong in the middle of a rollout: the right verdict, and back."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psycopg
import pytest
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli

# At this pace a cadence of a minute is the shortest pause that a runner makes.
PACE = ("--pace", "240")
TOKEN = "hush-hush/4711+x"
DOCUMENT = """\
---
gonogo:
  service: shop
  environment: test
{bindings}
---

# Switch the shop to the new cart

## Stage 1: Prepare

- [ ] Copy the flag <!-- gonogo: {{shell: {{run: "cp flag.txt copy.txt", undo: "rm copy.txt"}}}} -->

## Stage 2: Enable for 5%

- [ ] Raise the level <!-- gonogo: {{{apply}}} -->
{steps}

| Metric | Threshold |
|--------|-----------|
| Errors | < 5 |

{after}
"""
ABORTS = "person: ada\nanswers:\n  Errors/attention: abort\n"


def counted(file, limit, then, otherwise):
    """Return a script that does one thing at first, and another from a time on."""
    count = f"echo x >> {file}; if test $(wc -l < {file}) -gt {limit}"
    return f"{count}; then {then}; else {otherwise}; fi"


class Faulty:
    """A shop whose document is given its faults, and commands called on it."""

    def __init__(self, shop):
        """Take a shop."""
        self.shop, self.folder = shop, shop.folder

    def write(
        self,
        probe='shell: "cat errors.txt"',
        *,
        bindings="",
        undo="cp copy.txt flag.txt",
        apply=None,
        soak="5m",
        steps=None,
        after="",
    ):
        """Write the document."""
        metric = f"  metrics: {{Errors: {{{probe}, every: 1m}}}}"
        step = f'shell: {{run: "echo 5 > flag.txt", undo: "{undo}"}}'
        text = DOCUMENT.format(
            bindings=f"{metric}\n{bindings}".rstrip(),
            apply=apply or step,
            steps=f"- [ ] Monitor for {soak}" if steps is None else steps,
            after=after,
        )
        (self.folder / "rollout.md").write_text(text)

    def call(self, *words, status=None):
        """Call a command in this process; no traceback is ever shown."""
        done = CliRunner().invoke(cli, words, prog_name="gonogo")
        assert "Traceback" not in done.output
        if status is not None:
            assert status == done.exit_code, done.output
        return done

    def run(self, *words, status):
        """Run the document; return what was told, the journal proven sound."""
        done = self.call("run", "rollout.md", *PACE, *words, status=status)
        self.call("journal", "verify", "--all", status=0)
        return done.stdout

    def events(self):
        """Return the journaled events, oldest first."""
        shown = self.call("journal", "show", "--json", status=0).stdout
        return [json.loads(line) for line in shown.splitlines()]

    def outcomes(self):
        """Return every outcome that a gate was judged to have."""
        return {
            each["verdict"]["outcome"]
            for event in self.events()
            for each in event.get("verdicts", ())
        }

    def is_as_before(self):
        """Return whether the shop is as it was before the start."""
        return self.shop.flag() == b"off\n" and not (self.folder / "copy.txt").exists()


@pytest.fixture
def faulty(shop, monkeypatch):
    """Give a shop with faults, the commands being called in its folder."""
    monkeypatch.chdir(shop.folder)
    monkeypatch.setenv("GONOGO_USER", "carol")
    return Faulty(shop)


def read_until(process, text):
    """Read a running command's output until a text is in it; return what was read."""
    read = ""
    for line in process.stdout:
        read += line
        if text in line:
            return read
    pytest.fail(f"the command ended before it said '{text}':\n{read}")


# -- probes --------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    """Answers each path with its own kind of rubbish."""

    BODIES = {  # noqa: RUF012
        "/html": b"<html><body>It works!</body></html>",
        "/null": b'{"errors": null}',
        "/nan": b'{"errors": NaN}',
        "/other": b'{"error": 1}',
        "/cut": b'{"errors": ',
        "/empty": b"",
    }

    def do_GET(self):
        """Answer."""
        body = self.BODIES[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture(scope="module")
def server():
    """Give the address of a server that answers with rubbish."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(
    ("probe", "outcome"),
    [
        ('shell: {run: "sleep 600", deadline: 0.2s}', "error"),
        ('shell: "kill -9 $$"', "error"),
        ('shell: "echo 1; exit 7"', "error"),
        ('shell: "no-such-program"', "error"),
        ("shell: \"echo '<html>It works!</html>'\"", "inconclusive"),
        ('shell: "true"', "inconclusive"),
        ('shell: "echo nan"', "inconclusive"),
        ('shell: "head -c 9000 /dev/zero"', "inconclusive"),
        ('http: {url: "SERVER/html", json: "$.errors"}', "error"),
        ('http: {url: "SERVER/cut", json: "$.errors"}', "error"),
        ('http: {url: "SERVER/empty", json: "$.errors"}', "error"),
        ('http: {url: "SERVER/other", json: "$.errors"}', "error"),
        ('http: {url: "SERVER/null", json: "$.errors"}', "inconclusive"),
        ('http: {url: "SERVER/nan", json: "$.errors"}', "inconclusive"),
        ('http: {url: "http://127.0.0.1:1/", json: "$.errors"}', "error"),
    ],
    ids=[
        "hangs",
        "kills itself",
        "ends with an error",
        "is not there",
        "prints HTML",
        "prints nothing",
        "prints NaN",
        "prints zeros",
        "answers HTML",
        "answers half a JSON",
        "answers nothing",
        "answers another key",
        "answers null",
        "answers NaN",
        "refuses",
    ],
)
def test_what_cannot_be_read_is_never_a_pass_and_calls_a_person(
    faulty, server, probe, outcome
):
    """Three looks in a row without a value call a person, who may take it back."""
    faulty.write(probe.replace("SERVER", server))
    (faulty.folder / "answers.yaml").write_text(ABORTS)
    told = faulty.run("--answers", "answers.yaml", status=1)
    assert {outcome} == faulty.outcomes()
    assert "'Errors' could not be read 3 times in a row" in told
    assert "ada (answers.yaml:3) answered Errors/attention with 'abort'" in told
    assert faulty.is_as_before()


def test_a_probe_that_recovers_sends_the_person_home_and_the_rollout_on(faulty):
    """The question is withdrawn with the first good value; the soak counts anew."""
    script = counted("looks.txt", 4, then="echo 1", otherwise="exit 1")
    faulty.write(f'shell: "{script}"')
    told = faulty.run(status=0)
    asked = told.index("could not be read 3 times")
    home = told.index("no longer asked: Errors/attention")
    assert asked < home < told.index("soak  Monitor") < told.index("COMPLETED")


def test_a_probe_that_fails_in_the_middle_of_a_soak_lets_it_count_anew(faulty):
    """One look without a value is no pass, and no fail: the hold starts again."""
    script = "echo x >> looks.txt; test $(wc -l < looks.txt) -ne 3 && echo 1"
    faulty.write(f'shell: "{script}"', soak="4m")
    told = faulty.run(status=0)
    assert {"pass", "error"} == faulty.outcomes()
    assert "Monitor for 4m (line" in told
    assert "counts anew: " in told


def test_gates_are_watched_while_a_question_is_open(faulty):
    """Law 4: exposed and with nobody to answer, a value that breaks rolls back."""
    script = counted("looks.txt", 3, then="echo 9", otherwise="echo 1")
    question = "- [ ] Verify that the shop looks right"
    faulty.write(f'shell: "{script}"', steps=question)
    told = faulty.run(status=1)
    asked = told.index("asks: Verify that the shop looks right")
    assert asked < told.index("ROLLING BACK: Errors is 9, has to be < 5")
    assert "no longer asked: " in told
    assert faulty.is_as_before()


# -- undos ---------------------------------------------------------------------------


def test_an_undo_that_fails_twice_is_tried_again_until_it_succeeds(faulty):
    """The third attempt brings it back; nobody has to be called."""
    (faulty.folder / "errors.txt").write_text("9\n")
    undo = counted("undos.txt", 2, then="cp copy.txt flag.txt", otherwise="exit 1")
    faulty.write(undo=undo)
    told = faulty.run(status=1)
    assert 2 == told.count("undo failed  Raise the level")
    assert "ROLLED BACK: 2 undone\n" in told
    assert "by hand" not in told
    assert faulty.is_as_before()


def test_an_undo_that_never_succeeds_is_handed_over_and_the_rest_goes_on(faulty):
    """It is said what to do by hand; everything else is undone, and the status is 1."""
    (faulty.folder / "errors.txt").write_text("9\n")
    faulty.write(undo="echo the disk is on fire; exit 1")
    told = faulty.run(status=1)
    assert 3 == told.count("undo failed  Raise the level")
    assert "! by hand  Raise the level" in told
    assert "ROLLED BACK: 1 undone, 1 left to people" in told
    assert not (faulty.folder / "copy.txt").exists()
    _, _, waits = told.partition("waits for:")
    assert "Undo by hand: Raise the level" in waits
    assert "gonogo answer shop-test-1 undo-2 done" in waits
    faulty.call("answer", "undo-2", "done", status=0)
    report = faulty.folder / ".gonogo" / "reports" / "shop-test-1" / "report.md"
    assert "the disk is on fire" in report.read_text()


# -- a database that goes away -------------------------------------------------------


class Database:
    """A database that a rollout changes, on a server that can go away."""

    def __init__(self, server, url):
        """Take the server, and put a table into the database."""
        self.server, self.url = server, url
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE job (id int, failed bool)")

    def catalogue(self):
        """Return every column of every table."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(
                "SELECT table_name, column_name, data_type "
                "FROM information_schema.columns WHERE table_schema = 'public' "
                "ORDER BY 1, 2"
            ).fetchall()

    def wait_for(self, statement, process):
        """Return once a statement is at work in the server."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            while (
                process.poll() is None
                and not connection.execute(
                    "SELECT pg_sleep(0.02) FROM pg_stat_activity "
                    "WHERE query LIKE %s AND pid <> pg_backend_pid()",
                    (f"%{statement}%",),
                ).fetchall()
            ):
                pass


@pytest.fixture
def database(postgres, database_url):
    """Give a database; its server runs again when the test has ended."""
    yield Database(postgres, database_url)
    postgres.start()


@pytest.fixture
def begin(faulty, database):
    """Give a function that begins the rollout in a process of its own."""
    begun = []

    def start(up, pace):
        (faulty.folder / "up.sql").write_text(up)
        (faulty.folder / "down.sql").write_text("DROP TABLE IF EXISTS job_dlq;")
        faulty.write(
            'sql: {query: "select count(*) from job where failed", deadline: 1s}',
            bindings="  connections: {shop: {env: SHOP_DB}}",
            apply="migrate: {up: up.sql, down: down.sql, idempotent: true}",
            soak="8m",
        )
        words = ("run", "rollout.md", "--pace", str(pace))
        begun.append(faulty.shop.start(*words, SHOP_DB=database.url))
        return begun[-1]

    yield start
    for process in begun:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


UP = "CREATE TABLE job_dlq (id int);"


def test_a_soak_outlasts_a_database_that_goes_away_and_comes_back(
    faulty, database, begin
):
    """While it is away its gate is no pass and a person is called; then it goes on."""
    process = begin(UP, 240)
    read_until(process, "soak  Monitor")
    database.server.stop()
    said = read_until(process, "could not be read 3 times")
    assert "The database did not answer" in said
    database.server.start()
    rest, _ = process.communicate(timeout=40)
    assert 0 == process.returncode, rest
    assert "no longer asked: Errors/attention" in rest
    assert {"pass", "error"} == faulty.outcomes()
    faulty.call("journal", "verify", status=0)


def test_an_abort_while_the_database_is_away_is_completed_when_it_is_back(
    faulty, database, begin
):
    """The undo is tried again; once the database is back the catalogue is as before."""
    before = database.catalogue()
    process = begin(UP, 10)
    read_until(process, "soak  Monitor")
    database.server.stop()
    faulty.call("abort", "--reason", "no database", status=0)
    read_until(process, "undo failed")
    database.server.start()
    rest, _ = process.communicate(timeout=40)
    assert 1 == process.returncode, rest
    assert "ROLLED BACK: 2 undone\n" in rest
    assert before == database.catalogue()
    faulty.call("journal", "verify", status=0)


def test_a_migration_whose_database_goes_away_is_rolled_back(faulty, database, begin):
    """What took effect is not known, so that it is undone; nothing is left of it."""
    before = database.catalogue()
    process = begin(f"{UP} SELECT pg_sleep(300);", 10)
    database.wait_for("CREATE TABLE job_dlq", process)
    database.server.stop()
    said = read_until(process, "undo failed")
    assert "Whether the statements took effect is not known" in said
    database.server.start()
    rest, _ = process.communicate(timeout=40)
    assert 1 == process.returncode, rest
    assert "ROLLED BACK: 2 undone\n" in rest
    assert before == database.catalogue()
    assert faulty.is_as_before()


# -- the journal ---------------------------------------------------------------------


@pytest.mark.parametrize("state", ["flag.txt", "flag.txt/x", "/proc/gonogo"])
def test_a_state_folder_that_cannot_be_is_one_message(faulty, state):
    """Where nothing can be kept nothing is begun, and the place is named."""
    faulty.write()
    done = faulty.call("run", "rollout.md", *PACE, "--state", state, status=2)
    assert done.stderr.startswith("gonogo: ")
    assert state.partition("/x")[0] in done.stderr
    assert b"off\n" == faulty.shop.flag()


@pytest.mark.parametrize("kilobytes", [4, 100])
def test_a_full_disk_is_one_message_and_the_same_command_goes_on(faulty, kilobytes):
    """What cannot be journaled is not done; with space again, it runs to its end."""
    faulty.write(soak="30m")
    gonogo = f"{sys.executable} -m gonogo run rollout.md --pace 600"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f {kilobytes}; exec {gonogo}"],
        cwd=faulty.folder,
        env=faulty.shop.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert 2 == done.returncode, done.stdout + done.stderr
    assert "journal.db cannot be used: " in done.stderr
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    again = faulty.call("run", "rollout.md", "--pace", "3600")
    assert 0 == again.exit_code, again.output
    faulty.call("journal", "verify", status=0)


def make_text(path):
    """Put a text where the journal belongs."""
    path.write_text("Dear diary,\n" * 1000)


def make_other_database(path):
    """Put somebody else's database where the journal belongs."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE diary (day TEXT)")
    other.close()


def make_cut(path):
    """Put the beginning of a database where the journal belongs."""
    make_other_database(path)
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("spoil", [make_text, make_other_database, make_cut])
@pytest.mark.parametrize(
    "words",
    [("run", "rollout.md"), ("status",), ("report",), ("journal", "verify")],
    ids=" ".join,
)
def test_a_journal_that_is_none_is_one_message_and_left_alone(faulty, spoil, words):
    """A file that gonogo did not write is refused, and not a byte of it changed."""
    faulty.write()
    path = faulty.folder / ".gonogo" / "journal.db"
    path.parent.mkdir()
    spoil(path)
    before = path.read_bytes()
    done = faulty.call(*words, status=2)
    assert f"The journal {path.relative_to(faulty.folder)} cannot be used" in (
        done.stderr
    )
    assert before == path.read_bytes()


@pytest.fixture(scope="module")
def once(tmp_path_factory, new_shop):
    """Give one shop whose rollout has run to its end; only to be copied."""
    made = new_shop(tmp_path_factory.mktemp("shop"))
    made.gonogo("run", "rollout.md", *PACE, status=0)
    return made


CHANGES = {
    "a time": "UPDATE record SET recorded_at = replace(recorded_at, '+00:00', 'Z')"
    " WHERE seq = 3",
    "a later time": "UPDATE record SET recorded_at = replace(recorded_at, '20', '21')"
    " WHERE seq = 3",
    "a body": "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 's1', 's2')"
    " AS BLOB) WHERE seq = 3",
    "spaces in a body": "UPDATE record SET body = CAST(CAST(body AS TEXT) || ' '"
    " AS BLOB) WHERE seq = 3",
    "a previous link": "UPDATE record SET previous = link WHERE seq = 3",
    "a link": "UPDATE record SET link = previous WHERE seq = 3",
    "a rollout": "UPDATE record SET rollout = 'shop-test-9' WHERE seq = 3",
    "a number": "UPDATE record SET seq = 999 WHERE seq = 3",
    "one left out": "DELETE FROM record WHERE seq = 3",
    "the end left out": "DELETE FROM record WHERE seq > 3",
    "the head": "UPDATE head SET seq = seq - 1",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_in_any_column_of_the_journal_is_found(once, tmp_path, change):
    """Whatever of a record is not as written is named, and the status is 1."""
    path = shutil.copytree(once.folder, tmp_path / "shop") / ".gonogo"
    with sqlite3.connect(path / "journal.db") as journal:
        for name in ("record_is_never_changed", "record_is_never_deleted"):
            journal.execute(f"DROP TRIGGER {name}")
        journal.execute(change)
    journal.close()
    words = ["--state", str(path), "journal", "verify", "--all"]
    done = CliRunner().invoke(cli, words)
    assert 1 == done.exit_code, done.output
    assert "DAMAGED shop-test-1 " in done.stdout


@pytest.mark.parametrize("wanted", [b"carol", b"RolloutCompleted", b"+00:00"])
def test_a_changed_byte_in_the_file_is_found(once, tmp_path, wanted):
    """A byte that is not what was written, wherever it lies, is found."""
    shop = replace(once, folder=shutil.copytree(once.folder, tmp_path / "shop"))
    path = shop.folder / ".gonogo" / "journal.db"
    data = bytearray(path.read_bytes())
    place = data.index(wanted)
    data[place] ^= 1
    path.write_bytes(data)
    words = ["--state", str(path.parent), "journal", "verify"]
    done = CliRunner().invoke(cli, words)
    assert 1 == done.exit_code, done.output
    assert "DAMAGED shop-test-1 " in done.stdout


def test_of_processes_that_start_at_once_one_runs_the_rollout(faulty):
    """Whoever comes second is refused with what to do; the work is done once."""
    faulty.write(apply='shell: {run: "echo ran >> ran.txt", undo: "true"}', soak="12m")
    begun = [faulty.shop.start("run", "rollout.md", *PACE) for _ in range(3)]
    told = {each: each.communicate(timeout=50)[0] for each in begun}
    statuses = sorted(each.returncode for each in begun)
    assert [0, 2, 2] == statuses, "\n".join(told.values())
    for refused in (told[each] for each in begun if each.returncode == 2):
        assert "Rollout shop-test-1 is already run by process " in refused
        assert "gonogo watch" in refused
    assert "ran\n" == (faulty.folder / "ran.txt").read_text()


# -- secrets -------------------------------------------------------------------------

SECRETS = (
    "  values: {TOKEN: {env: TOKEN, secret: true}, DB: {env: DB_URL, secret: true}}\n"
    "  connections: {shop: {env: DB_URL}}"
)
LEAKS = {
    "in a script's output": {
        "apply": "shell: {run: 'echo $TOKEN; echo $TOKEN | base64; echo 5 > flag.txt',"
        " undo: 'echo $TOKEN >&2; cp copy.txt flag.txt'}"
    },
    "in an error message": {"apply": "shell: {run: 'set -x; $TOKEN', undo: 'true'}"},
    "in the URL of a probe": {
        "probe": 'http: {url: "http://u:$TOKEN@127.0.0.1:1/?t=$TOKEN"}'
    },
    "in the URL of a database": {
        "probe": 'sql: {query: "select 1", connection: shop, deadline: 2s}'
    },
    "in what a database refuses": {
        "apply": "shell: {run: 'psql \"$DB\" -c x; exit 1', undo: 'true'}"
    },
    "in the text of the document": {"after": f"The token is {TOKEN}, by the way."},
}


@pytest.mark.parametrize("parts", LEAKS.values(), ids=LEAKS)
def test_a_secret_is_nowhere_to_be_found(faulty, monkeypatch, parts):
    """Law 10: not in the journal or its log, the report, or what is printed."""
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("DB_URL", f"postgresql://shop:{TOKEN}x@127.0.0.1:1/shop")
    faulty.write(bindings=SECRETS, **parts)
    (faulty.folder / "answers.yaml").write_text(ABORTS)
    done = faulty.call("run", "rollout.md", "--answers", "answers.yaml", *PACE)
    assert done.exit_code in {0, 1, 2, 3}
    faulty.call("report")
    faulty.call("status")
    assert TOKEN not in done.stdout + done.stderr
    files = [each for each in (faulty.folder / ".gonogo").rglob("*") if each.is_file()]
    leaked = [each.name for each in files if TOKEN.encode() in each.read_bytes()]
    assert [] == leaked


def test_a_plan_that_spells_a_secret_out_is_refused(faulty, monkeypatch):
    """A plan is journaled under its digest: what it holds cannot be redacted."""
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("DB_URL", "postgresql://shop@127.0.0.1:1/shop")
    spelled = f"## Stage 3: Look\n\n- [ ] Verify that {TOKEN} works\n"
    faulty.write(bindings=SECRETS, after=spelled)
    done = faulty.call("run", "rollout.md", *PACE)
    assert 2 == done.exit_code
    assert re.search(r"rollout\.md:\d+: the value of the secret 'TOKEN'", done.stderr)
    assert TOKEN not in done.stdout + done.stderr
    assert not (faulty.folder / ".gonogo").exists()
