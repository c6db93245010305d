"""The dashboard: people and programs look at circuits, under /ops."""

import asyncio
import itertools
import time
from collections import Counter, deque
from collections.abc import Mapping
from contextvars import copy_context

from hardening.breaker import Circuits
from hardening.dashboard import Sources, dashboard

from .piece import Piece, pct
from .place import Place

TOKEN, OTHER = "a-token-of-this-demonstration", "a-token-that-nobody-is-given"
_OK, _GONE, _FAILED = 200, 404, 500


class DashboardFailed(Exception):
    """It answered with something else than the data, or a refusal."""


class Service(Piece):
    """Serves the dashboard; broken, with another token than people have."""

    def __init__(self, place: Place) -> None:
        circuits = Circuits()
        for name in ("crm", "phones", "mail"):
            circuits.get(name)
        self._app = dashboard(
            Sources(circuits=circuits),
            read_token=OTHER if place.is_broken else TOKEN,
            title="shop, production",
            switch=place.switch,
        )
        self._runner = place.keep(asyncio.Runner())
        self._numbers = itertools.count(1)
        self._spans_s: deque[float] = deque(maxlen=500)
        self._statuses: Counter[int] = Counter()
        self._open = 0

    def serve(self, user: str) -> None:
        """Show a user the data; every fiftieth comes without a token."""
        has_token = next(self._numbers) % 50 != 0
        start_s = time.perf_counter()
        status = self._runner.run(
            self._status(has_token=has_token), context=copy_context()
        )
        if status != _GONE:
            self._spans_s.append(time.perf_counter() - start_s)
        if has_token:
            self._statuses[status] += 1
        else:
            self._open += status == _OK
        if status >= _FAILED:
            raise DashboardFailed(user)

    def readings(self) -> Mapping[str, float]:
        """Return how long the data took, and who was refused."""
        spans_ms = sorted(1000 * span_s for span_s in self._spans_s) or [0.0]
        asked = self._statuses.total() - self._statuses[_GONE]
        return {
            "dashboard_p95_ms": spans_ms[len(spans_ms) * 95 // 100],
            "dashboard_refused_pct": pct(asked - self._statuses[_OK], asked),
            "dashboard_answers_without_token": self._open,
        }

    async def _status(self, *, has_token: bool) -> int:
        """Ask for the data; return the status of the answer."""
        said: list[int] = []
        token = f"Bearer {TOKEN}".encode()
        headers = [(b"host", b"shop"), (b"authorization", token)]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https",
            "path": "/data.json",
            "raw_path": b"/data.json",
            "query_string": b"",
            "root_path": "",
            "headers": headers if has_token else headers[:1],
            "client": ("127.0.0.1", 1),
            "server": ("shop", 443),
        }

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Mapping[str, object]) -> None:
            if message["type"] == "http.response.start":
                said.append(int(str(message["status"])))

        await self._app(scope, receive, send)
        return said[0]
