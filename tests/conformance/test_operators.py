"""
The operator port: one suite over every operator.

Each keeps its deadline, ends when cancelled, gives rubbish back as an error value and
never as an exception, bounds its output, and lets no secret out.
"""

import contextlib
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event, Timer

import pytest

from gonogo.adapters.operators import Redactor, Values, all_operators
from gonogo.model.identifiers import RolloutId
from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)
from gonogo.model.plan import ValueSource
from gonogo.model.ticket import Ticket
from gonogo.ports.operator import PreparationFailed

SECRET = "s3cr3t/&+Wert"
LONG = timedelta(seconds=30)
SHORT = timedelta(seconds=0.4)
NEVER = Event()
NUMBERS = count(1)


def deed():
    """Return a ticket for a deed of its own."""
    return Ticket(rollout=RolloutId("r-1"), subject="deed", attempt=next(NUMBERS))


SOON_S = 8  # two busy cores; what hangs would take a minute
FLAGS = '{"flags": {}}'


class Rubbish(BaseHTTPRequestHandler):
    """A server that does to its clients whatever servers do."""

    def do_GET(self):
        """Answer by the path."""
        getattr(self, f"do_{self.path.strip('/').partition('?')[0]}")()

    do_POST = do_GET  # noqa: N815 - the name http.server asks for

    def log_message(self, *_):
        """Keep quiet."""

    def answer(self, body, *, status=200, length=None, **headers):
        """Send an answer; `length` may lie about it."""
        self.send_response(status)
        self.send_header("content-length", str(length or len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_hang(self):
        """Never answer."""
        self.server.over.wait(60)

    def do_drip(self):
        """Send a byte now and then, for ever."""
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        try:
            while not self.server.over.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            pass

    def do_truncated(self):
        """Promise more than is sent."""
        self.answer(b'{"depth": 1', length=1000)
        self.close_connection = True

    def do_reset(self):
        """Cut the line."""
        linger = b"\1\0\0\0\0\0\0\0"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def do_garbage(self):
        """Speak another protocol."""
        self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        self.close_connection = True

    def do_nojson(self):
        """Answer with a page."""
        self.answer(b"<html>503 from a proxy</html>", status=503)

    def do_json(self):
        """Answer with JSON."""
        self.answer(
            b'{"depth": 7, "word": "ok", "none": null, "nan": NaN, "yes": true,'
            b' "list": [1, 2], "huge": 1e999, "nested": {"a b": 0}}'
        )

    def do_large(self):
        """Answer with ten megabytes."""
        self.answer(b'"' + b"x" * 10_000_000 + b'"')

    def do_gzip(self):
        """Say it is compressed, when it is not."""
        self.answer(b"plain", **{"content-encoding": "gzip"})

    def do_echo(self):
        """Send back what came, secrets and all."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length).decode()
        self.answer(f"{self.path}\n{self.headers}\n{body}".encode())

    def do_here(self):
        """Redirect on this host."""
        self.answer(b"", status=302, location="/json")

    def do_circle(self):
        """Redirect in a circle."""
        self.answer(b"", status=302, location="/circle")

    def do_elsewhere(self):
        """Redirect to another host."""
        self.answer(b"moved", status=302, location="http://example.invalid/json")


class QuietServer(ThreadingHTTPServer):
    """A server whose clients may go away."""

    daemon_threads = True
    over = Event()

    def handle_error(self, request, client_address):
        """Keep quiet about clients that went away."""


@pytest.fixture(scope="module")
def server():
    """Give the address of the rubbish server."""
    httpd = QuietServer(("127.0.0.1", 0), Rubbish)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.over.set()
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def dead_port():
    """Give a port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def mute_port():
    """Give a port that takes connections and never says a word."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(8)
        yield taken.getsockname()[1]


class World:
    """Operators in a folder of their own, and how to use them."""

    def __init__(self, folder, *, server="", urls=None):
        self.folder = folder
        sources = {
            "SERVER": ValueSource(literal=server),
            "TOKEN": ValueSource(env="THE_TOKEN", secret=True),
            "UNSET": ValueSource(env="NOT_SET"),
        }
        connections = {
            "file": ValueSource(literal="sqlite:///app.db"),
            "unset": ValueSource(env="NOT_SET_URL"),
            "strange": ValueSource(literal="mysql://u:pa55word@host/db"),
            "broken": ValueSource(literal="postgresql://u:pa55word@[host/db"),
            **{name: ValueSource(literal=url) for name, url in (urls or {}).items()},
        }
        environ = {"THE_TOKEN": SECRET, "PATH": "/usr/local/bin:/usr/bin:/bin"}
        values = Values(sources, environ, connections=connections)
        self.operators = all_operators(
            values=values,
            redact=Redactor(values.secrets()),
            folder=folder,
            sessions=folder / "sessions",
        )
        (folder / "app.db").touch()
        (folder / "flags.json").write_text(FLAGS)

    def perform(self, operation, cancelled=NEVER):
        """Perform an operation, as a deed where it has two ways."""
        return self.operators[type(operation)].perform(operation, cancelled, deed())

    def prepare(self, operation):
        """Look up what reverses an operation."""
        return self.operators[type(operation)].prepare(operation)

    def write(self, name, text):
        """Write a file beside the document, and return its name."""
        (self.folder / name).write_text(text)
        return name


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Keep the machine's proxies out of it."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def world(tmp_path, server):
    """Give operators over a shell, an SQLite file, flags, and the rubbish server."""
    return World(tmp_path, server=server)


@pytest.fixture
def database(tmp_path, database_url, dead_port, mute_port):
    """Give operators over a PostgreSQL of the test's own."""
    urls = {
        "qc": database_url,
        "dead": f"postgresql://u:pa55word@127.0.0.1:{dead_port}/db",
        "mute": f"postgresql://u:pa55word@127.0.0.1:{mute_port}/db",
        "nodb": database_url.rpartition("/")[0] + "/no_such_database",
    }
    return World(tmp_path, urls=urls)


ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) "
HANGING = {
    "shell": lambda deadline: Shell(run="sleep 60", deadline=deadline),
    "http": lambda deadline: Http(url="$SERVER/hang", deadline=deadline),
    "http, byte by byte": lambda deadline: Http(url="$SERVER/drip", deadline=deadline),
    "sqlite": lambda deadline: Sql(
        query=f"{ENDLESS} SELECT count(*) FROM t",  # noqa: S608
        connection="file",
        deadline=deadline,
    ),
}
HANGING_DATABASE = {
    "sql": lambda deadline: Sql(
        query="SELECT pg_sleep(60)", connection="qc", deadline=deadline
    ),
    "sql, several": lambda deadline: Sql(
        query="SELECT pg_sleep(0); SELECT pg_sleep(60)",
        connection="qc",
        deadline=deadline,
    ),
    "no word": lambda deadline: Sql(
        query="SELECT 1", connection="mute", deadline=deadline
    ),
}


def keeps_its_deadline(world, make):
    """Check that an operation ends in time, and says that it was ended."""
    began = time.monotonic()
    seen = world.perform(make(SHORT))
    assert SOON_S > time.monotonic() - began
    assert "0.4 s" in seen.error
    assert seen.value is None


def ends_when_cancelled(world, make):
    """Check that an operation ends soon after it was cancelled."""
    cancelled = Event()
    Timer(0.3, cancelled.set).start()
    began = time.monotonic()
    seen = world.perform(make(LONG), cancelled)
    assert SOON_S > time.monotonic() - began
    assert "cancelled" in seen.error


@pytest.mark.parametrize("make", HANGING.values(), ids=HANGING)
def test_a_deadline_is_kept(world, make):
    """What hangs is ended, and the error names the deadline."""
    keeps_its_deadline(world, make)


@pytest.mark.parametrize("make", HANGING_DATABASE.values(), ids=HANGING_DATABASE)
def test_a_database_deadline_is_kept(database, make):
    """A query that hangs, or a server that never answers, is ended."""
    keeps_its_deadline(database, make)


@pytest.mark.parametrize("make", HANGING.values(), ids=HANGING)
def test_a_cancellation_ends_it(world, make):
    """An abort does not wait for what hangs."""
    ends_when_cancelled(world, make)


@pytest.mark.parametrize("make", HANGING_DATABASE.values(), ids=HANGING_DATABASE)
def test_a_cancellation_ends_a_query(database, make):
    """An abort does not wait for the database."""
    ends_when_cancelled(database, make)


@pytest.mark.parametrize("make", HANGING.values(), ids=HANGING)
def test_of_what_was_never_begun_nothing_is_found(world, make):
    """An operator answers at once that it knows nothing, and has not begun it."""
    operation = make(LONG)
    assert world.operators[type(operation)].find(operation, NEVER, deed()) is None


def test_a_cancelled_flag_is_left_as_it_is(world):
    """What is cancelled before it began does nothing."""
    cancelled = Event()
    cancelled.set()
    operation = SetFlag(file="flags.json", flag="NEW", percentage=5)
    assert "cancelled" in world.perform(operation, cancelled).error
    assert FLAGS == (world.folder / "flags.json").read_text()


RUBBISH = {
    "shell: no such command": (Shell(run="no-such-command"), None),
    "shell: unset value": (Shell(run='echo "$UNSET"'), "NOT_SET"),
    "http: nothing listens": (Http(url="http://127.0.0.1:1/"), "refused"),
    "http: no such host": (Http(url="http://no-such-host.invalid/"), "not known"),
    "http: no address": (Http(url="http://[/"), "failed"),
    "http: no scheme": (Http(url="localhost/x"), "http"),
    "http: unknown name": (Http(url="$SERVER/$NOBODY"), "NOBODY"),
    "http: unset name": (Http(url="$SERVER/$UNSET"), "NOT_SET"),
    "http: unset name in a header": (
        Http(url="$SERVER/json", headers={"x": "${UNSET}"}),
        "NOT_SET",
    ),
    "http: line break in a header": (
        Http(url="$SERVER/json", headers={"x": "a\nb"}),
        "failed",
    ),
    "http: no TLS": (Http(url="https${SERVER}/"), None),
    "http: truncated": (Http(url="$SERVER/truncated"), "broke off"),
    "http: reset": (Http(url="$SERVER/reset"), "cut the connection"),
    "http: another protocol": (Http(url="$SERVER/garbage"), "does not speak HTTP"),
    "http: false compression": (Http(url="$SERVER/gzip"), "compressed"),
    "http: circle": (Http(url="$SERVER/circle"), "circle"),
    "http: no JSON": (Http(url="$SERVER/nojson", json="$.depth"), "503: The answer is"),
    "http: too large": (Http(url="$SERVER/large", json="$"), "larger than 4 MiB"),
    "http: path finds nothing": (Http(url="$SERVER/json", json="$.no"), "nothing"),
    "http: path finds two": (Http(url="$SERVER/json", json="$.list[*]"), "2 values"),
    "http: path finds an object": (
        Http(url="$SERVER/json", json="$.nested"),
        "an object",
    ),
    "http: path is none": (Http(url="$SERVER/json", json="$..["), "followed"),
    "http: path is not of the RFC": (
        Http(url="$SERVER/json", json="depth"),
        "followed",
    ),
    "sqlite: no SQL": (Sql(query="SELEC 1", connection="file"), "syntax error"),
    "sqlite: no such table": (Sql(query="SELECT * FROM t", connection="file"), "t"),
    "sql: unset connection": (
        Sql(query="SELECT 1", connection="unset"),
        "NOT_SET_URL",
    ),
    "sql: no such connection": (
        Sql(query="SELECT 1", connection="nowhere"),
        "connection 'nowhere' is not set",
    ),
    "sql: unknown kind": (Sql(query="SELECT 1", connection="strange"), "sqlite:///"),
    "sql: no URL": (Sql(query="SELECT 1", connection="broken"), "Write it as"),
    "migrate: missing script": (Migrate(up="no.sql", connection="file"), "no.sql"),
    "flag: missing file": (ReadFlag(file="no.json", flag="F"), "no.json"),
    "flag: unknown": (ReadFlag(file="flags.json", flag="F"), "F"),
    "flag: no percentage": (
        SetFlag(file="flags.json", flag="F", percentage=101),
        "101",
    ),
    "flag: kill in a missing file": (
        KillFlags(file="no.json", flags=("F", "G")),
        "no.json",
    ),
    "flag: bad definition": (
        RestoreFlag(file="flags.json", flag="F", definition="{"),
        "definition of F",
    ),
}


@pytest.mark.parametrize(("operation", "words"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_an_error_value_and_no_exception(world, operation, words):
    """Whatever the world does, it comes back in words that say where to look."""
    seen = world.perform(operation)
    if words is None:
        assert seen.error or seen.exit_status
        return
    assert words in seen.error
    assert "Traceback" not in seen.error
    assert "pa55word" not in seen.error
    assert seen.value is None


BAD_SQL = {
    "nothing listens": ("dead", "SELECT 1", "did not answer"),
    "no such database": ("nodb", "SELECT 1", "no_such_database"),
    "no SQL": ("qc", "SELECT 1;\n\nSELEC 1", "line 3"),
    "no such table": ("qc", "SELECT * FROM jobs", '"jobs" does not exist'),
    "own end": ("qc", "SELECT pg_terminate_backend(pg_backend_pid())", "lost"),
}


@pytest.mark.parametrize(("to", "query", "words"), BAD_SQL.values(), ids=BAD_SQL)
def test_a_database_that_refuses_is_an_error_in_words(database, to, query, words):
    """The error names the connection and the line, and shows no password."""
    seen = database.perform(Sql(query=query, connection=to))
    assert words in seen.error
    assert f"'{to}'" in seen.error
    assert "pa55word" not in seen.error


class Line:
    """A line to a server that can be frozen: bytes go in, and none come out."""

    def __init__(self, port):
        self.frozen = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = port
        self._ends = [self._listener]
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                if not self.frozen.is_set():
                    target.sendall(data)

    def close(self):
        """Close all ends."""
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_a_server_that_falls_silent_does_not_hold_the_deadline(
    tmp_path, database_url, postgres
):
    """The line is cut when not even the cancellation gets through."""
    line = Line(postgres.port)
    url = database_url.replace(f":{postgres.port}/", f":{line.port}/")
    world = World(tmp_path, urls={"qc": url})
    Timer(0.5, line.frozen.set).start()
    began = time.monotonic()
    operation = Sql(
        query="SELECT pg_sleep(60)", connection="qc", deadline=timedelta(seconds=1)
    )
    error = world.perform(operation).error
    line.close()
    assert SOON_S > time.monotonic() - began
    assert "did not end within its deadline of 1 s" in error
    assert "did not stop" not in error


def test_a_failing_script_leaves_nothing_behind(database):
    """Several statements are one transaction."""
    script = "CREATE TABLE a (); CREATE TABLE b (); SELECT 1 / 0"
    assert database.perform(Sql(query=script, connection="qc")).error
    seen = database.perform(Sql(query="SELECT to_regclass('a')", connection="qc"))
    assert seen.value is None


def test_a_cancelled_script_leaves_nothing_behind(database):
    """What was ended before its commit did not happen."""
    script = "CREATE TABLE a (); SELECT pg_sleep(60)"
    operation = Sql(query=script, connection="qc", deadline=SHORT)
    assert database.perform(operation).error
    seen = database.perform(Sql(query="SELECT to_regclass('a')", connection="qc"))
    assert (1, None) == (seen.rows, seen.value)


def test_a_statement_outside_transactions_says_what_stays_done(database):
    """With CREATE INDEX CONCURRENTLY, a failure names what has been done before it."""
    database.write(
        "up.sql",
        "CREATE TABLE jobs (id int); -- one\n"
        "CREATE INDEX CONCURRENTLY jobs_id ON jobs (id);\n"
        "SELECT ';' || no_such_column;",
    )
    seen = database.perform(Migrate(up="up.sql", connection="qc"))
    assert "statement 3 of 3" in seen.error
    assert "the 2 before it stay done" in seen.error


OUTPUTS = {
    "shell": Shell(run="head -c 10000000 /dev/zero | tr '\\0' x"),
    "http": Http(url="$SERVER/large"),
    "sqlite": Sql(
        query=f"{ENDLESS} SELECT n, 'xxxxxxxxxxxxxxxxxxxx' FROM t LIMIT 100000",  # noqa: S608
        connection="file",
    ),
}


@pytest.mark.parametrize("operation", OUTPUTS.values(), ids=OUTPUTS)
def test_output_is_bounded(world, operation):
    """However much comes, what is kept is its head and its tail."""
    seen = world.perform(operation)
    assert seen.error is None
    assert 66 * 1024 > len(seen.output)
    assert "left out" in seen.output


def test_rows_are_bounded(database):
    """A query with many rows gives their number, and the first and last of them."""
    query = "SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n"
    seen = database.perform(Sql(query=query, connection="qc"))
    assert (20000, 1.0) == (seen.rows, seen.value)
    assert 66 * 1024 > len(seen.output)
    assert seen.output.startswith("1 | xxx")
    assert "\n20000 | " in seen.output


SECRETS = {
    "shell": Shell(run='echo "$TOKEN" | tee /dev/stderr'),
    "shell, encoded": Shell(run='printf "%s" "x:$TOKEN" | base64'),
    "shell, one word": Shell(run='echo "$TOKEN"'),
    "http": Http(
        url="$SERVER/echo?token=$TOKEN",
        method="POST",
        headers={"authorization": "Bearer $TOKEN"},
        body='{"t": "$TOKEN"}',
    ),
    "http, failing": Http(url="$SERVER/truncated?$TOKEN"),
    "sqlite": Sql(query=f"SELECT '{SECRET}'", connection="file"),
    "sqlite, failing": Sql(query=f"SELECT * FROM '{SECRET}'", connection="file"),  # noqa: S608
    "migrate, failing": Migrate(up=f"{SECRET}.sql", connection="file"),
    "flag, failing": ReadFlag(file=f"{SECRET}.json", flag="F"),
    "flag": SetFlag(file="flags.json", flag=SECRET, percentage=5),
}


@pytest.mark.parametrize("operation", SECRETS.values(), ids=SECRETS)
def test_secrets_do_not_come_out(world, operation):
    """Neither in output, value nor error, in no form."""
    seen = world.perform(operation)
    text = f"{seen.output} {seen.value} {seen.error}"
    assert "s3cr3t" not in text
    assert "czNjcjN0" not in text
    assert "[redacted]" in text or "$TOKEN" in text


# --- what comes back when all is well ----------------------------------------------

VALUES = {
    "$.depth": 7.0,
    "$.word": "ok",
    "$.none": None,
    "$.nan": None,
    "$.huge": None,
    "$.yes": "true",
    "$.list[-1:]": 2.0,
    "$['nested']['a b']": 0.0,
}


@pytest.mark.parametrize(("path", "value"), VALUES.items())
def test_one_value_of_an_answer_is_taken_by_its_path(world, path, value):
    """No number and null are no data, and no error."""
    seen = world.perform(Http(url="$SERVER/json", json=path))
    assert (value, None, 200) == (seen.value, seen.error, seen.http_status)


def test_an_answer_of_any_status_is_a_result(world):
    """Whether 503 is bad is for the expectation to say."""
    seen = world.perform(Http(url="$SERVER/nojson"))
    assert (503, None) == (seen.http_status, seen.error)
    assert "<html>503 from a proxy</html>" == seen.output


def test_redirects_are_followed_on_the_same_host_only(world):
    """A request with its secrets goes nowhere else."""
    assert 200 == world.perform(Http(url="$SERVER/here")).http_status
    seen = world.perform(Http(url="$SERVER/elsewhere"))
    assert (302, "moved") == (seen.http_status, seen.output)


def test_values_fill_address_headers_and_body(world):
    """In the path and the query they are encoded; `$$` is a dollar."""
    world.folder.joinpath("x").touch()
    operation = Http(
        url="${SERVER}/echo?q=$SERVER&p=$$5",
        method="POST",
        headers={"X-From": "$SERVER"},
        body='{"from": "$SERVER"}',
    )
    lines = world.perform(operation).output.splitlines()
    assert lines[0].startswith("/echo?q=http%3A%2F%2F127.0.0.1%3A")
    assert lines[0].endswith("&p=$5")
    assert any(line.startswith("x-from: http://127.") for line in lines)
    assert lines[-1].startswith('{"from": "http://127.')
    assert "content-type: application/json" in lines


ROWS = {
    "SELECT 7": (1, 7.0, "7"),
    "SELECT 1, 'a' UNION ALL SELECT 2, NULL ORDER BY 1": (2, 1.0, "1 | a\n2 | "),
    "SELECT 1 WHERE false": (0, None, ""),
    "SELECT NULL": (1, None, ""),
    "SELECT 1; SELECT 'last'": (1, "last", "last"),
    "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT sum(a) FROM t": (
        1,
        3.0,
        "3",
    ),
}


@pytest.mark.parametrize(("query", "expected"), ROWS.items())
@pytest.mark.parametrize("kind", ["qc", "file"])
def test_the_rows_of_the_last_query_come_back(request, kind, query, expected):
    """Their number, the first value, and the rows as lines."""
    world = request.getfixturevalue("database" if kind == "qc" else "world")
    seen = world.perform(Sql(query=query, connection=kind))
    assert (None, *expected) == (seen.error, seen.rows, seen.value, seen.output)


CELLS = {
    "'NaN'::float8": None,
    "'Infinity'::float8": None,
    "12.50::numeric": 12.5,
    "'NaN'::numeric": None,
    "true": "true",
    "interval '90 seconds'": 90.0,
    "'[1, 2]'::jsonb": "[1, 2]",
    "timestamptz '2030-01-01 12:00Z'": "2030-01-01T12:00:00+00:00",
    "'\\x00ff'::bytea": "\\x00ff",
    "'grüße'": "grüße",
    "2::bigint ^ 70": 2.0**70,
    "'100%'": "100%",
}


@pytest.mark.parametrize(("cell", "value"), CELLS.items())
def test_a_cell_is_a_finite_number_or_a_word(database, cell, value):
    """Every type of the database gives something that can be judged, or no data."""
    seen = database.perform(Sql(query=f"SELECT {cell}", connection="qc"))
    assert (value, None) == (seen.value, seen.error)


def test_changed_rows_are_counted_where_there_are_none_to_show(database):
    """An UPDATE says what it did, and to how many."""
    script = "CREATE TABLE t AS SELECT 1 AS a; UPDATE t SET a = 2"
    seen = database.perform(Sql(query=script, connection="qc"))
    assert ("SELECT 1\nUPDATE 1", 1) == (seen.output, seen.rows)


def test_a_trigger_runs_in_sqlite_as_one_statement(world):
    """Semicolons inside a body do not part a statement."""
    script = (
        "CREATE TABLE t (a);\nCREATE TRIGGER g AFTER INSERT ON t BEGIN\n"
        "  UPDATE t SET a = a + 1; UPDATE t SET a = a + 1;\nEND;\n"
        "INSERT INTO t VALUES (1); SELECT a FROM t;"
    )
    assert 3.0 == world.perform(Sql(query=script, connection="file")).value


def test_a_missing_sqlite_file_is_not_created(world):
    """A wrong path is an error, not a new and empty database."""
    (world.folder / "app.db").unlink()
    seen = world.perform(Sql(query="SELECT 1", connection="file"))
    assert "no SQLite file" in seen.error
    assert not (world.folder / "app.db").exists()


def test_a_server_that_restarts_is_found_again(database, postgres):
    """Each operation connects anew: an outage is over when it is over."""
    operation = Sql(query="SELECT 7", connection="qc")
    postgres.stop()
    try:
        assert "did not answer" in database.perform(operation).error
    finally:
        postgres.start()
    assert 7.0 == database.perform(operation).value


# --- looking up the way back -------------------------------------------------------


@pytest.mark.parametrize(
    ("down", "words"),
    [("no.sql", "no.sql"), ("empty.sql", "empty"), ("bad.sql", "UTF-8")],
)
def test_a_down_script_that_is_not_there_stops_the_migration(world, down, words):
    """A migration does not start without the way back that it promises."""
    world.write("empty.sql", " \n")
    (world.folder / "bad.sql").write_bytes(b"\xff\xfe")
    with pytest.raises(PreparationFailed, match=words):
        world.prepare(Migrate(up="up.sql", down=down, connection="file"))


def test_a_down_script_with_a_secret_stops_the_migration(world):
    """It cannot be journaled as it is, and redacted it would undo something else."""
    down = world.write("down.sql", f"UPDATE t SET a = '{SECRET}'")  # noqa: S608
    with pytest.raises(PreparationFailed, match="secret") as caught:
        world.prepare(Migrate(up="up.sql", down=down, connection="file"))
    assert SECRET not in str(caught.value)


NO_WAY_BACK = {
    "shell": Shell(run="true"),
    "sql": Sql(query="SELECT 1", connection="file"),
    "http": Http(url="$SERVER/json"),
    "migrate": Migrate(up="up.sql", connection="file"),
    "restore": RestoreFlag(file="flags.json", flag="F", definition=None),
    "kill": KillFlags(file="flags.json", flags=("F",)),
    "read": ReadFlag(file="flags.json", flag="F"),
}


@pytest.mark.parametrize("operation", NO_WAY_BACK.values(), ids=NO_WAY_BACK)
def test_an_operation_without_a_way_back_of_its_own_says_so(world, operation):
    """Then the document has to name one."""
    assert world.prepare(operation) is None


def test_a_flag_that_cannot_be_read_stops_its_change(world):
    """Nothing is set that could not be put back."""
    with pytest.raises(PreparationFailed, match=r"no\.json"):
        world.prepare(SetFlag(file="no.json", flag="F", percentage=5))
