"""Jobs: what a beat, a letter and a look cost, and whether any is lost or done twice."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from statistics import median
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from gonogo.testing.postgres import private_postgres
from hardening.jobs import (
    Attempt,
    DeadLetters,
    Heart,
    Limit,
    Limits,
    NewLetter,
    PostgresBeats,
    Watchdog,
    connecting,
    migrations,
)
from hardening.jobs.procrastinate import guard
from hardening.jobs.question import Connect

RUNNING = 100_000
LETTERS, PER_SECOND = 300, 100.0
REDRIVERS, SHARED = 8, 400
BEATING, LIMIT_S, WATCHED_S = 200, 3.0, 6.0
NONE = Bar(Of.VALUE, most=0)
FLOOR = "a tuple with the time, assigned"
NAIVE = "one UPDATE a beat, by hand"
INSERT = "INSERT by hand, the same values"
STALLED = "procrastinate's get_stalled_jobs, the same 100,000"
FINISH = "procrastinate's own finish_job"
BY_HAND = (
    *("source", "job_id", "failure", "queue", "task", "reason"),
    *("error_class", "error_text", "attempts"),
)
BY_HAND_SQL = """
    INSERT INTO by_hand (source, job_id, failure, queue, task, args, reason,
        error_class, error_text, attempts, first_failed_at)
    VALUES (%(source)s, %(job_id)s, %(failure)s, %(queue)s, %(task)s, %(args)s,
        %(reason)s, %(error_class)s, %(error_text)s, %(attempts)s, now())
"""
STARTED = """
    INSERT INTO procrastinate_events (job_id, type, at)
    SELECT id, 'started', now() FROM procrastinate_jobs
"""
BEAT = (
    "INSERT INTO job_heartbeat (job_id, attempt) SELECT id, 1 FROM procrastinate_jobs"
)


def measure() -> Iterator[Row]:
    """Yield the costs, then what is lost, done twice or taken wrongly."""
    with private_postgres() as server:
        url = server.create_database("jobs")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SchemaManager.get_schema())
            for step in migrations():
                connection.execute(step.apply)
            yield from _beats(connection, url)
            yield from _letters(connection)
            yield from _ends(connection, url)
            yield from _rate(connection, url)
            yield from _once(connection, url)
            yield from _false_positives(connection, url)
            yield from _looks(connection, url)


def _beats(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield what a beat costs its job, while a thread writes them."""
    _running(connection, 1)
    held: list[tuple[float, float, str]] = []

    def by_hand() -> None:
        held[:] = [(time.monotonic(), 0.5, "row 7")]

    def update() -> None:
        connection.execute(
            "UPDATE job_heartbeat SET last_heartbeat_at = now(), progress = 0.5,"
            " note = 'row 7' WHERE job_id = 1 AND attempt = 1"
        )

    with (
        Heart(PostgresBeats(connecting(url))) as heart,
        heart.attempt(Attempt("1", 1)) as pulse,
    ):
        calls: dict[str, Callable[[], object]] = {
            FLOOR: by_hand,
            "a beat, on its job's side": lambda: pulse(0.5, "row 7"),
        }
        taken = timings(calls, number=5_000)
        naive = timings(
            {NAIVE: update, "beat": calls["a beat, on its job's side"]},
            rounds=10,
            number=100,
        )
    for name in calls:
        ours = name != FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=FLOOR if ours else None,
            ratio=taken.ratio(name, FLOOR) if ours else None,
        )
    yield Row(
        figure="a beat, on its job's side",
        value=naive.median_ns("beat") / 1e3,
        unit="µs",
        against=NAIVE,
        ratio=naive.ratio("beat", NAIVE),
        bar=Bar(Of.RATIO, most=0.05),
    )


