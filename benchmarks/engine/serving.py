"""The server of a benchmark: it vacuums, as one in production does."""

from contextlib import AbstractContextManager

from gonogo.testing.postgres import PrivatePostgres, private_postgres

VACUUMED = {"autovacuum": "on", "autovacuum_naptime": "5s"}
"""
Queues leave a dead row behind each job; without a vacuum the figures would show that.
What is vacuumed, and when, is the server's own rule, a table of which a fifth is dead:
all of them again and again would show the vacuum. It looks every 5 s in place of a real
server's minute, as these runs are short.
"""


def server_of_its_own() -> AbstractContextManager[PrivatePostgres]:
    """Return a private server that runs for the length of a `with` block."""
    return private_postgres(settings=VACUUMED)
