"""Sources: what an operation asks, so that those asking the same share a lane."""

from functools import lru_cache
from urllib.parse import urlsplit

from gonogo.model.operation import (
    Http,
    KillFlags,
    Migrate,
    Operation,
    Query,
    ReadFlag,
    RestoreFlag,
    SetFlag,
    Shell,
    Sql,
)


def source_of(operation: Operation) -> str:
    """Return the name of what is asked: a host, a connection, a file, or a source."""
    match operation:
        case Shell():
            return "shell"
        case Sql(connection=name) | Migrate(connection=name):
            return name
        case Http(url=url):
            return _host(url)
        case Query(source=name):
            return name
        case SetFlag(file=file) | RestoreFlag(file=file):
            return file
        case KillFlags(file=file) | ReadFlag(file=file):
            return file


@lru_cache(maxsize=1_000)
def _host(url: str) -> str:
    """Return the host of an address, or the name that stands for it; asked each look."""
    parts = urlsplit(url)
    return parts.netloc or parts.path.partition("/")[0]
