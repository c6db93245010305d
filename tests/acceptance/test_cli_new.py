"""`gonogo new`: the document it writes runs, and rolls itself back, as it is."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from gonogo.entrypoints.cli import cli
from gonogo.testing.postgres import find_binaries
from gonogo_flags import FlagFile

FLAGS = {
    "flags": {
        "cart": {
            "state": "ENABLED",
            "variants": {"on": True, "off": False},
            "defaultVariant": "off",
        }
    }
}
# Ten minutes, the time that one look may take, are a third of a second.
PACE = ("--pace", "1800", "--yes", "--answers", "answers.yaml", "--as", "carol")


class World(BaseHTTPRequestHandler):
    """A Prometheus and a service in one: errors in percent, and always healthy."""

    def do_GET(self):
        """Answer a query with the value of its metric."""
        bad = self.server.is_bad()
        value = "100" if "histogram" in self.path else ("9" if bad else "0.2")
        result = {"data": {"result": [{"value": [0, value]}]}}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(result).encode())

    def log_message(self, *args):
        """Say nothing."""


@dataclass
class Project:
    """A folder with sources, and the world that its document meets."""

    folder: Path
    server: ThreadingHTTPServer
    environ: dict

    def gonogo(self, *words, status=0):
        """Run a command as a user does."""
        done = subprocess.run(
            [sys.executable, "-m", "gonogo", *words],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert status == done.returncode, done.stdout + done.stderr
        return done.stdout

    def rehearse(self, status=0):
        """Run the document to its end, with a yes to every question of it."""
        document = self.folder / "rollout.md"
        # The last day takes as long as all the rest together, and shows nothing new.
        document.write_text(document.read_text().replace("for 24 hours", "for 1 hour"))
        self.answer_all()
        return self.gonogo("run", "rollout.md", *PACE, status=status)

    def answer_all(self):
        """Write an answers file that says yes to every question of the document."""
        plan = json.loads(self.gonogo("explain", "rollout.md", "--json"))["plan"]
        steps = [step for stage in plan["stages"] for step in stage["steps"]]
        asked = [step["title"] for step in steps if step["kind"] == "question"]
        roles = {step["role"] for step in steps if step["kind"] == "approval"}
        answers = {title: {"by": "ada", "answer": "yes"} for title in asked}
        approvals = {role: {"by": "ada"} for role in sorted(roles)}
        text = json.dumps({"approvals": approvals, "answers": answers})
        (self.folder / "answers.yaml").write_text(text)


@pytest.fixture
def project(tmp_path):
    """Give a project with flags, a migration and a health path, and its world."""
    folder = tmp_path / "shop"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations/001_orders.up.sql").write_text("create table orders (n int);")
    (folder / "migrations/001_orders.down.sql").write_text("drop table orders;")
    (folder / "flags.json").write_text(json.dumps(FLAGS, indent=2) + "\n")
    (folder / "compose.yaml").write_text("test: curl http://localhost:80/healthz\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), World) as server:
        server.is_bad = lambda: False
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GONOGO_")}
        for name in ("DATABASE_URL", "APP_URL", "PROMETHEUS_URL"):
            kept.pop(name, None)
        urls = {"APP_URL": url, "PROMETHEUS_URL": url}
        yield Project(folder, server, {**kept, **urls})
        server.shutdown()
        thread.join()


@pytest.fixture
def database(project, database_url):
    """Give a function that returns the schema of the project's database."""
    binaries = find_binaries()
    path = f"{binaries}{os.pathsep}{project.environ['PATH']}"
    project.environ |= {"DATABASE_URL": database_url, "PATH": path}

    def schema():
        dump = subprocess.run(
            [binaries / "pg_dump", "--schema-only", database_url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        # Newer versions protect each dump by a random word.
        return [line for line in dump.splitlines() if "restrict" not in line]

    return schema


def test_a_flag_s_document_runs_to_its_end(project):
    """With a flag file, a health path and Prometheus nothing has to be added."""
    project.gonogo("new", "flag", "--stage-percentages", "5,100")
    assert "COMPLETED" in project.rehearse()
    assert 100 == FlagFile(project.folder / "flags.json").percentage("cart")


def test_a_flag_s_document_rolls_back_when_errors_rise(project):
    """Errors at the second share: the flag file is what it was, byte for byte."""
    flags = project.folder / "flags.json"
    before = flags.read_bytes()
    project.server.is_bad = lambda: FlagFile(flags).percentage("cart") > 5
    project.gonogo("new", "flag")
    assert "ROLLED BACK" in project.rehearse(status=1)
    assert before == flags.read_bytes()


def test_a_migration_s_document_runs_to_its_end(project, database):
    """With a migration and a database: backed up, migrated, watched, signed off."""
    project.gonogo("new", "migration")
    assert "COMPLETED" in project.rehearse()
    assert any("CREATE TABLE public.orders" in line for line in database())
    assert list(project.folder.glob("*.dump"))


def test_a_migration_s_document_rolls_back_when_errors_rise(project, database):
    """Errors after the migration: the schema is what it was, byte for byte."""
    before = database()
    url = project.environ["DATABASE_URL"]
    project.server.is_bad = lambda: has_orders(url)
    project.gonogo("new", "migration")
    assert "ROLLED BACK" in project.rehearse(status=1)
    assert before == database()


def has_orders(url):
    """Tell whether the migration is applied."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select to_regclass('orders')").fetchone()
    return row[0] is not None


def test_a_canary_s_document_runs_once_bind_was_answered(project):
    """The traffic switch is all that is missing; the second share is suggested."""
    switch = "{shell: {run: echo 5 > share.txt, undo: rm -f share.txt}}"
    project.gonogo("new", "canary", "--stage-percentages", "5,50")
    bound = subprocess.run(
        [sys.executable, "-m", "gonogo", "bind", "rollout.md", "--only", "traffic"],
        cwd=project.folder,
        env=project.environ,
        input=f"{switch}\n\n",
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert "echo 50 > share.txt" in bound
    assert "COMPLETED" in project.rehearse()
    assert "50\n" == (project.folder / "share.txt").read_text()


def test_what_was_found_and_what_is_open_is_shown(project):
    """A person sees what the document is made of; values of variables are not shown."""
    told = project.gonogo("new", "flag")
    assert "flags.json (cart)" in told
    assert "/healthz (compose.yaml)" in told
    assert "$PROMETHEUS_URL" in told
    assert "database   not found" in told
    assert "Who may approve as 'Dev Lead'?" in told
    written = [told] + [p.read_text() for p in project.folder.glob("rollout.*")]
    assert not [text for text in written if project.environ["APP_URL"] in text]


def test_a_person_is_asked_for_what_the_document_is_called(tmp_path, monkeypatch):
    """At a terminal Enter takes what was found; a flag that was not is asked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gonogo.entrypoints.cli.new._somebody_sits_here", lambda: True)
    done = CliRunner().invoke(cli, ["new", "flag"], input="shop\ncart\n\n")
    assert 0 == done.exit_code, done.output
    assert "# Turn On cart\n\n**Service:** shop\n" in Path("rollout.md").read_text()


def test_nothing_is_overwritten_unasked(project):
    """Neither the document nor its bindings; with --force both are."""
    for name in ("rollout.md", "rollout.bindings.yaml"):
        path = project.folder / name
        path.write_text("mine")
        project.gonogo("new", "flag", status=2)
        assert "mine" == path.read_text()
        path.unlink()
    (project.folder / "rollout.md").write_text("mine")
    project.gonogo("new", "flag", "--force")
    assert "# Turn On cart" in (project.folder / "rollout.md").read_text()


def test_a_document_in_another_folder_finds_the_project(project):
    """Its paths lead back to the project's files."""
    project.gonogo("new", "flag", "-o", "docs/rollouts/cart.md", "--title", "Cart")
    found = project.gonogo("explain", "docs/rollouts/cart.md")
    assert "../../flags.json" in found
    assert found.startswith("Cart\n")


@pytest.mark.parametrize("shares", ["", "5,x", "25,5", "5,5", "0,100", "5,101", "-1"])
def test_shares_that_do_not_rise_to_a_hundred_are_refused(project, shares):
    """A stage raises the exposure, and nothing is more than everybody."""
    words = ("new", "canary", f"--stage-percentages={shares}")
    project.gonogo(*words, status=2)
    assert not (project.folder / "rollout.md").exists()


@pytest.mark.parametrize("words", [("--flag", "x"), ("--stage-percentages", "5")])
def test_a_migration_has_no_shares(project, words):
    """An option that would mean nothing is refused."""
    project.gonogo("new", "migration", *words, status=2)
