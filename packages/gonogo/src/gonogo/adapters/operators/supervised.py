"""
Deeds that outlive their worker: begun at most once, and found again by the next one.

A deed is a script under a supervisor (`supervisor`), with a folder of its own for its
rollout, subject and attempt. The folder says all that is known of it: who holds its
lock is alive; `begun` is created once for ever; `result` is there whole or not at all.
A result is raw until somebody reads it: `settle` puts the redacted observation in its
place.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from gonogo.adapters.operators import supervisor
from gonogo.adapters.operators.ending import Ended, Why
from gonogo.adapters.operators.reserve import SUPERVISORS, Job
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation

_POLL_S = 0.05  # how late a cancellation, or the end of one found, may be noticed
_MARGIN_S = 10.0  # a supervisor that is late by more than that does nothing any more
_LONGEST_NAME = 100  # of a folder, well below what file systems take


class AlreadyBegun(Exception):
    """Another worker has begun this very deed, or found that nobody had."""

    def __init__(self) -> None:
        """Say it for people."""
        super().__init__(
            "The script was begun by another worker already; it was not begun again."
        )


class SupervisorLost(Exception):
    """The supervisor of a script ended before it could leave a result."""

    def __init__(self) -> None:
        """Say it for people."""
        super().__init__(
            "The process that supervised the script has died: what the script did is "
            "not known. Look at what it was to change before you go on."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """
    What a supervisor left: raw, and for nobody's eyes.

    Attributes:
        status: The exit status; None when it was ended, or not begun.
        why: Why it was ended early.
        refused: The number of the system's error, when it could not be begun.
        head, tail, total: The two ends of what it printed, and how much that was.
        account: What it said of its variables.
        seal: Of the secrets that it was run with.
    """

    status: int | None
    why: Why | None
    refused: int | None
    head: bytes
    tail: bytes
    total: int
    account: bytes
    took_s: float
    seal: str


class Deed:
    """
    One deed of a rollout, in its folder.

    Args:
        deeds: Where the rollout's deeds are; created when missing, for this user alone.
        ticket: Of a deed: it has an attempt.
    """

    def __init__(self, deeds: Path, ticket: Ticket) -> None:
        self._deeds, self._folder = deeds, deeds / _name_of(ticket)

    def run(self, job: Job, cancelled: Cancellation) -> Left:
        """
        Run the script to its end.

        Raises:
            AlreadyBegun: Another worker did.
            SupervisorLost: Nobody knows how it ended.
            Ended: It did not even stop when told to.
            OSError: No supervisor could be started.
        """
        self._make_folder()
        with SUPERVISORS.put_to_work(self._folder, job) as at_work:
            self._follow(at_work.wait, job.deadline_s, job.grace_s, cancelled)
            if at_work.said == supervisor.REFUSED:
                raise AlreadyBegun
        return self._left(job.grace_s)

    def find(
        self, cancelled: Cancellation, *, deadline_s: float, grace_s: float
    ) -> Left | Observation | None:
        """
        Return what became of it; wait for it while it runs.

        None when nothing is known here; then it is never begun any more.

        Raises:
            SupervisorLost: Nobody knows how it ended.
            Ended: It did not even stop when told to.
        """
        self._make_folder()
        self._follow(self._wait_for_lock, deadline_s, grace_s, cancelled)
        if self._is_forsaken():
            return None
        try:
            return self._left(grace_s)
        except SupervisorLost:
            # Settled is written before the raw result is removed: one of both is there.
            with suppress(FileNotFoundError):
                return self._settled()
            raise

    def settle(self, observation: Observation) -> None:
        """Put what was seen, free of secrets, in the place of the raw result."""
        seen = {name: getattr(observation, name) for name in _SETTLED}
        _write(self._folder / "settled", json.dumps(seen).encode())
        # A pipe nobody listens to any more stands in the way of who copies the folder.
        (self._folder / "control").unlink(missing_ok=True)
        (self._folder / "result").unlink(missing_ok=True)

    def _is_forsaken(self) -> bool:
        """Return whether nobody had begun it; then nobody does any more."""
        try:
            with self._locked():
                os.close(os.open(self._folder / "begun", os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        return True

    def _settled(self) -> Observation:
        return Observation(**json.loads((self._folder / "settled").read_bytes()))

    def _make_folder(self) -> None:
        self._deeds.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._deeds.mkdir(mode=0o700, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)

    # -- following -------------------------------------------------------------

    def _follow(
        self,
        wait: Callable[[float], bool],
        deadline_s: float,
        grace_s: float,
        cancelled: Cancellation,
    ) -> None:
        """Wait for its end, and have it ended when cancelled; but never for ever."""
        limit = time.monotonic() + deadline_s + grace_s + _MARGIN_S
        told = False
        while not wait(_POLL_S):
            if cancelled.is_set() and not told:
                told, limit = True, time.monotonic() + grace_s + _MARGIN_S
            if told:
                self._tell_to_end()
            if time.monotonic() > limit:
                self._end_orphan(0)
                raise Ended(Why.CANCELLED if told else Why.DEADLINE, unfinished=True)

    def _tell_to_end(self) -> None:
        """Ask its supervisor to end it; again until there is one that hears."""
        with suppress(OSError):
            control = os.open(
                self._folder / "control", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC
            )
            with os.fdopen(control, "wb", buffering=0) as pipe:
                pipe.write(b"!")

    def _wait_for_lock(self, wait_s: float) -> bool:
        """Return whether no supervisor lives; wait a little while one does."""
        lock = self._open_lock()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(wait_s)
            return False
        finally:
            os.close(lock)
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._open_lock()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _open_lock(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        return os.open(self._folder / "lock", flags, 0o600)

    # -- what was left ---------------------------------------------------------

    def _left(self, grace_s: float) -> Left:
        """
        Return what its supervisor left.

        Raises:
            SupervisorLost: Nothing; then its script does not run on unseen either.
        """
        with suppress(FileNotFoundError):
            return _read((self._folder / "result").read_bytes(), self._begun())
        self._end_orphan(grace_s)
        raise SupervisorLost

    def _end_orphan(self, grace_s: float) -> None:
        """End a script without a supervisor, if it is this one and still runs."""
        facts = self._begun()
        limit = time.monotonic() + grace_s
        if _is_alive(facts) and grace_s:
            _signal(facts, signal.SIGTERM)
        while _is_alive(facts) and time.monotonic() < limit:
            time.sleep(_POLL_S)
        if _is_alive(facts):
            _signal(facts, signal.SIGKILL)

    def _begun(self) -> Mapping[str, str]:
        with suppress(FileNotFoundError):
            return _facts((self._folder / "begun").read_bytes())
        return {}


_SETTLED = ("output", "value", "exit_status", "error", "took_s")


def _name_of(ticket: Ticket) -> str:
    """Return the name of a deed's folder: legible, and never another deed's."""
    subject = quote(ticket.subject, safe="")
    if len(subject) > _LONGEST_NAME:
        digest = sha256(ticket.subject.encode()).hexdigest()[:32]
        subject = f"{subject[:_LONGEST_NAME]}-{digest}"
    return f"{subject}-{ticket.attempt}"


def _read(result: bytes, begun: Mapping[str, str]) -> Left:
    """Return what `supervisor.leave` wrote."""
    lines, _, data = result.partition(b"\n\n")
    facts = _facts(lines)
    sizes = [int(facts[name]) for name in ("head", "tail", "account")]
    head, rest = data[: sizes[0]], data[sizes[0] :]
    return Left(
        status=_number(facts.get("status", "")),
        why=Why(facts["why"]) if facts.get("why") else None,
        refused=_number(facts.get("refused", "")),
        head=head,
        tail=rest[: sizes[1]],
        total=int(facts.get("total", 0)),
        account=rest[sizes[1] :],
        took_s=float(facts.get("took_s", 0)),
        seal=begun.get("seal", ""),
    )


def _facts(lines: bytes) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in lines.decode().splitlines())
    return {name: value for name, _, value in pairs}


def _number(text: str) -> int | None:
    return int(text) if text else None


def _is_alive(facts: Mapping[str, str]) -> bool:
    """Return whether the very process still runs: its number may be another's now."""
    if not facts.get("pid") or facts.get("boot") != supervisor.boot():
        return False
    return bool(facts["start"]) and facts["start"] == supervisor.start_of(
        int(facts["pid"])
    )


def _signal(facts: Mapping[str, str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(int(facts["pid"]), number)


def _write(path: Path, data: bytes) -> None:
    """Put a private file in its place, in one step."""
    new = path.with_suffix(".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with os.fdopen(os.open(new, flags, 0o600), "wb") as file:
        file.write(data)
    new.replace(path)
