"""Imports: contacts into a real PostgreSQL, resumed, measured, with and without await."""

import asyncio
import csv
import io

import psycopg
import pytest

from hardening.core import InvalidSetting
from hardening.csv import (
    CheckpointsMissing,
    Column,
    ConnectionBusy,
    CsvImportFinished,
    CsvImportProgressed,
    CsvImportStarted,
    CsvImportStopped,
    DatabaseRefused,
    Importer,
    ImportRunning,
    Mapping,
    Reason,
    RejectLimits,
    SourceChanged,
    SourceLost,
    Text,
    TooManyRejects,
    import_csv,
    import_csv_async,
    migrations,
)
from hardening.testing import FakeClock

FILE = """\
Mobile;Name;E-Mail;Note
(415) 555-2671;Ada;Ada@EXAMPLE.org;x
+44 20 7946 0958;"Bo; \\ Ltd";;
n/a;Cy;cy@example.org;
;Di;di@example;
"""


def rows_of(connection):
    """Return what is in the table, sorted."""
    query = "SELECT phone, name, email FROM contacts ORDER BY phone, name"
    return connection.execute(query).fetchall()


def many(count, *, bad=()):
    """Return a file of so many contacts, some without a number."""
    numbers = ("?" if i in bad else f"+1{4155550000 + i}" for i in range(count))
    body = "".join(f'{number},"n{i}\nx"\n' for i, number in enumerate(numbers))
    return f"phone,name\n{body}".encode()


def listed(rejects):
    """Return the rows of a rejects file."""
    with rejects.open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def test_good_rows_are_imported_and_bad_ones_are_named(
    connection, contacts, rejects, tmp_path
):
    """Phones become E.164, domains lower case, empty cells NULL; the rest is listed."""
    path = tmp_path / "contacts.csv"
    path.write_text(FILE, encoding="utf-8-sig")
    report = import_csv(path, connection, contacts, rejects=rejects)
    assert [
        ("+14155552671", "Ada", "Ada@example.org"),
        ("+442079460958", "Bo; \\ Ltd", None),
    ] == rows_of(connection)
    assert (4, 2, 2) == (report.rows, report.imported, report.rejected)
    assert ("utf-8", ";", ("Note",)) == (
        report.encoding,
        report.delimiter,
        report.ignored,
    )
    assert {Reason.PHONE: 1, Reason.EMPTY: 1} == report.reasons
    assert [
        ["line", "row", "column", "reason", "explanation", "raw"],
        [
            "4",
            "3",
            "phone",
            "phone",
            "not a valid phone number",
            "n/a;Cy;cy@example.org;",
        ],
        [
            "5",
            "4",
            "phone; email",
            "empty",
            "empty, but required; not an e-mail address",
            ";Di;di@example;",
        ],
    ] == [*csv.reader(rejects.read_text("utf-8").splitlines())]


def test_rejects_are_safe_to_open(connection, contacts, rejects):
    """What an attacker wrote does not run in the program of the one who mends the file."""
    raw = b"phone,name\n=1+1,x\n"
    import_csv([raw], connection, contacts, rejects=rejects)
    assert ["'=1+1,x"] == [row["raw"] for row in listed(rejects)]


