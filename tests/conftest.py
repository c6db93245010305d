"""What every test may ask for: a private PostgreSQL, and a database of its own."""

import os
from itertools import count

import pytest
from hypothesis import HealthCheck, settings

from gonogo.testing.postgres import PostgresNotFound, private_postgres

# Two busy cores make single examples slow by chance, which says nothing of the code.
# The build draws the same examples each time; `make fuzz` looks for new ones.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fuzz",
    parent=settings.get_profile("default"),
    derandomize=False,
    max_examples=20_000,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres():
    """
    Give the run's private server; shared, so leave its settings alone.

    Without the server's binaries the test is skipped on a person's machine; in CI
    that is an error.
    """
    try:
        server = private_postgres()
        with server as running:
            yield running
    except PostgresNotFound as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.fixture
def database_url(postgres):
    """Give the address of an empty database that only this test knows."""
    name = f"test_{next(_NUMBERS)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)
