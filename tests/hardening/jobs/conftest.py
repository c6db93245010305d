"""A database with procrastinate's tables and ours, and short ways to look into it."""

from contextlib import contextmanager

import pytest

psycopg = pytest.importorskip("psycopg")
procrastinate = pytest.importorskip("procrastinate")

from procrastinate.schema import SchemaManager  # noqa: E402 - after the skips

from hardening.jobs import NewLetter, connecting, migrations  # noqa: E402 - likewise


@pytest.fixture(scope="session")
def jobs_database(postgres):
    """Give the address of one database for all tests of jobs: its tables take long."""
    url = postgres.create_database("jobs")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SchemaManager.get_schema())
        for step in migrations():
            connection.execute(step.apply)
    return url


@pytest.fixture
def jobs_url(jobs_database):
    """Give the address of a database without jobs or letters."""
    # A test that left a transaction open fails the next one, in place of hanging it.
    limit = "-c lock_timeout=20s"
    with psycopg.connect(jobs_database, autocommit=True, options=limit) as connection:
        connection.execute(
            "TRUNCATE job_dlq, job_heartbeat, procrastinate_jobs, procrastinate_workers,"
            " procrastinate_events, procrastinate_periodic_defers RESTART IDENTITY"
        )
    return jobs_database


@pytest.fixture
def connect(jobs_url):
    """
    Give a provider of connections, as a pool's `connection` is one.

    A test asks a hundred times; one connection for all of them takes a fifth of the
    time of a hundred.
    """
    with psycopg.connect(jobs_url) as held:

        @contextmanager
        def connection():
            with held.transaction():
                yield held

        yield connection


@pytest.fixture
def provider(jobs_url):
    """Give a provider that opens a connection each time: for threads and processes."""
    return connecting(jobs_url)


@pytest.fixture
def ask(jobs_url):
    """Give a function that runs SQL and returns all rows."""
    with psycopg.connect(jobs_url, autocommit=True) as connection:

        def run(query, *values):
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else None

        yield run


@pytest.fixture
def letter():
    """Give a function that makes letters, each of another job."""
    numbers = iter(range(1, 1_000_000))

    def make(**fields):
        number = next(numbers)
        return NewLetter(
            **{
                "source": "procrastinate",
                "job_id": str(number),
                "failure": "1",
                "queue": "imports",
                "task": "import_contacts",
                "args": {"path": f"contacts-{number}.csv"},
                "error_class": "ValueError",
                "error_text": "row 7 has no phone number",
                "attempts": 3,
            }
            | fields
        )

    return make