def _letters(connection: "psycopg.Connection[Any]") -> Iterator[Row]:
    """Yield what putting a letter costs."""
    letters, numbers = DeadLetters(_held(connection)), iter(range(10_000_000))
    connection.execute("CREATE TABLE by_hand (LIKE job_dlq INCLUDING ALL)")

    def insert() -> None:
        letter = _letter(next(numbers))
        values = {slot: getattr(letter, slot) for slot in BY_HAND}
        with connection.transaction():
            connection.execute(BY_HAND_SQL, values | {"args": json.dumps(letter.args)})

    taken = timings(
        {INSERT: insert, "put": lambda: letters.put(_letter(next(numbers)))},
        rounds=20,
        number=100,
    )
    yield Row(
        figure="DeadLetters.put",
        value=taken.median_ns("put") / 1e3,
        unit="µs",
        against=INSERT,
        ratio=taken.ratio("put", INSERT),
        bar=Bar(Of.RATIO, most=2),
    )
    connection.execute("TRUNCATE job_dlq RESTART IDENTITY")


def _ends(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield what the end of a job costs under guard, beside procrastinate's own."""
    ratios, ours_us = asyncio.run(_paired_ends(connection, url))
    for name, ratio in ratios.items():
        yield Row(
            figure=f"the end of a job under guard, {name}",
            value=ours_us[name],
            unit="µs",
            against=FINISH,
            ratio=ratio,
            bar=Bar(Of.RATIO, most=2.5),
        )


async def _paired_ends(
    connection: "psycopg.Connection[Any]", url: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Return, well and badly ended, the median ratio and the microseconds of ours."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=2))
    plain, guarded = app.job_manager, guard(app)
    names = {Status.SUCCEEDED: "well", Status.FAILED: "with a letter"}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in names.values()}
    async with app.open_async():
        worker = await plain.register_worker()
        for number in range(200):
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name)"
                " SELECT 'q', 't' FROM generate_series(1, 2)"
            )
            status, name = list(names.items())[number % 2]
            pair = []
            for manager in (plain, guarded):
                job = await manager.fetch_job(None, worker)
                assert job is not None  # noqa: S101 - two were put
                started = time.perf_counter_ns()
                await manager.finish_job(job, status, delete_job=False)
                pair.append((time.perf_counter_ns() - started) / 1e3)
            taken[name].append((pair[0], pair[1]))
    connection.execute("TRUNCATE job_dlq RESTART IDENTITY")
    ratios = {
        n: median(ours / own for own, ours in pairs) for n, pairs in taken.items()
    }
    return ratios, {n: median(ours for _, ours in pairs) for n, pairs in taken.items()}


