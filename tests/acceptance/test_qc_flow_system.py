"""
The example system, run for real: each feature is shown by what it does.

One system serves all tests. Each test begins with release v2, both migrations and all
flags off, and asks only about jobs and tenants of its own, so that the order of the
tests and the load beside them do not matter.
"""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from examples.qc_flow.qc_flow.command import run_command
from examples.qc_flow.qc_flow.system import running_system
from gonogo.testing.postgres import PostgresNotFound, find_binaries
from gonogo_flags import FlagFile

EXAMPLE = Path(__file__).parents[2] / "examples" / "qc_flow"
DLQ, HEARTBEAT = "DLQ_ENABLED", "JOB_HEARTBEAT"
DEADLINE_S = 20.0
MIGRATIONS = ("001_job_dlq", "002_heartbeat")


def _is_installed():
    """Tell whether there is a PostgreSQL to run; nothing else may be missing."""
    try:
        find_binaries()
    except PostgresNotFound:
        return False
    return True


pytestmark = [
    pytest.mark.xdist_group("qc_flow"),
    pytest.mark.skipif(
        not _is_installed(), reason="no PostgreSQL: scripts/system-deps"
    ),
]
names = itertools.count()


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """Run the system for all tests, with a watchdog that loses patience sooner."""
    patience = {"QC_MISS_AFTER_S": "1.0", "QC_STALL_AFTER_S": "1.5"}
    folder = tmp_path_factory.mktemp("qc_flow")
    with running_system(folder, rate_per_s=20, settings=patience) as system:
        yield Production(system)


@pytest.fixture
def production(system):
    """Return production as the rollout has it after its first two stages."""
    system.script("scripts/deploy.sh", "v2")
    system.migrate("up", *MIGRATIONS)
    yield system
    system.back_to_the_start()


