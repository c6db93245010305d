"""
A private PostgreSQL: started for one test run, on a free port, gone afterwards.

The server runs from a temporary folder as a user who is not root, listens on the
loopback only, and asks for a random password. It never touches a server that was
there before. A small shell beside it holds a pipe to this process: when this process
dies, even by SIGKILL, the shell stops the server and removes the folder.

Durability is switched off. A clean `stop` keeps every commit; a crash of the machine
may not, and no test here asks for one.
"""

from gonogo.testing.postgres.binaries import (
    OLDEST_MAJOR,
    PostgresNotFound,
    find_binaries,
)
from gonogo.testing.postgres.process import PostgresFailed
from gonogo.testing.postgres.server import PrivatePostgres, private_postgres

__all__ = [
    "OLDEST_MAJOR",
    "PostgresFailed",
    "PostgresNotFound",
    "PrivatePostgres",
    "find_binaries",
    "private_postgres",
]