def _rate(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield how well a redrive of many keeps to its rate."""
    letters = DeadLetters(_held(connection))
    for number in range(LETTERS):
        letters.put(_letter(number))
    started = time.monotonic()
    sent = DeadLetters(connecting(url)).redrive_all(per_second=PER_SECOND).sent
    rate = (sent - 1) / (time.monotonic() - started)
    yield Row(
        figure=f"redrive_all of {LETTERS} at {PER_SECOND:g} a second: jobs a second",
        value=rate,
        unit="1/s",
        against="the rate that was asked for",
        ratio=rate / PER_SECOND,
        bar=Bar(Of.RATIO, least=0.95, most=1.05),
    )
    connection.execute("TRUNCATE job_dlq, procrastinate_jobs RESTART IDENTITY CASCADE")


def _once(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield how many letters redrivers at once send twice, or not at all."""
    letters = DeadLetters(_held(connection))
    for number in range(SHARED):
        letters.put(_letter(number))
    with ThreadPoolExecutor(REDRIVERS) as pool:
        for _ in range(REDRIVERS):
            pool.submit(DeadLetters(connecting(url)).redrive_all, per_second=1e6)
    (sent, different) = connection.execute(
        "SELECT count(*), count(DISTINCT args) FROM procrastinate_jobs"
    ).fetchone() or (0, 0)
    seen = f"{SHARED} letters, {REDRIVERS} redrivers at once"
    yield Row(figure=f"{seen}: twice", value=sent - different, unit="jobs", bar=NONE)
    yield Row(figure=f"{seen}: lost", value=SHARED - different, unit="jobs", bar=NONE)
    connection.execute("TRUNCATE job_dlq, procrastinate_jobs RESTART IDENTITY CASCADE")


def _false_positives(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield how many of the jobs that move on a watchdog takes, of all that hang."""
    _running(connection, BEATING + 10)
    dog = Watchdog(connecting(url), limits=Limits(Limit(LIMIT_S)), grace_s=0)
    beats = PostgresBeats(connecting(url))
    with Heart(beats, every_s=0.5) as heart, ExitStack() as stack:
        pulses = [
            stack.enter_context(heart.attempt(Attempt(str(number), 1)))
            for number in range(1, BEATING + 1)
        ]
        ends = time.monotonic() + WATCHED_S
        while time.monotonic() < ends:
            for pulse in pulses:
                pulse()
            dog.scan()
            time.sleep(0.05)
    taken = [
        int(job_id) for (job_id,) in connection.execute("SELECT job_id FROM job_dlq")
    ]
    wrongly = sum(1 for job_id in taken if job_id <= BEATING)
    seen = f"{BEATING} jobs that move on, 10 that hang, limit {LIMIT_S:g} s"
    yield Row(figure=f"{seen}: taken wrongly", value=wrongly, unit="jobs", bar=NONE)
    yield Row(
        figure=f"{seen}: hung and not taken",
        value=10 - (len(taken) - wrongly),
        unit="jobs",
        bar=NONE,
    )


def _looks(connection: "psycopg.Connection[Any]", url: str) -> Iterator[Row]:
    """Yield what a look at 100,000 running jobs costs."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=1))
    dog = Watchdog(connecting(url), grace_s=0)
    for name, beating in (("all beating", True), ("none beating", False)):
        _running(connection, RUNNING, beating=beating)
        ours, theirs = asyncio.run(_paired_looks(app, dog))
        yield Row(
            figure=f"Watchdog.scan, {RUNNING:,} running jobs, {name}",
            value=median(ours),
            unit="ms",
            against=STALLED,
            ratio=median(a / b for a, b in zip(ours, theirs, strict=True)),
        )


async def _paired_looks(app: App, dog: Watchdog) -> tuple[list[float], list[float]]:
    """Return the milliseconds of looks of both."""
    ours, theirs = [], []
    async with app.open_async():
        for _ in range(6):
            started = time.perf_counter()
            await dog.scan_async()
            ours.append(1e3 * (time.perf_counter() - started))
            started = time.perf_counter()
            await app.job_manager.get_stalled_jobs()
            theirs.append(1e3 * (time.perf_counter() - started))
    return ours[1:], theirs[1:]


def _running(
    connection: "psycopg.Connection[Any]", jobs: int, *, beating: bool = True
) -> None:
    """Put running jobs in place of all others; a worker of theirs is alive."""
    connection.execute(
        "TRUNCATE job_dlq, job_heartbeat, procrastinate_jobs RESTART IDENTITY CASCADE"
    )
    connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
        " SELECT 'q', 'import', 'doing' FROM generate_series(1, %s)",
        (jobs,),
    )
    connection.execute("SELECT procrastinate_register_worker_v1()")
    connection.execute(
        "UPDATE procrastinate_jobs SET worker_id ="
        " (SELECT max(id) FROM procrastinate_workers)"
    )
    connection.execute(STARTED)
    if beating:
        connection.execute(BEAT)
    connection.execute("ANALYZE")


def _letter(number: int) -> NewLetter:
    """Return a failed job, different from all others."""
    return NewLetter(
        source="procrastinate",
        job_id=f"job-{number}",
        failure="1",
        queue="q",
        task="t",
        args={"a": number},
        error_class="E",
        error_text="no",
        attempts=1,
    )


def _held(connection: "psycopg.Connection[Any]") -> Connect:
    """Return a provider of one connection, as a pool at rest is one."""
    return lambda: nullcontext(connection)
