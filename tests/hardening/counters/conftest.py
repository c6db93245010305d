"""A database with the counters' migrations, and connections to it."""

import psycopg
import pytest
from psycopg import sql

from hardening.counters import migrations, user_behavior_migrations

ROLES = ("authenticated", "service_role", "stranger")
TABLES = "truncate hardening_counters, user_behaviors"


@pytest.fixture(scope="session")
def counters_url(postgres):
    """Give the address of a database with every migration and the plans' roles."""
    url = postgres.create_database("counters")
    with psycopg.connect(url) as connection:
        for role in ROLES:
            connection.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        for step in (*migrations(), *user_behavior_migrations()):
            connection.execute(step.apply)
    yield url
    with psycopg.connect(url) as connection:
        for role in ROLES:
            name = sql.Identifier(role)
            connection.execute(sql.SQL("drop owned by {0}; drop role {0}").format(name))
    postgres.drop_database("counters")


@pytest.fixture
def connect(counters_url):
    """Give a function that opens connections; all are closed after the test."""
    opened = []

    def opener(*, autocommit=True):
        connection = psycopg.connect(counters_url, autocommit=autocommit)
        opened.append(connection)
        return connection

    opener().execute(TABLES)
    yield opener
    for connection in opened:
        connection.close()
