"""
Processes whose callers share circuits through Redis, told what to do from outside.

    python -m benchmarks.hardening.callers URL

It reads one order a line and answers each with one line of JSON. `Callers` is the other
end: what the benchmark and the tests hold.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Thread
from types import TracebackType
from typing import Any, Self

import redis

from hardening.breaker import Breaker, CircuitOpen, Policy
from hardening.breaker.redis import RedisCircuits

ROOT = Path(__file__).parents[2]
LIMIT_S = 10.0
"""Nothing here is waited for longer."""


class Down(Exception):
    """The service is unwell."""


class Work:
    """
    What a process does with its circuits.

    Args:
        url: Of Redis.
    """

    def __init__(self, url: str) -> None:
        self._shared = RedisCircuits(url)
        self._redis = redis.Redis.from_url(url)
        self._breakers: dict[str, Breaker] = {}

    def join(self, name: str, cool_off_s: float, probe_s: float | None) -> str:
        """Take part in a circuit."""
        policy = Policy(cool_off_s=cool_off_s, probe_s=probe_s)
        self._breakers[name] = Breaker(name, policy=policy, shared=self._shared)
        return self.succeed(name)

    def fail(self, name: str, times: int) -> str:
        """Make calls that fail, and return the state."""
        for _ in range(times):
            with suppress(Down, CircuitOpen):
                self._breakers[name].call(_fail)
        return self.state(name)

    def succeed(self, name: str) -> str:
        """Make a call that succeeds, and return the state."""
        with suppress(CircuitOpen):
            self._breakers[name].call(int)
        return self.state(name)

    def state(self, name: str) -> str:
        """Return the state without a call."""
        return self._breakers[name].standing().state.value

    def race(self, name: str, callers: int, all_callers: int) -> int:
        """
        Make calls at once from many threads; return how many reached the service.

        A call that does so lasts until every caller of every process was answered.
        """
        together, reached = Barrier(callers), [0]
        arrived, limit_s = f"arrived:{name}", time.monotonic() + LIMIT_S

        def serve() -> None:
            reached[0] += 1
            self._redis.incr(arrived)
            while int(self._redis.get(arrived) or 0) < all_callers:
                if time.monotonic() > limit_s:
                    return
                time.sleep(0.002)

        def call() -> None:
            together.wait()
            try:
                self._breakers[name].call(serve)
            except CircuitOpen:
                self._redis.incr(arrived)

        threads = [Thread(target=call) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return reached[0]

    def kill_prober(self, name: str) -> bool:
        """Fork a process that is killed in its trial call; tell whether it made one."""
        child = os.fork()
        if child == 0:
            with suppress(CircuitOpen):
                self._breakers[name].call(os.kill, os.getpid(), signal.SIGKILL)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    def recover(self, name: str) -> float:
        """Call again and again; return the seconds until a call was made."""
        started_s = time.monotonic()
        while time.monotonic() < started_s + LIMIT_S:
            try:
                self._breakers[name].call(int)
            except CircuitOpen as refused:
                time.sleep(min(refused.retry_in_s or 0.0, 0.005))
            else:
                break
        return time.monotonic() - started_s

    def close(self) -> None:
        """End the threads and connections."""
        self._shared.close()
        self._redis.close()


class Callers:
    """
    One such process, from outside.

    Args:
        url: Of Redis.
    """

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.hardening.callers", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, verb: str, *facts: object) -> None:
        """Have it do something; `answer` returns what came of it."""
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps([verb, *facts]) + "\n")
            self._process.stdin.flush()

    def answer(self) -> Any:  # noqa: ANN401 - the order's own
        """Return what came of the last order."""
        if self._process.stdout is None:
            return None
        return json.loads(self._process.stdout.readline())

    def do(self, verb: str, *facts: object) -> Any:  # noqa: ANN401 - the order's own
        """Have it do something, and return what came of it."""
        self.order(verb, *facts)
        return self.answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()


def until(holds: Callable[[], bool]) -> bool:
    """Return True once it holds, or False when that takes too long."""
    limit_s = time.monotonic() + LIMIT_S
    while not holds():
        if time.monotonic() > limit_s:
            return False
        time.sleep(0.002)
    return True


def open_everywhere(
    processes: "list[Callers]",
    name: str,
    cool_off_s: float,
    probe_s: float | None = None,
) -> None:
    """Have all take part in a circuit, and one open it; return when all know."""
    for process in processes:
        process.do("join", name, cool_off_s, probe_s)
    processes[0].do("fail", name, 5)
    for process in processes:
        if not until(lambda p=process: p.do("state", name) == "open"):  # type: ignore[misc]
            raise TimeoutError(name)


def race(processes: "list[Callers]", name: str, callers: int) -> int:
    """Return how many of all processes' callers, at once, reached the service."""
    for process in processes:
        process.order("race", name, callers, callers * len(processes))
    return sum(process.answer() for process in processes)


def _fail() -> None:
    """Fail."""
    raise Down


def main() -> None:
    """Follow orders until there are no more."""
    work = Work(sys.argv[1])
    for line in sys.stdin:
        verb, *facts = json.loads(line)
        print(json.dumps(getattr(work, verb)(*facts)), flush=True)
    work.close()


if __name__ == "__main__":
    main()
