"""
The load: a steady, bounded stream of requests of many tenants.

Requests leave by a schedule, not in answer to answers, so that a slow service does not
hide its slowness. The number of requests under way is bounded; what cannot leave in
time is dropped, never made up for in a burst.
"""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .clock import now_s

TENANTS: Final = 200
SENDERS: Final = 8
TIMEOUT_S: Final = 5.0
# Prime to the number of tenants, so that each gets its turn before any gets a second.
_STRIDE: Final = 83
_LAG_MAX_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send requests, and how many each second."""

    url: str
    rate_per_s: float


class Schedule:
    """Hands out the numbers of requests, each at its time. Shared by the senders."""

    def __init__(self, rate_per_s: float) -> None:
        self._interval_s = 1 / rate_per_s
        self._lock = threading.Lock()
        self._next_s = now_s()
        self._number = 0

    def take(self) -> tuple[int, float]:
        """Return the number of the next request and how long to wait for its time."""
        with self._lock:
            now = now_s()
            self._next_s = max(self._next_s + self._interval_s, now - _LAG_MAX_S)
            self._number += 1
            return self._number, self._next_s - now


def send_load(target: Target, stopping: threading.Event) -> None:
    """Send requests to a target until stopping."""
    schedule = Schedule(target.rate_per_s)
    threads = [
        threading.Thread(target=_send, args=(target, schedule, stopping), daemon=True)
        for _ in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _send(target: Target, schedule: Schedule, stopping: threading.Event) -> None:
    """Send one request after the other; every second one asks for the job before."""
    address = urlsplit(target.url).netloc
    connection = http.client.HTTPConnection(address, timeout=TIMEOUT_S)
    job: tuple[str, int] | None = None
    while not stopping.is_set():
        number, wait_s = schedule.take()
        if wait_s > 0 and stopping.wait(wait_s):
            break
        try:
            job = _turn(connection, number, job)
        except (OSError, http.client.HTTPException):
            connection.close()
            job = None
    connection.close()


def _turn(
    connection: http.client.HTTPConnection, number: int, job: tuple[str, int] | None
) -> tuple[str, int] | None:
    """Post a job and return it, or ask for the one that was posted."""
    if job is not None:
        tenant, job_id = job
        _request(connection, "GET", f"/api/qc/jobs/{job_id}", tenant)
        return None
    # Every job takes two requests: by halves, so that no tenant is left out.
    tenant = f"studio-{number // 2 * _STRIDE % TENANTS}"
    body = json.dumps({"clip": f"take-{number}.mov"})
    posted = _request(connection, "POST", "/api/qc/jobs", tenant, body).get("id")
    return (tenant, posted) if isinstance(posted, int) else None


def _request(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    tenant: str,
    body: str | None = None,
) -> dict[str, object]:
    """Send one request and return its JSON."""
    connection.request(method, path, body, {"X-Tenant": tenant})
    answer = json.loads(connection.getresponse().read())
    return answer if isinstance(answer, dict) else {}


def run_load(targets: list[Target]) -> Callable[[], None]:
    """Send to all targets from threads; the returned call stops them."""
    stopping = threading.Event()
    for target in targets:
        threading.Thread(target=send_load, args=(target, stopping), daemon=True).start()
    return stopping.set
