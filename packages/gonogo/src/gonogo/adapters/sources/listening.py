"""
Listening: an address that others push to, shared by all rollouts of this process.

A listener begins with the first source that names its address, and ends with the last.
What came before it began is not known; so a source of this kind is opened with the
rollout and not with its first look.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakValueDictionary, finalize

from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.pushed import Pushed

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65_535
_SHOWN = 60  # characters of a line that could not be read


@dataclass(slots=True)
class Heard:
    """
    What a listener took, and what it could not read; told with the source.

    Attributes:
        taken: Lines, or requests.
        unread: Of these, those that could not be read.
        last: What the last unread one began with, or what was wrong with it.
    """

    what: str
    taken: int = 0
    unread: int = 0
    last: str = ""
    lock: Lock = field(default_factory=Lock)

    def count(self) -> None:
        """Count one that was read."""
        with self.lock:
            self.taken += 1

    def refuse(self, why: str) -> None:
        """Count one that was not."""
        with self.lock:
            self.taken, self.unread = self.taken + 1, self.unread + 1
            self.last = why[:_SHOWN]

    def __str__(self) -> str:
        told = f"{self.taken} {self.what}"
        if not self.unread:
            return told
        return f"{told}, {self.unread} of them unreadable (the last: {self.last!r})"


class Listener:
    """
    Something that listens, with what it heard; it ends when nobody uses it any more.

    Args:
        address: Where it listens, for people.
        held: What arrived.
        heard: What was taken and refused.
        end: Ends it; must not refer to the listener.
    """

    def __init__(
        self, address: str, *, held: Pushed, heard: Heard, end: Callable[[], None]
    ) -> None:
        self.address, self.held, self.heard = address, held, heard
        self.end = finalize(self, end)
        # With the process its sockets and threads go anyway.
        self.end.atexit = False


_LISTENERS: WeakValueDictionary[tuple[str, str, int], Listener] = WeakValueDictionary()
_LOCK = Lock()


def shared(
    opening: Opening, kind: str, usual_port: int, begin: Callable[[str, int], Listener]
) -> Listener:
    """
    Return who listens at a source's address; begin with it where nobody does.

    Raises:
        SourceFailed: The address is none, or is taken by another program.
    """
    host, port = address_of(opening, usual_port)
    with _LOCK:
        found = _LISTENERS.get((kind, host, port))
        if found is not None and found.end.alive:
            return found
        try:
            made = begin(host, port)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = f"nothing can listen at {host}:{port}: {reason}. "
            remedy = "Does another gonogo listen there? Choose another address."
            raise opening.failed(message + remedy) from error
        # Of a port that the system chose there is no second one to share.
        if port:
            _LISTENERS[kind, host, port] = made
        return made


def address_of(opening: Opening, usual_port: int) -> tuple[str, int]:
    """
    Return the host and port of an address: `8125`, `HOST:8125`, `http://HOST:4318/`.

    Raises:
        SourceFailed: It is none of these.
    """
    text = opening.url.partition("://")[2] or opening.url
    text = text.partition("/")[0].strip()
    host, _, port = text.rpartition(":")
    if text and not text.isdigit() and ":" not in text:
        host, port = text, str(usual_port)
    port = port or str(usual_port)
    if not (port.isascii() and port.isdigit()) or int(port) > _HIGHEST_PORT:
        message = f"its `url` is '{text[:60]}', no address to listen at. "
        remedy = f"Write HOST:PORT, such as {LOOPBACK}:{usual_port}."
        raise opening.failed(message + remedy)
    return host.strip("[]") or LOOPBACK, int(port)
