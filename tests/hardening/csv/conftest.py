"""A table of contacts, and connections to it."""

import psycopg
import pytest

from hardening.csv import Column, Email, Mapping, Phone, migrations

CONTACTS = Mapping(
    "contacts",
    (
        Column("phone", Phone("US"), aliases=("Mobile",), required=True),
        Column("name"),
        Column("email", Email(), aliases=("E-Mail",)),
    ),
)


@pytest.fixture
def contacts():
    """Give the mapping of the table."""
    return CONTACTS


@pytest.fixture(scope="session")
def csv_url(postgres):
    """Give the address of the database that these tests share, one after another."""
    name = "hardening_csv"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def connection(csv_url):
    """Give a connection to a database with an empty table, and with the checkpoints."""
    with psycopg.connect(csv_url, autocommit=True) as opened:
        prepare(opened)
        yield opened


def prepare(opened):
    """Make the tables, new."""
    opened.execute("DROP TABLE IF EXISTS contacts, csv_imports")
    opened.execute("CREATE TABLE contacts (phone text, name text, email text)")
    for step in migrations():
        opened.execute(step.apply)


@pytest.fixture
def rejects(tmp_path):
    """Give the path of a rejects file."""
    return tmp_path / "rejects.csv"