SOURCES = {
    "a path": lambda path: path,
    "a path as text": str,
    "an open file": lambda path: path.open("rb"),
    "pieces": lambda path: iter([path.read_bytes()[:5], b"", path.read_bytes()[5:]]),
    "bytes in memory": lambda path: io.BytesIO(path.read_bytes()),
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_bytes_can_be_imported(
    source, connection, contacts, rejects, tmp_path
):
    """An upload is imported as a file is."""
    path = tmp_path / "contacts.csv"
    path.write_bytes(many(3))
    given = SOURCES[source](path)
    try:
        report = import_csv(given, connection, contacts, rejects=rejects)
    finally:
        getattr(given, "close", lambda: None)()
    assert 3 == report.imported == len(rows_of(connection))


@pytest.mark.parametrize("source", [b"phone\n", 7, io.StringIO("phone\n"), ["phone\n"]])
def test_text_and_single_bytes_are_no_source(source, connection, contacts, rejects):
    """A file opened as text has lost its bytes; that is said, not guessed at."""
    with pytest.raises(InvalidSetting, match="source"):
        import_csv(source, connection, contacts, rejects=rejects)


def test_other_columns_are_kept(connection, rejects):
    """What has no column goes into the JSON column."""
    connection.execute("ALTER TABLE contacts ADD extra jsonb")
    columns = (Column("phone", aliases=("Mobile",)),)
    mapping = Mapping("public.contacts", columns, rest="extra")
    import_csv([FILE.encode()], connection, mapping, rejects=rejects)
    first = connection.execute("SELECT extra FROM contacts WHERE phone LIKE '(%'")
    assert (
        {"Name": "Ada", "E-Mail": "Ada@EXAMPLE.org", "Note": "x"},
    ) == first.fetchone()


def test_the_client_s_encoding_does_not_matter(csv_url, connection, contacts, rejects):
    """A service that talks Latin-1 to its database imports any name."""
    with psycopg.connect(csv_url, client_encoding="latin1") as other:
        source = "phone,name\n+14155552671,Łukasz 李\n".encode()
        import_csv([source], other, contacts, rejects=rejects)
    assert [("+14155552671", "Łukasz 李", None)] == rows_of(connection)


def test_a_finished_import_is_not_done_twice(connection, contacts, rejects):
    """A job that is retried after it succeeded changes nothing and reports the same."""
    importer, source = Importer(contacts), [many(10, bad={3})]
    first = importer.run(source, connection, rejects=rejects, name="n")
    before = rejects.read_bytes()
    again = importer.run(source, connection, rejects=rejects, name="n")
    assert (first.rows, first.imported) == (again.rows, again.imported) == (10, 9)
    assert (9, before) == (len(rows_of(connection)), rejects.read_bytes())


class Breaks(Exception):
    """What a source raises in the middle."""


def broken(raw, after):
    """Yield a source in pieces, and fail after so many bytes."""
    for start in range(0, after, 500):
        yield raw[start : start + 500]
    raise Breaks


@pytest.mark.parametrize("after", [300_000, 345_500])
def test_a_resumed_import_neither_loses_nor_doubles_a_row(
    after, connection, contacts, rejects
):
    """Wherever it stops, calling it again with the same name completes it."""
    raw = many(20_000, bad=range(0, 20_000, 50))
    importer = Importer(contacts, batch_rows=1_000)
    with pytest.raises(Breaks):
        importer.run(broken(raw, after), connection, rejects=rejects, name="n")
    kept = len(rows_of(connection))
    assert 0 < kept < 19_600
    report = importer.run([raw], connection, rejects=rejects, name="n")
    names = [name for _, name, _ in rows_of(connection)]
    assert 19_600 == len(names) == len({*names}) == report.imported
    assert report.resumed_after >= kept
    assert [*range(1, 20_000, 50)] == [int(row["row"]) for row in listed(rejects)]


def test_a_lost_rejects_file_does_not_stop_a_resumed_import(
    connection, contacts, rejects
):
    """A machine with a fresh disk goes on, and the report says that rejects are missing."""
    raw = many(20_000, bad=range(0, 20_000, 50))
    importer = Importer(contacts, batch_rows=1_000)
    with pytest.raises(Breaks):
        importer.run(broken(raw, len(raw)), connection, rejects=rejects, name="n")
    rejects.unlink()
    report = importer.run([raw], connection, rejects=rejects, name="n")
    assert (19_600, False) == (report.imported, report.rejects_complete)
    assert report.resumed_after > 0


def test_another_file_under_the_same_name_is_refused(connection, contacts, rejects):
    """Going on in the middle of another file would import nonsense."""
    importer = Importer(contacts)
    importer.run(io.BytesIO(many(9)), connection, rejects=rejects, name="n")
    with pytest.raises(SourceChanged, match="size"):
        importer.run(io.BytesIO(many(8)), connection, rejects=rejects, name="n")
    with pytest.raises(SourceChanged, match="first bytes"):
        importer.run([many(9)[:-1] + b"y"], connection, rejects=rejects, name="n")


def test_a_stream_that_became_shorter_is_refused(connection, contacts, rejects):
    """A source that ends before the checkpoint is not taken for a finished one."""
    raw = many(20_000)
    importer = Importer(contacts, batch_rows=1_000)
    with pytest.raises(Breaks):
        importer.run(broken(raw, len(raw)), connection, rejects=rejects, name="n")
    with pytest.raises(SourceLost, match="shorter"):
        importer.run([raw[:270_000]], connection, rejects=rejects, name="n")


def test_one_process_at_a_time_has_an_import(csv_url, connection, contacts, rejects):
    """Two workers that were given the same job do not import it twice."""
    importer = Importer(contacts)
    with psycopg.connect(csv_url) as other:
        other.execute("INSERT INTO csv_imports (name, source_digest) VALUES ('n', '')")
        other.commit()
        digest = "UPDATE csv_imports SET source_digest = %s"
        other.execute(digest, (_digest(many(9)),))
        other.commit()
        other.execute("SELECT FROM csv_imports FOR UPDATE")
        with pytest.raises(ImportRunning, match="'n'"):
            importer.run([many(9)], connection, rejects=rejects, name="n")
    importer.run([many(9)], connection, rejects=rejects, name="n")
    assert 9 == len(rows_of(connection))


def _digest(raw):
    """Return what a source is recognised by."""
    from hardening.csv.source import Head  # noqa: PLC0415 - of this helper alone

    return Head(raw, True, None).digest  # noqa: FBT003 - it is whole


def test_a_second_worker_leaves_the_rejects_alone(
    csv_url, connection, contacts, rejects
):
    """The rejects of the import that is running stay whole, whoever starts it again."""
    raw = many(60_000, bad=range(0, 60_000, 100))
    importer, refused = Importer(contacts, batch_rows=20_000), []

    def source():
        for place in range(0, len(raw), 100_000):
            yield raw[place : place + 100_000]
            if place == 400_000:
                again()

    def again():
        with (
            psycopg.connect(csv_url, autocommit=True) as other,
            pytest.raises(ImportRunning) as error,
        ):
            import_csv([raw], other, contacts, rejects=rejects, name="n")
        refused.append(error)

    report = importer.run(source(), connection, rejects=rejects, name="n")
    assert (600, 1) == (report.rejected, len(refused))
    assert b"\0" not in rejects.read_bytes()
    assert [*range(1, 60_001, 100)] == [int(row["row"]) for row in listed(rejects)]


def test_an_import_that_may_not_begin_leaves_an_older_file(
    csv_url, connection, contacts, rejects
):
    """Nothing is erased before the place of the import is held, with await as without."""
    with psycopg.connect(csv_url) as other:
        digest = "INSERT INTO csv_imports (name, source_digest) VALUES ('n', %s)"
        other.execute(digest, (_digest(many(9)),))
        other.commit()
        other.execute("SELECT FROM csv_imports FOR UPDATE")
        rejects.write_bytes(b"older")

        async def run():
            async with await psycopg.AsyncConnection.connect(csv_url) as opened:
                await import_csv_async(
                    [many(9)], opened, contacts, rejects=rejects, name="n"
                )

        with pytest.raises(ImportRunning):
            import_csv([many(9)], connection, contacts, rejects=rejects, name="n")
        with pytest.raises(ImportRunning):
            asyncio.run(run())
    assert b"older" == rejects.read_bytes()


def _linked(path):
    """Return another name of a file."""
    link = path.with_name("link.csv")
    link.symlink_to(path)
    return link


SAME = {
    "the path": lambda path: path,
    "its text": str,
    "a link": _linked,
    "the open file": lambda path: path.open("rb"),
}


@pytest.mark.parametrize("source", SAME)
def test_the_source_is_no_file_for_rejects(source, csv_url, contacts, tmp_path):
    """The file that is read is not the one that is written anew, by whatever name."""
    path = tmp_path / "contacts.csv"
    path.write_bytes(many(3))
    given = SAME[source](path)

    async def run():
        async with await psycopg.AsyncConnection.connect(csv_url) as opened:
            await import_csv_async(given, opened, contacts, rejects=path)

    with (
        psycopg.connect(csv_url) as opened,
        pytest.raises(InvalidSetting, match="rejects"),
    ):
        import_csv(given, opened, contacts, rejects=path)
    with pytest.raises(InvalidSetting, match="rejects"):
        asyncio.run(run())
    getattr(given, "close", lambda: None)()
    assert many(3) == path.read_bytes()


LIMITS = {
    "as many as may be": (RejectLimits(most=5), 5, False),
    "one more": (RejectLimits(most=4), 5, True),
    "the share that may be": (RejectLimits(pct=5, pct_after=100), 5, False),
    "more than the share": (RejectLimits(pct=4.9, pct_after=100), 5, True),
    "the share, at the end": (RejectLimits(pct=4.9, pct_after=1_000), 5, True),
    "no limit": (RejectLimits(), 100, False),
}


@pytest.mark.parametrize(("limits", "bad", "stops"), LIMITS.values(), ids=LIMITS)
def test_an_import_stops_when_too_much_is_rejected(
    limits, bad, stops, connection, contacts, rejects
):
    """A file of something else does not fill a table and a disk."""
    importer, source = (
        Importer(contacts, reject_limits=limits),
        [many(100, bad=range(bad))],
    )
    if not stops:
        assert bad == importer.run(source, connection, rejects=rejects).rejected
        return
    with pytest.raises(TooManyRejects, match=f"{bad} of 100 rows") as stopped:
        importer.run(source, connection, rejects=rejects)
    assert [] == rows_of(connection)
    assert str(rejects) in str(stopped.value)
    assert bad == len(listed(rejects))


def test_a_named_import_needs_a_connection_of_its_own(csv_url, contacts, rejects):
    """Inside a transaction no batch could be committed."""
    with psycopg.connect(csv_url) as opened:
        opened.execute("SELECT 1")
        with pytest.raises(ConnectionBusy):
            import_csv([many(1)], opened, contacts, rejects=rejects, name="n")


def test_without_the_migration_an_import_says_what_to_do(
    csv_url, connection, contacts, rejects
):
    """The one who forgot the migration reads its name."""
    connection.execute("DROP TABLE csv_imports")
    with (
        psycopg.connect(csv_url) as opened,
        pytest.raises(CheckpointsMissing, match=r"csv\.migrations"),
    ):
        import_csv([many(1)], opened, contacts, rejects=rejects, name="n")


def test_what_postgresql_refuses_is_said_and_rolled_back(connection, contacts, rejects):
    """A constraint of the table ends the import with PostgreSQL's own words."""
    connection.execute("ALTER TABLE contacts ADD UNIQUE (phone)")
    source = [b"phone,name\n+14155552671,a\n+14155552671,b\n"]
    with pytest.raises(DatabaseRefused, match="contacts_phone_key") as refused:
        import_csv(source, connection, contacts, rejects=rejects)
    assert ("23505", []) == (refused.value.sqlstate, rows_of(connection))


def test_switched_off_the_file_goes_to_postgresql_as_it_stands(
    connection, contacts, rejects
):
    """Off is as if the piece were not there: nothing is normalised, nothing rejected."""
    importer = Importer(contacts, switch=lambda: False)
    source = ["name;phone\r\nJürgen;n/a\r\n".encode("cp1252")]
    report = importer.run(source, connection, rejects=rejects, name="n")
    assert [("n/a", "Jürgen", None)] == rows_of(connection)
    assert (1, 0, None) == (report.imported, report.rejected, report.name)
    with pytest.raises(DatabaseRefused, match="extra data"):
        importer.run([b"name,phone\n1,2,3\n"], connection, rejects=rejects)


HALVES = {
    "half a pair": "phone\n\ud8001\n".encode("utf-16-le", "surrogatepass"),
    "half a character": "phone\n1\n".encode("utf-16-le")[:-1],
}


@pytest.mark.parametrize("raw", HALVES.values(), ids=HALVES)
def test_switched_off_what_cannot_be_sent_stops_the_import(
    raw, connection, contacts, rejects
):
    """Also without this piece an import ends with an error that says why."""
    importer = Importer(contacts, encoding="utf-16", switch=lambda: False)
    with pytest.raises(SourceLost, match="no text"):
        importer.run([raw], connection, rejects=rejects)
    assert [] == rows_of(connection)


class TickingClock(FakeClock):
    """A clock on which each look takes a second."""

    def monotonic_s(self):
        """Return the time, a second later each time."""
        self.advance(1)
        return super().monotonic_s()


def test_progress_is_told(connection, contacts, rejects):
    """Whoever waits sees rows, bytes, speed and the time that is left."""
    heard, raw = [], many(20_000, bad={0})
    importer = Importer(contacts, listener=heard.append, clock=TickingClock())
    importer.run(io.BytesIO(raw), connection, rejects=rejects, name="n")
    started, *progress, finished = heard
    assert isinstance(started, CsvImportStarted)
    assert ("utf-8", "first bytes", ",") == (
        started.encoding,
        started.encoding_by,
        started.delimiter,
    )
    assert all(isinstance(event, CsvImportProgressed) for event in progress)
    last = progress[-1]
    assert (20_000, 1, len(raw), 0.0) == (
        last.rows,
        last.rejected,
        last.bytes_read,
        last.remaining_s,
    )
    assert 100 == last.done_pct > progress[0].done_pct > 0
    assert (progress[0].rows_per_s > 0, progress[0].remaining_s > 0) == (True, True)
    assert (
        CsvImportFinished(
            table="contacts",
            name="n",
            rows=20_000,
            imported=19_999,
            rejected=1,
            seconds=finished.seconds,
        )
        == finished
    )


def test_what_was_done_is_counted(connection, contacts, rejects):
    """Rows, rejects by reason, bytes and ends are there for a graph."""
    heard = []
    importer = Importer(contacts, listener=heard.append)
    raw = many(9, bad={1, 2}) + b"\n"
    importer.run([raw], connection, rejects=rejects)
    with pytest.raises(Breaks):
        importer.run(broken(raw, 100), connection, rejects=rejects)
    assert {
        ("rows_imported", "contacts", "on"): 7,
        ("rows_rejected", "contacts", "on", "phone"): 2,
        ("rows_rejected", "contacts", "on", "blank"): 1,
        ("imports", "contacts", "on", "finished"): 1,
        ("imports", "contacts", "on", "stopped"): 1,
        ("bytes", "contacts", "on"): len(raw) - len(b"phone,name\n"),
    } == counted(importer)
    assert isinstance(heard[-1], CsvImportStopped)
    assert isinstance(heard[-1].error, Breaks)


def test_what_is_done_with_the_switch_off_is_counted_apart(
    connection, contacts, rejects
):
    """At 5 %, the plain imports of the others would hide what the piece does."""
    states = iter([True, False, False])
    importer = Importer(contacts, switch=lambda: next(states))
    importer.run([b"phone,name\n1,2\n"], connection, rejects=rejects)
    importer.run([b"phone,name\n1,2\n"], connection, rejects=rejects)
    with pytest.raises(DatabaseRefused):
        importer.run([b"phone,name\n1,2,3\n"], connection, rejects=rejects)
    ends = {k[1:]: v for k, v in counted(importer).items() if k[0] == "imports"}
    assert {
        ("contacts", "on", "finished"): 1,
        ("contacts", "off", "finished"): 1,
        ("contacts", "off", "stopped"): 1,
    } == ends


def counted(importer):
    """Return what an importer has counted, where it is more than nothing."""
    return {
        (measure.name.removeprefix("hardening_csv_"), *dict(sample.labels).values()): (
            sample.value
        )
        for measure in importer.measures()
        for sample in measure.samples
        if sample.value
    }


async def _streamed(raw, size=3_000):
    """Yield a source as a server receives it."""
    for start in range(0, len(raw), size):
        await asyncio.sleep(0)
        yield raw[start : start + size]


@pytest.mark.parametrize("streamed", [True, False])
def test_imports_run_beside_others(
    streamed, csv_url, connection, contacts, rejects, tmp_path
):
    """With await an import does the same, and the loop goes on meanwhile."""
    raw, path = many(20_000, bad={7}), tmp_path / "contacts.csv"
    path.write_bytes(raw)

    async def run():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        async with await psycopg.AsyncConnection.connect(csv_url) as opened:
            ticking = asyncio.create_task(tick())
            source = _streamed(raw) if streamed else path
            report = await import_csv_async(
                source, opened, contacts, rejects=rejects, name="n"
            )
            again = await import_csv_async(
                path, opened, contacts, rejects=rejects, name="n"
            )
            ticking.cancel()
        return report, again, ticks

    report, again, ticks = asyncio.run(run())
    assert 19_999 == report.imported == again.imported == len(rows_of(connection))
    assert ticks > 3


def test_a_cancelled_import_can_be_resumed(csv_url, connection, contacts, rejects):
    """A client that hangs up leaves no row behind that was not committed."""
    raw = many(20_000)

    async def cancelled():
        importer = Importer(contacts, batch_rows=1_000)
        async with await psycopg.AsyncConnection.connect(csv_url) as opened:
            running = asyncio.current_task()

            async def pieces():
                async for piece in _streamed(raw, 30_000):
                    yield piece
                    if connection.execute("SELECT 1 FROM contacts LIMIT 1").fetchone():
                        running.cancel()

            await importer.run_async(pieces(), opened, rejects=rejects, name="n")

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert 0 < len(rows_of(connection)) < 20_000
    Importer(contacts).run([raw], connection, rejects=rejects, name="n")
    assert 20_000 == len({*rows_of(connection)}) == len(rows_of(connection))


SETTINGS = {
    "Importer.batch_rows": {"batch_rows": 0},
    "Importer.progress_s": {"progress_s": -1},
    "Importer.encoding": {"encoding": "klingon"},
    "Importer.delimiter": {"delimiter": ",,"},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_importer_fails_where_it_is_made(setting, contacts):
    """A wrong configuration never reaches a file, and the message names the field."""
    with pytest.raises(InvalidSetting, match=setting):
        Importer(contacts, **SETTINGS[setting])


def test_the_migration_can_be_taken_back(connection):
    """Made, made again, removed, removed again, and made: each leaves what it should."""
    (step,) = migrations()
    there = "SELECT to_regclass('csv_imports') IS NOT NULL"
    seen = []
    for statements in (step.apply, step.apply, step.undo, step.undo, step.apply):
        connection.execute(statements)
        seen += connection.execute(there).fetchone()
    assert [True, True, False, False, True] == seen


def test_formulas_that_an_export_escaped_come_back(connection, rejects, tmp_path):
    """A name that began with a sign is that name again."""
    names = Mapping("contacts", (Column("name", Text(unescape=True)),))
    path = tmp_path / "names.csv"
    path.write_text("name\n'=Equal Rights Org\n")
    import_csv(path, connection, names, rejects=rejects, name="2026-11")
    assert [(None, "=Equal Rights Org", None)] == rows_of(connection)
