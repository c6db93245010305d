"""A real HTTP server that gives prepared answers, for tests of those who ask."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request; headers in small letters, each parameter once."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return what the body holds."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; a body that is no text is sent as JSON."""

    body: Any = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        """Return the body as it is sent."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


@dataclass(slots=True)
class Desk:
    """
    What was asked, and what is answered.

    Attributes:
        answers: The next one first; the last one again and again.
        let_go: Unset, every request waits for it: a service that hangs.
    """

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    let_go: Event = field(default_factory=Event)
    questions: SimpleQueue[Question] = field(default_factory=SimpleQueue)

    def next(self) -> Question:
        """Return the next question, waiting for it for a while."""
        return self.questions.get(timeout=20)

    def taken(self) -> Answer:
        """Return the next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: who asks may go before the answer."""


@contextmanager
def answering(*answers: Answer) -> Iterator[Desk]:
    """Yield the desk of a server on a free port of this machine."""
    desk = Desk(answers=list(answers))
    desk.let_go.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *args: object) -> None:
            pass

        def _answer(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            desk.questions.put(
                Question(
                    method=self.command,
                    path=parts.path,
                    params={k: v[0] for k, v in parse_qs(parts.query).items()},
                    headers={k.lower(): v for k, v in self.headers.items()},
                    body=body,
                )
            )
            desk.let_go.wait()
            answer = desk.taken()
            self.send_response(answer.status)
            for name, text in answer.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(answer.data())))
            self.end_headers()
            self.wfile.write(answer.data())

    server = _Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    desk.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield desk
    finally:
        desk.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
