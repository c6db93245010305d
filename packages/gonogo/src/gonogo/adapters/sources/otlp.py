"""
OpenTelemetry: a receiver of metrics that services push by OTLP over HTTP.

    sources:
      otel: {kind: otlp, url: "127.0.0.1:4318"}

Services send to `http://127.0.0.1:4318/v1/metrics`, as JSON or protobuf, compressed or
not; with the option `token` only those that send `Authorization: Bearer TOKEN` are
heard. Queries are selectors over the attributes of resource and point:
`http.server.request.duration{service.version="2"}` is a distribution, `count(…)` of it
the number of requests.

Source: OpenTelemetry Protocol specification, "OTLP/HTTP".
"""

import hmac
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from threading import BoundedSemaphore, Thread
from typing import Any

from gonogo.adapters.sources.listening import Heard, Listener, shared
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.otlp_bodies import (
    JSON,
    LARGEST,
    PROTOBUF,
    Unacceptable,
    decoded,
    refusal,
    taken,
    unpacked,
)
from gonogo.adapters.sources.otlp_reading import Reader
from gonogo.adapters.sources.pushed import Pushed
from gonogo.adapters.sources.pushing import PushedSource
from gonogo.ports.source import Source

PORT = 4318
PATH = "/v1/metrics"

_PATIENCE_S = 10.0  # for the next bytes of a request
_CONNECTIONS = 32


def opened(opening: Opening) -> Source:
    """Return a source of what arrives at an address; it listens from now on."""

    def begin(host: str, port: int) -> Listener:
        return _listener(host, port, opening)

    return PushedSource(opening, shared(opening, "otlp", PORT, begin))


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE_S

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as the server calls it
        reader: Reader,
        heard: Heard,
        token: str,
    ) -> None:
        self._reader, self._heard, self._token = reader, heard, token
        super().__init__(*args)

    def do_POST(self) -> None:
        """Take an export request."""
        kind = self.headers.get_content_type()
        try:
            self._check()
            request = decoded(self._body(), kind)
        except Unacceptable as error:
            self._heard.refuse(str(error))
            self._refuse(error, kind)
            return
        refused, why = self._reader.take(request)
        if refused:
            self._heard.refuse(why)
        else:
            self._heard.count()
        self._answer(200, taken(kind, refused, why), kind)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing; what arrives is counted."""

    def _check(self) -> None:
        if self.path.partition("?")[0] != PATH:
            raise Unacceptable(404, f"metrics are taken at {PATH}")
        sent = self.headers.get("authorization", "")
        if self._token and not hmac.compare_digest(
            sent.encode(), f"Bearer {self._token}".encode()
        ):
            raise Unacceptable(401, "the token is missing, or another one")

    def _body(self) -> bytes:
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            raise Unacceptable(411, "a request has to say its length")
        if int(length) > LARGEST:
            raise Unacceptable(413, f"a request has at most {LARGEST} bytes")
        try:
            data = self.rfile.read(int(length))
        except OSError as error:
            raise Unacceptable(408, "the request was not sent to its end") from error
        if len(data) < int(length):
            raise Unacceptable(400, "the request was not sent to its end")
        return unpacked(data, self.headers.get("content-encoding", "identity"))

    def _refuse(self, error: Unacceptable, kind: str) -> None:
        """Answer an error; what was not read of the request ends the connection."""
        self.close_connection = True
        self._answer(error.status, refusal(kind, str(error)), kind)

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        with suppress(OSError):
            self.send_response(status)
            self.send_header("content-type", PROTOBUF if kind == PROTOBUF else JSON)
            self.send_header("content-length", str(len(body)))
            if self.close_connection:
                self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    """Serves a bounded number of connections, each on a thread of its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: Any) -> None:  # noqa: ANN401
        if ":" in address[0]:
            self.address_family = AF_INET6
        self._free = BoundedSemaphore(_CONNECTIONS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Serve a connection, or close it when there are too many."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Serve one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: a sender that breaks off is no error of ours."""


def _listener(host: str, port: int, opening: Opening) -> Listener:
    held, heard = Pushed(opening.now), Heard("requests")
    handler = partial(
        _Handler,
        reader=Reader(held),
        heard=heard,
        token=opening.options.get("token", ""),
    )
    server = _Server((host, port), handler)
    where = "{}:{}".format(*server.server_address[:2])
    Thread(
        target=server.serve_forever,
        kwargs={"poll_interval": 0.1},
        name=f"otlp {where}",
        daemon=True,
    ).start()
    return Listener(where, held=held, heard=heard, end=partial(_end, server))


def _end(server: _Server) -> None:
    """Take no more connections; nobody waits for it."""

    def end() -> None:
        server.shutdown()
        server.server_close()

    Thread(target=end, daemon=True).start()
