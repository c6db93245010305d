"""Wake-ups of the peers: the same number of ticks, one job in a queue for each."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.engine.serving import server_of_its_own
from benchmarks.engine.soaking import Soaking

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
WORKERS = 2
WARM_S = 20.0
"""From the begin of the workers; the first wake-ups are due 5 s after it, at most."""

LATE = """
SELECT count(*), percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY at - due)
FROM woken WHERE at >= %s AND at < %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wakeups:
    """What two workers of a peer reached; spans in milliseconds."""

    ticks_per_s: float
    late_ms_p50: float
    late_ms_p99: float


def over_peer(kind: str, load: Soaking) -> Wakeups:
    """
    Return what two workers of a peer reach, in a server of their own.

    Args:
        kind: A module of `benchmarks.peers.wakeups`.
        load: How many there are to wake, and how often.

    Raises:
        RuntimeError: A worker ended, or none was woken.
    """
    cadence_s = str(load.cadence.total_seconds())
    with server_of_its_own() as server:
        _run(kind, "prepare", server.url(), str(load.count), cadence_s)
        with ExitStack() as stack:
            started = [
                stack.enter_context(_worker(kind, "work", server.url(), cadence_s))
                for _ in range(WORKERS)
            ]
            time.sleep(WARM_S + load.seconds)
            if any(each.poll() is not None for each in started):
                message = f"a worker of {kind} ended; it has said why"
                raise RuntimeError(message)
            return _late(server.url(), load.seconds)


def _late(url: str, seconds: float) -> Wakeups:
    """Return how late the wake-ups of the last seconds were."""
    ends = time.time()
    with psycopg.connect(url) as connection:
        row = connection.execute(LATE, (ends - seconds, ends)).fetchone()
    if row is None or not row[0]:
        message = "nothing was woken while it was measured"
        raise RuntimeError(message)
    half, most = (1000 * late_s for late_s in row[1])
    return Wakeups(ticks_per_s=row[0] / seconds, late_ms_p50=half, late_ms_p99=most)


def _command(kind: str, *arguments: str) -> list[str]:
    return [str(PEERS), "-m", "benchmarks.peers.wakeups", kind, *arguments]


def _run(kind: str, *arguments: str) -> None:
    subprocess.run(_command(kind, *arguments), cwd=ROOT, check=True)


@contextmanager
def _worker(kind: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(_command(kind, *arguments), cwd=ROOT)
    try:
        yield process
    finally:
        # Killed: some wait for what they do, and none of it is kept.
        process.kill()
        process.wait()
