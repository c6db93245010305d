"""Calls to a provider, which answers over HTTP and is now and then unavailable."""

import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from hardening.breaker import Breaker
from hardening.http import (
    TRANSIENT,
    Allowance,
    Budget,
    Client,
    MemoryStore,
    Provider,
    retry_after,
)
from hardening.retry import FullJitter, Policy, Retrier

from .piece import Piece, pct, quantile_ms, total
from .place import Place

NAME = "phones"


class Service(Piece):
    """Looks phones up; broken, its budget is one call a day."""

    def __init__(self, place: Place) -> None:
        policy = Policy(
            on=TRANSIENT,
            attempts=3,
            deadline_s=20,
            retry_after=retry_after,
            schedule=FullJitter(base_s=0.01, cap_s=0.05),
        )
        per_day = 1 if place.is_broken else 1_000_000
        provider = Provider(
            name=NAME,
            base_url=place.keep(answering()),
            timeout_s=5,
            deadline_s=20,
            circuit=Breaker(NAME),
            retrier=Retrier(policy),
            budget=Budget(Allowance(per_day, per_s=86_400)),
            cache=MemoryStore(),
            cached={"/countries/*": 3600},
        )
        self._client = place.keep(Client([provider], switch=place.switch))
        self._calls = itertools.count(1)

    def serve(self, user: str) -> None:
        """Look up a user's phone, or its country."""
        path = "/countries/49" if next(self._calls) % 2 else f"/phones/{user}"
        self._client.get(NAME, path).json()

    def readings(self) -> Mapping[str, float]:
        """Return how calls ended, and how long they took."""
        measures = self._client.measures()
        calls = "hardening_http_calls"
        came = total(measures, calls, switch="on")
        good = sum(
            total(measures, calls, switch="on", outcome=word)
            for word in ("ok", "cached")
        )
        spans = "hardening_http_call_seconds"
        return {
            "http_failed_pct": pct(came - good, came),
            "http_call_p99_ms": quantile_ms(measures, spans, 0.99, switch="on"),
            "http_circuit_open": total(measures, calls, outcome="circuit_open"),
            "http_invalid_json": total(measures, "hardening_http_invalid_json"),
        }


class Answer(BaseHTTPRequestHandler):
    """Answers with JSON, but for every 400th request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    numbers: ClassVar[Iterator[int]] = itertools.count(1)

    def do_GET(self) -> None:
        """Answer a request."""
        is_ill = next(self.numbers) % 400 == 0
        body = b'{"valid": true}'
        self.send_response(503 if is_ill else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[str]:
    """Run the provider, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
