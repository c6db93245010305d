"""A real HTTP server that keeps what it is sent, for tests of what is sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its path, headers in small letters, and body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Inbox:
    """
    What was received, and how it is answered.

    Attributes:
        statuses: Answers, the next one first; then always 200.
        let_go: Unset, every request waits for it: a receiver that hangs.
    """

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    let_go: Event = field(default_factory=Event)
    requests: SimpleQueue[Request] = field(default_factory=SimpleQueue)

    def next(self) -> Request:
        """Return the next request, waiting for it for a while."""
        return self.requests.get(timeout=20)

    def all(self) -> Sequence[Request]:
        """Return every request that was answered and not looked at yet."""
        return [self.requests.get() for _ in range(self.requests.qsize())]


@contextmanager
def receiving() -> Iterator[Inbox]:
    """Yield the inbox of a server on a free port of this machine."""
    inbox = Inbox()
    inbox.let_go.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.let_go.wait()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = inbox.statuses.pop(0) if inbox.statuses else 200
            inbox.requests.put(Request(self.path, headers, body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        inbox.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield inbox
        finally:
            inbox.let_go.set()
            server.shutdown()
            thread.join()
