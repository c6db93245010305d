"""The keeper: puts the failed jobs of a broker, whatever happens to the database."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from hardening.core import Kind, Listener, Measure, Sample, ignore
from hardening.jobs.events import DeadLetterNotPut, WatchFailed
from hardening.jobs.letter import NewLetter
from hardening.jobs.outlived import outlived
from hardening.jobs.redact import Redact, redact_secrets
from hardening.jobs.spool import Spool
from hardening.jobs.switches import JobSwitch, every_job

KeeperEvent = DeadLetterNotPut | WatchFailed


class Puts(Protocol):
    """What the keeper needs of `DeadLetters`."""

    def put(self, letter: NewLetter) -> int | None:
        """Keep a failed job; None when it was kept before."""
        ...


class Keeper:
    """
    Keeps failed jobs: in the dead letters, or else in the spool.

    Args:
        letters: Where they are kept. Give it connections that are opened when they are
            used (`connecting(url)`): workers fork, and a pool does not survive that.
        switch: Jobs that are kept; one that fails is off, and the listener is told.
        spool: Where they wait while the letters' database is gone. Without one such a
            job is lost to the letters, and the listener is told.
        redact: Takes secrets out of the errors' texts.
        listener: Told of each job that could not be put; what it raises is logged.
    """

    def __init__(
        self,
        letters: Puts,
        *,
        switch: JobSwitch = every_job,
        spool: Spool | None = None,
        redact: Redact = redact_secrets,
        listener: Listener[KeeperEvent] = ignore,
    ) -> None:
        self.redact = redact
        self._letters = letters
        self._switch = switch
        self._spool = spool
        self._listener = outlived(listener)
        self._kept = self._spooled = self._lost = 0

    def wants(self, job_id: str) -> bool:
        """Tell whether a job is to be kept; never raises."""
        try:
            return self._switch(job_id)
        except Exception as error:  # noqa: BLE001 - a switch is anybody's code
            self._listener(WatchFailed(watcher="switch", error=error))
            return False

    def keep(self, letter: NewLetter) -> bool:
        """
        Keep a failed job, and what the spool holds; never raises.

        Returns:
            Whether it is in the dead letters now.
        """
        try:
            self._letters.put(letter)
        except Exception as error:  # noqa: BLE001 - a failing job must not fail worse
            self._fall_back(letter, error)
            return False
        self._kept += 1
        # What is left in the spool waits for the next letter, or for `drain`.
        with suppress(Exception):
            self.drain()
        return True

    def drain(self) -> int:
        """
        Put what waits in the spool.

        Raises:
            Exception: The letters' own error; everything stays in the spool.
        """
        return 0 if self._spool is None else self._spool.drain(self._letters.put)

    def measures(self) -> Iterable[Measure]:
        """Return what this process counted."""
        for name, meaning, count in (
            ("kept", "Failed jobs put into the dead letters.", self._kept),
            ("spooled", "Failed jobs that had to wait in the spool.", self._spooled),
            ("lost", "Failed jobs that could be kept nowhere.", self._lost),
        ):
            full_name = f"hardening_jobs_{name}"
            yield Measure(full_name, meaning, Kind.COUNTER, (Sample(count),))

    def _fall_back(self, letter: NewLetter, error: Exception) -> None:
        """Spool a letter that could not be put, and tell."""
        spooled = False
        if self._spool is not None:
            try:
                self._spool.keep(letter)
            except Exception as full:  # noqa: BLE001 - a full disk, or strange arguments
                full.__context__ = error
                error = full
            else:
                spooled = True
        self._spooled += spooled
        self._lost += not spooled
        self._listener(
            DeadLetterNotPut(
                job_id=letter.job_id,
                queue=letter.queue,
                task=letter.task,
                spooled=spooled,
                error=error,
            )
        )
