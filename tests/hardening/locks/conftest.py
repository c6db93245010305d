"""A table of contacts, and connections to it."""

from contextlib import contextmanager

import psycopg
import pytest

TABLE = """
drop table if exists contacts;
create table contacts (
  id bigint primary key, name text not null default '', score int not null default 0,
  version bigint not null default 1);
insert into contacts (id) select generate_series(1, 20)
"""


@pytest.fixture(scope="session")
def locks_url(postgres):
    """Give the address of a database that the tests of the locks share."""
    yield postgres.create_database("locks")
    postgres.drop_database("locks")


@pytest.fixture
def connect(locks_url):
    """Give a function that opens connections; all are closed after the test."""
    opened = []

    def opener(*, autocommit=True):
        connection = psycopg.connect(locks_url, autocommit=autocommit)
        opened.append(connection)
        return connection

    opener().execute(TABLE)
    yield opener
    for connection in opened:
        connection.close()


@pytest.fixture
def holding():
    """Give a block during which somebody else holds a row of contacts."""

    @contextmanager
    def hold(connection, key=1):
        with connection.transaction():
            connection.execute("select 1 from contacts where id = %s for update", [key])
            yield

    return hold
