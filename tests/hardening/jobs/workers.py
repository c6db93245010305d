"""Procrastinate's app of these tests, its tasks, and ways to run a worker of it."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from pathlib import Path

import procrastinate

from hardening.jobs import Fenced, Heart, PostgresBeats, beat, connecting
from hardening.jobs.procrastinate import guard

WAIT_S = 60.0


class Harness:
    """
    An app under guard, and gates at which its tasks stop.

    Tasks stand at the gate of their name until it is opened, and beat there when they
    are told to; `fenced` holds those that were told that they no longer own their job.
    """

    def __init__(self, url, *, heart=None, **settings):
        self.url = url
        self.heart = heart
        self.told = []
        self.gates = defaultdict(threading.Event)
        self.entered = defaultdict(int)
        self.fenced = []
        connector = procrastinate.PsycopgConnector(conninfo=url)
        self.app = procrastinate.App(connector=connector)
        settings = {"heart": heart, "listener": self.told.append} | settings
        self.guard = guard(self.app, **settings)
        self._register()

    def _register(self):  # noqa: C901 - a list of tasks, one below the other
        task = self.app.task

        @task(name="fail")
        async def fail(text="no"):
            raise ValueError(text)

        @task(name="fail_sync")
        def fail_sync(text="no"):
            raise ValueError(text)

        @task(
            name="fail_thrice",
            retry=procrastinate.RetryStrategy(max_attempts=2, wait=3600),
        )
        async def fail_thrice():
            raise ValueError

        @task(name="work")
        async def work():
            return 42

        @task(name="hang")
        async def hang():
            self.entered["hang"] += 1
            while not self.gates["hang"].is_set():  # noqa: ASYNC110 - set by a thread
                await asyncio.sleep(0.01)

        @task(name="hang_sync")
        def hang_sync():
            self.entered["hang_sync"] += 1
            self.gates["hang_sync"].wait(WAIT_S)

        @task(name="blocks_the_loop")
        async def blocks_the_loop():
            self.entered["blocks_the_loop"] += 1
            while not self.gates["blocks_the_loop"].is_set():
                time.sleep(0.01)  # noqa: ASYNC251 - it blocks the loop, that is its point
                beat(note="a step")

        @task(name="wakes_up")
        def wakes_up():
            self.entered["wakes_up"] += 1
            self.gates["wakes_up"].wait(WAIT_S)
            deadline = time.monotonic() + WAIT_S
            while time.monotonic() < deadline:
                try:
                    beat()
                except Fenced as error:
                    self.fenced.append(error)
                    raise
                time.sleep(0.01)

        @task(name="twice")
        def twice():
            self.entered["twice"] += 1
            number = self.entered["twice"]
            self.gates[f"twice-{number}"].wait(WAIT_S)

    def defer(self, name, **options):
        """Put a job; return its number."""
        arguments = options.pop("arguments", {})
        connector = procrastinate.SyncPsycopgConnector(conninfo=self.url, min_size=1)
        with procrastinate.App(connector=connector).open() as app:
            return app.configure_task(name, **options).defer(**arguments)

    def work(self, **options):
        """Run every job that there is, and return."""

        async def run():
            async with self.app.open_async():
                settings = {"wait": False, "install_signal_handlers": False}
                await self.app.run_worker_async(**settings | options)

        asyncio.run(run())

    @contextmanager
    def working(self, **options):
        """Run a worker beside the block, and end it with it."""
        loops = []

        async def run():
            async with self.app.open_async():
                loops.append((asyncio.get_running_loop(), asyncio.current_task()))
                settings = {
                    "install_signal_handlers": False,
                    "fetch_job_polling_interval": 0.05,
                    "shutdown_graceful_timeout": WAIT_S,
                }
                await self.app.run_worker_async(**settings | options)

        def swallow():
            with suppress(asyncio.CancelledError):
                asyncio.run(run())

        thread = threading.Thread(target=swallow)
        thread.start()
        try:
            yield
        finally:
            for gate in list(self.gates.values()):
                gate.set()
            until(lambda: loops)
            loop, task = loops[0]
            loop.call_soon_threadsafe(task.cancel)
            thread.join(WAIT_S)
            assert not thread.is_alive()


def until(condition, *, deadline_s=WAIT_S):
    """Return what the condition holds, once it holds something."""
    deadline = time.monotonic() + deadline_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.005)
    message = "It never came to be."
    raise TimeoutError(message)


@contextmanager
def other_process(url):
    """Run a worker in a process of its own, which a test may kill."""
    program = Path(__file__)
    environment = os.environ | {"JOBS_URL": url}
    worker = subprocess.Popen([sys.executable, program], env=environment)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


if __name__ == "__main__":
    address = os.environ["JOBS_URL"]
    with Heart(PostgresBeats(connecting(address)), every_s=0.02) as own_heart:
        Harness(address, heart=own_heart).work(wait=True, queues=["other"])