class Production:
    """What a test does with the production of a running system."""

    def __init__(self, system):
        """Take a running system."""
        self.system = system
        self.url = system.production.url
        self.flags = FlagFile(system.production.flags)

    def request(self, method, path, *, tenant=None, body=None, token=None):
        """Return the status and the JSON of one request."""
        headers = {"X-Tenant": tenant} if tenant else {}
        if token is None:
            headers["Authorization"] = f"Bearer {self.system.token}"
        request = urllib.request.Request(  # noqa: S310 - an address of ours
            self.url + path,
            method=method,
            headers=headers,
            data=None if body is None else body.encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def get(self, path):
        """Return the JSON of a question that has an answer."""
        status, answer = self.request("GET", path)
        assert 200 == status, answer
        return answer

    def post_job(self, clip, tenant):
        """Post a job and return its number."""
        body = json.dumps({"clip": clip})
        status, answer = self.request("POST", "/api/qc/jobs", tenant=tenant, body=body)
        assert 202 == status, answer
        return answer["id"]

    def tenant(self, *flags_on, off=()):
        """Return a new tenant for whom these flags are on and those are off."""
        snapshot = self.flags.snapshot()
        for number in names:
            tenant = f"mine-{number}"
            is_on = {f: snapshot.is_on(f, tenant) for f in (*flags_on, *off)}
            if all(is_on[f] for f in flags_on) and not any(is_on[f] for f in off):
                return tenant
        raise AssertionError

    def rows(self, query, *values):
        """Return the rows of a query."""
        url = self.system.production.database_url
        with psycopg.connect(url) as connection:
            return connection.execute(query, values).fetchall()

    def state(self, job_id):
        """Return the state of a job."""
        return self.rows("SELECT state FROM qc_jobs WHERE id = %s", job_id)[0][0]

    def dead_letters(self, job_id):
        """Return why a job was set aside, each time."""
        query = "SELECT reason FROM job_dlq WHERE job_id = %s"
        return [reason for (reason,) in self.rows(query, job_id)]

    def events(self, job_id, kind):
        """Return how often something happened to a job."""
        query = "SELECT count(*) FROM qc_events WHERE job_id = %s AND kind = %s"
        return self.rows(query, job_id, kind)[0][0]

    def script(self, name, *arguments, **variables):
        """Run a script of the example and return its status and what it prints."""
        return self.command(str(EXAMPLE / name), *arguments, **variables)

    def cli(self, *arguments):
        """Run a command of `python -m qc_flow`."""
        return self.command(sys.executable, "-m", "qc_flow", *arguments)

    def command(self, *command, **variables):
        """Run any command, as one of the rollout would run."""
        done = subprocess.run(
            command,
            env={**os.environ, **self.system.env, **variables},
            check=False,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def migrate(self, direction, *migrations):
        """Run migrations up, or down."""
        with psycopg.connect(self.system.production.database_url) as connection:
            for name in migrations:
                path = EXAMPLE / "migrations" / f"{name}.{direction}.sql"
                connection.execute(path.read_bytes())

    def schema(self):
        """Return the schema of the database, as a backup would create it."""
        url = self.system.production.database_url
        status, dump = self.command("pg_dump", "--schema-only", url)
        assert 0 == status, dump
        # Newer versions protect each dump by a random word.
        return [line for line in dump.splitlines() if "restrict" not in line]

    def back_to_the_start(self):
        """Leave production as it was before the rollout."""
        self.cli("fault", "--clear")
        for flag in (DLQ, HEARTBEAT):
            self.flags.kill(flag)
        self.migrate("down", *reversed(MIGRATIONS))
        self.script("scripts/deploy.sh", "--back")


def eventually(question):
    """Return the first true answer to a question, asked until the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not (answer := question()):
        assert time.monotonic() < deadline, "not within the deadline"
        time.sleep(0.05)
    return answer


def test_exhausted_job_becomes_a_dead_letter_only_where_the_flag_is_on(production):
    """A tenant in the 50 % finds its failed job set aside; another finds it failed."""
    production.flags.set_percentage(DLQ, 50)
    tenants = (production.tenant(DLQ), production.tenant(off=[DLQ]))
    with_flag, without = (production.post_job("test-failure", t) for t in tenants)
    for job in (with_flag, without):
        eventually(lambda job=job: production.state(job) == "failed")
    assert ["exhausted"] == production.dead_letters(with_flag)
    assert [] == production.dead_letters(without)
    attempts = "SELECT attempts, last_error FROM qc_jobs WHERE id = %s"
    assert [(3, "clip 'test-failure' cannot be decoded")] == production.rows(
        attempts, without
    )


def test_injected_failure_is_counted_among_the_dead_letters(production):
    """The operator's test comes back only once its dead letter is there."""
    path = "/api/admin/dlq/test?wait_s=10"
    status, answer = production.request("POST", path)
    assert (409, True) == (status, "on for no tenant" in answer["error"])
    production.flags.set_percentage(DLQ, 5)
    status, answer = production.request("POST", path)
    assert (200, True) == (status, answer["in_dlq"])
    stats = production.get("/api/admin/dlq?stats=true")
    assert (True, 1, 1) == (stats["table"], stats["total"], stats["tests"])
    entries = production.get("/api/admin/dlq")["entries"]
    assert [answer["job_id"]] == [entry["job_id"] for entry in entries]


def test_flags_turned_on_before_their_migrations_lose_no_job(production):
    """Without table and column, failed jobs stay failed and good ones get done."""
    production.migrate("down", *reversed(MIGRATIONS))
    for flag in (DLQ, HEARTBEAT):
        production.flags.set_percentage(flag, 100)
    bad = production.post_job("test-failure", "mine")
    good = production.post_job("take.mov", "mine")
    eventually(lambda: production.state(bad) == "failed")
    eventually(lambda: production.state(good) == "done")
    assert production.get("/api/admin/dlq?stats=true")["total"] is None
    metrics = production.get("/api/qc/debug")["watchdogMetrics"]
    assert metrics["heartbeatMissesPerHour"] is None


def test_flags_mean_nothing_to_the_release_before(production):
    """Release v1 does not contain the features, whatever the flags say."""
    production.script("scripts/deploy.sh", "--back")
    production.flags.set_percentage(DLQ, 100)
    job = production.post_job("test-failure", "mine")
    eventually(lambda: production.state(job) == "failed")
    assert [] == production.dead_letters(job)


def test_hung_job_is_found_and_moved_once(production):
    """The watchdog sets a job without progress aside, and leaves it at that."""
    for flag, percentage in ((DLQ, 100), (HEARTBEAT, 10)):
        production.flags.set_percentage(flag, percentage)
    hung = production.post_job("test-hang", production.tenant(HEARTBEAT))
    eventually(lambda: production.dead_letters(hung))
    eventually(lambda: production.events(hung, "moved_to_dlq"))
    rounds = production.rows("SELECT max(seen_at) FROM qc_workers")
    eventually(lambda: production.rows("SELECT max(seen_at) FROM qc_workers") > rounds)
    assert ["stalled"] == production.dead_letters(hung)
    assert (1, 1) == tuple(
        production.events(hung, kind) for kind in ("heartbeat_miss", "moved_to_dlq")
    )
    metrics = production.get("/api/qc/debug")["watchdogMetrics"]
    assert metrics["jobsMovedToDlqPerHour"] >= 1
    assert metrics["heartbeatMissesPerHour"] >= 1


def test_hung_job_without_the_flag_is_found_by_nobody(production):
    """Where the heartbeat is off, a hung job stays; that is why it was built."""
    production.flags.set_percentage(DLQ, 100)
    production.flags.set_percentage(HEARTBEAT, 10)
    hung = production.post_job("test-hang", production.tenant(off=[HEARTBEAT]))
    eventually(lambda: production.state(hung) == "running")
    seen = production.post_job("test-hang", production.tenant(HEARTBEAT))
    eventually(lambda: production.dead_letters(seen))
    assert "running" == production.state(hung)
    production.rows(
        "UPDATE qc_jobs SET state = 'failed' WHERE id = %s RETURNING 1", hung
    )


def test_late_finisher_is_fenced(production):
    """A job that was set aside too early and then finishes changes nothing."""
    for flag, percentage in ((DLQ, 100), (HEARTBEAT, 5)):
        production.flags.set_percentage(flag, percentage)
    production.cli("fault", "stall_rate=1", "--only-with", HEARTBEAT)
    late = production.post_job("take.mov", production.tenant(HEARTBEAT))
    eventually(lambda: production.dead_letters(late))
    eventually(lambda: production.events(late, "late_finish"))
    assert "failed" == production.state(late)
    assert ["stalled"] == production.dead_letters(late)
    metrics = production.get("/api/qc/debug")["watchdogMetrics"]
    assert metrics["falsePositiveRatePct"] > 0


def test_errors_are_injected_and_measured_only_where_the_flag_is_on(production):
    """A defect of the new feature shows in the tenants of the canary alone."""
    production.flags.set_percentage(DLQ, 50)
    production.cli("fault", "error_rate=0.5", "--only-with", DLQ)

    def arms():
        figures = production.get(f"/api/metrics?window_s=2&flag={DLQ}")
        enough = figures["on"]["errors"] >= 6 and figures["off"]["requests"] >= 10
        return figures if enough else None

    figures = eventually(arms)
    assert figures["on"]["error_rate_pct"] > 20
    assert 0 == figures["off"]["errors"]
    assert figures["on"]["errors"] == figures["errors"]
    production.cli("fault", "--clear")
    eventually(lambda: production.get("/api/metrics?window_s=1")["errors"] == 0)


def test_injected_latency_shows_in_the_quantiles(production):
    """A slow service is measured as a slow service."""
    before = production.get("/api/metrics?window_s=60")["latency_ms_p50"]
    production.cli("fault", "latency_ms=150")
    eventually(
        lambda: (
            (production.get("/api/metrics?window_s=1")["latency_ms_p50"] or 0)
            > before + 140
        )
    )


def test_without_traffic_there_is_no_figure(system):
    """Nothing measured is null, never 0."""
    figures = system.get("/api/metrics?window_s=0.000001")
    assert 0 == figures["requests"]
    assert [None] * 3 == [
        figures[name] for name in ("error_rate_pct", "latency_ms_p50", "latency_ms_p99")
    ]


def test_migrations_reverse_exactly(system):
    """Up, used, down: the schema is the same line for line, and no job is lost."""
    before = system.schema()
    system.script("scripts/deploy.sh", "v2")
    system.migrate("up", *MIGRATIONS)
    assert before != system.schema()
    for flag in (DLQ, HEARTBEAT):
        system.flags.set_percentage(flag, 100)
    job = system.post_job("test-failure", "mine")
    eventually(lambda: system.dead_letters(job))
    flags = system.system.production.flags.read_bytes()
    system.back_to_the_start()
    assert before == system.schema()
    assert "failed" == system.state(job)
    assert flags != system.system.production.flags.read_bytes()


def test_flag_file_goes_back_to_the_byte(system):
    """After 5 %, 100 % and a kill, the file is what the system began with."""
    path = system.system.production.flags
    before = path.read_bytes()
    for percentage in ("5", "100", "0"):
        assert 0 == system.cli("flag", DLQ, percentage)[0]
    assert before == path.read_bytes()


def test_health_script_tells_healthy_from_unhealthy(system):
    """The words and the exit status say the same."""
    script = "verification/health_check_script.sh"
    status, output = system.script(script, "--verbose")
    assert (0, "OVERALL: HEALTHY") == (status, output.splitlines()[-1])
    assert "worker: ok" in output
    status, output = system.script(script, APP_URL="http://127.0.0.1:9")
    assert (1, "OVERALL: UNHEALTHY\n") == (status, output)


def test_deployment_can_be_repeated_and_goes_back(system):
    """Each form says what it did, and does it once."""
    deploy = "scripts/deploy.sh"
    assert "deployed v2 in place of v1" in system.script(deploy, "v2")[1]
    assert (0, "v2 is current already\n") == system.script(deploy, "v2")
    assert "v2" == system.get("/health")["release"]
    assert "went back from v2 to v1" in system.script(deploy, "--back")[1]
    assert "nothing to go back to" in system.script(deploy, "--back")[1]
    assert "v1" == system.get("/health")["release"]
    assert 1 == system.script(deploy, "v9")[0]


def test_backup_is_written_whole(system):
    """The script prints where the backup is and what it holds."""
    status, output = system.script("scripts/backup.sh")
    assert 0 == status, output
    assert "holds 3 tables" in output
    assert Path(output.splitlines()[0].removeprefix("backup: ")).stat().st_size > 0


def test_database_that_goes_away_is_survived(system):
    """An outage is an unhealthy answer; afterwards jobs get done again."""
    system.system.postgres.stop()
    eventually(lambda: system.request("GET", "/health")[0] == 503)
    system.system.postgres.start()
    eventually(lambda: system.request("GET", "/health")[0] == 200)
    job = eventually(lambda: _posted(system))
    eventually(lambda: system.state(job) == "done")


def _posted(system):
    """Return the number of a posted job; None while the database is not back."""
    with contextlib.suppress(AssertionError):
        return system.post_job("take.mov", "mine")
    return None


BAD_REQUESTS = {
    "no tenant": ("POST", "/api/qc/jobs", None, '{"clip": "a"}', 400),
    "no JSON": ("POST", "/api/qc/jobs", "t", "{", 400),
    "no clip": ("POST", "/api/qc/jobs", "t", "{}", 400),
    "no text": ("POST", "/api/qc/jobs", "t", '{"clip": 7}', 400),
    "no job": ("GET", "/api/qc/jobs/999999999", "t", None, 404),
    "job of another": ("GET", "/api/qc/jobs/1", "nobody", None, 404),
    "no window": ("GET", "/api/metrics?window_s=-1", None, None, 400),
    "no flag": ("GET", "/api/metrics?flag=NO", None, None, 400),
    "no number": ("GET", "/api/qc/debug?window_s=x", None, None, 400),
}


@pytest.mark.parametrize("bad", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_bad_request_is_told_what_is_wrong(system, bad):
    """Bad input gets a sentence, not a crash."""
    method, path, tenant, body, expected = bad
    status, answer = system.request(method, path, tenant=tenant, body=body)
    assert (expected, ["error"]) == (status, list(answer))


def test_operator_endpoints_ask_for_the_token(system):
    """Without the token there is nothing to see."""
    for path in ("/api/admin/dlq", "/api/qc/debug"):
        assert 401 == system.request("GET", path, token="none")[0]


BAD_COMMANDS = {
    "fault": ("fault", "sadness=1"),
    "fault beyond": ("fault", "error_rate=2"),
    "fault of no flag": ("fault", "error_rate=1@NO"),
    "percentage": ("flag", DLQ, "101"),
    "fault of up": ("up", "--folder", "unused", "--fault", "x", "--", "true"),
    "target": ("load", "nowhere"),
}


@pytest.mark.parametrize("arguments", BAD_COMMANDS.values(), ids=BAD_COMMANDS)
def test_bad_command_is_told_what_is_wrong(system, arguments):
    """Misuse exits 2 with a message for people."""
    status, output = system.cli(*arguments)
    assert 2 == status, output
    assert "Traceback" not in output


def test_command_hands_on_its_exit_status():
    """`up` ends as its command ended."""
    assert 7 == run_command(["sh", "-c", "exit $STATUS"], {"STATUS": "7"})
    assert 128 + 15 == run_command(["sh", "-c", "kill $$"], {})
    assert 127 == run_command(["/no/such/command"], {})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_system(tmp_path, number):
    """However `up` ends, its command, its services and its database end too."""
    command = ["sh", "-c", 'echo "$QC_DATABASE_URL"; exec sleep 600']
    with subprocess.Popen(
        [sys.executable, "-m", "qc_flow", "up", "--folder", tmp_path, "--", *command],
        env={**os.environ, "PYTHONPATH": str(EXAMPLE)},
        stdout=subprocess.PIPE,
        text=True,
    ) as up:
        database_url = up.stdout.readline().strip()
        children = _children_of(up.pid)
        # Two services, two workers, the load, the database's watch, and the command.
        assert len(children) >= 7
        up.send_signal(number)
        # The command holds the other end of this pipe.
        assert "" == up.stdout.read()
    assert up.returncode == (143 if number == signal.SIGTERM else -9)
    eventually(lambda: not any(_lives(child) for child in children))
    eventually(lambda: not _accepts(database_url))


def _children_of(pid):
    """Return the processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(child) for child, parent in rows if int(parent) == pid]


def _lives(pid):
    """Tell whether a process runs; one that only waits to be collected does not."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
    )
    return listed.stdout.strip()[:1] not in {"", "Z"}


def _accepts(database_url):
    """Tell whether a database accepts a connection."""
    try:
        psycopg.connect(database_url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
