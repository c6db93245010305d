"""
The supervisor of one script: a program of its own, which outlives its worker.

Run as `python -I -S supervisor.py`, with a socket as standard input. It reads one job
from there (`supervised` writes it), claims the job's folder, runs the script to its
end, keeps its deadline, and leaves there what came of it. The socket's end tells a
worker that still lives; nothing else depends on one.

In the folder, all for this user alone:

- `lock`: locked while the supervisor lives; the kernel lets go of it, whatever happens.
- `begun`: created once, by whoever begins the script, or by who finds that nobody has:
  then nobody does any more. It names the script's process, by its start and the boot.
- `control`: a pipe; a byte in it ends the script early.
- `result`: how it ended, and what it printed. Raw: who reads it redacts and removes it.

It imports little, so that it starts fast, and nothing of gonogo's.
"""

from __future__ import annotations

import errno
import fcntl
import marshal
import os
import select
import signal
import time

TYPE_CHECKING = False  # what only types need is not imported: `typing` takes its time
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, NoReturn

    Job = Mapping[str, Any]

KEPT = 199  # above what scripts number themselves, and below what bash hands out
LARGEST_ACCOUNT = 16 << 20  # bytes that a script says of its variables
REFUSED = b"begun"  # said to the worker instead of nothing
SIZE = 8  # bytes that say how long a job is
CHUNK = 64 * 1024
DRAIN_CHUNKS = 64  # of a process left behind that never stops writing
STEP_S = 0.05
REAP_S = 5.0  # after SIGKILL only a process stuck in the kernel takes longer


class Kept:
    """The beginning and the end of what a script printed, in bounded memory."""

    def __init__(self, half: int) -> None:
        self.half, self.head, self.tail, self.total = half, bytearray(), bytearray(), 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self.total += len(data)
        room = self.half - len(self.head)
        self.head += data[:room]
        self.tail += data[room:]
        if len(self.tail) > 2 * self.half:
            del self.tail[: -self.half]


class Account:
    """What a script says of its variables, up to a bound."""

    def __init__(self) -> None:
        self.data = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if len(self.data) < LARGEST_ACCOUNT:
            self.data += data


class Script:
    """A script under way: its process, and the reading ends of its two pipes."""

    def __init__(self, job: Job, note: Callable[[int], None]) -> None:
        self.output, self.account = Kept(job["half"]), Account()
        output, output_in = os.pipe()
        account, account_in = os.pipe()
        self.ends = {output: self.output.feed, account: self.account.feed}
        self.pid = start(job, output_in, account_in, note)
        os.close(output_in)
        os.close(account_in)
        for end in self.ends:
            os.set_blocking(end, False)

    def read(self, ends: Iterable[int]) -> bool:
        """Take what is there at these ends; return whether there was any."""
        found = False
        for end in [each for each in ends if each in self.ends]:
            data = os.read(end, CHUNK)
            found = True
            if data:
                self.ends[end](data)
            else:
                del self.ends[end]
                os.close(end)
        return found

    def drain(self) -> None:
        """Take what has been written already; somebody may hold the pipes for ever."""
        for _ in range(DRAIN_CHUNKS):
            ready = select.select(list(self.ends), (), (), 0)[0]
            if not self.read(ready):
                return

    def has_ended(self) -> bool:
        """Tell it without reaping, lest a signal meet another of the same number."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, options) is not None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, if there is any of it left."""
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def end(self, grace_s: float) -> None:
        """Ask the whole group to end; after the grace, make it."""
        self.send(signal.SIGTERM)
        limit = time.monotonic() + grace_s
        while self.ends and time.monotonic() < limit:
            self.read(select.select(list(self.ends), (), (), STEP_S)[0])
        self.send(signal.SIGKILL)
        self.drain()

    def is_over(self) -> bool:
        """Return whether it has ended, or does so soon: one killed can still stick."""
        limit = time.monotonic() + REAP_S
        while not self.has_ended() and time.monotonic() < limit:
            time.sleep(STEP_S / 10)
        return self.has_ended()

    def status(self) -> int:
        """Reap it; 128 and the number for a signal."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return status if status >= 0 else 128 - status


def main() -> None:
    """Run the one job that comes, if one does."""
    job = receive()
    if job is not None:
        supervise(job)


def receive() -> Job | None:
    """Return the job; None when the worker ended before it gave one."""
    data = bytearray()
    while piece := os.read(0, CHUNK):
        data += piece
    size = int.from_bytes(data[:SIZE], "big")
    if not data or len(data) != SIZE + size:
        return None
    job: Job = marshal.loads(data[SIZE:])  # noqa: S302 - of the worker that started us
    return job


def supervise(job: Job) -> None:
    """Claim the folder, run the script, and leave what came of it."""
    folder = job["folder"]
    lock = os.open(f"{folder}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        begun = os.open(f"{folder}/begun", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        tell(REFUSED)
        return
    os.mkfifo(f"{folder}/control", 0o600)
    control = os.open(f"{folder}/control", os.O_RDWR | os.O_NONBLOCK)
    began = time.monotonic()
    try:
        script = Script(job, lambda pid: note(begun, pid, job["seal"]))
    except OSError as refused:
        leave(folder, {"refused": str(refused.errno)}, b"", b"", b"")
        return
    why = follow(script, control, began + job["deadline_s"])
    if why:
        script.end(job["grace_s"])
    script.drain()
    status = script.status() if script.is_over() else ""
    facts = {
        "status": "" if why else status,
        "why": why,
        "total": script.output.total,
        "took_s": time.monotonic() - began,
    }
    head, tail = bytes(script.output.head), bytes(script.output.tail)
    half = script.output.half
    leave(folder, facts, head, tail[-half:], bytes(script.account.data))


def tell(word: bytes) -> None:
    """Say a word to the worker, if it still lives."""
    try:
        os.write(0, word)
    except OSError:
        return


def start(job: Job, output: int, account: int, note: Callable[[int], None]) -> int:
    """
    Start the script, and return its process; it begins once it is noted.

    Raises:
        OSError: It could not be started.
    """
    go, go_in = os.pipe()
    trouble, trouble_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go_in)
        become(job, go, trouble_in, output, account)
    os.close(go)
    os.close(trouble_in)
    note(pid)
    os.write(go_in, b"!")
    os.close(go_in)
    said = os.read(trouble, 64)
    os.close(trouble)
    if said:
        os.waitpid(pid, 0)
        raise OSError(int(said), "refused")
    return pid


def become(job: Job, go: int, trouble: int, output: int, account: int) -> NoReturn:
    """Turn this process into the script; it ends if its supervisor just did."""
    try:
        os.setsid()
        if not os.read(go, 1):
            os._exit(127)
        os.chdir(job["where"])
        nothing = os.open(os.devnull, os.O_RDONLY)
        for end, target in ((nothing, 0), (output, 1), (output, 2), (account, KEPT)):
            os.dup2(end, target)
        # Python ignores these two for itself; what it starts must not inherit that.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        command: tuple[str, ...] = job["command"]
        os.execve(command[0], command, job["environment"])  # noqa: S606 - what it is for
    except OSError as error:
        os.write(trouble, str(error.errno).encode())
    except ValueError:  # a NUL where the system takes none
        os.write(trouble, str(errno.EINVAL).encode())
    finally:
        os._exit(127)


def note(begun: int, pid: int, seal: str) -> None:
    """Write down who runs the script, so that nobody takes another for it."""
    lines = f"pid={pid}\nstart={start_of(pid)}\nboot={boot()}\nseal={seal}\n"
    os.write(begun, lines.encode())
    os.close(begun)


def start_of(pid: int) -> str:
    """Return when a process was started, in the kernel's ticks; '' if it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - no pathlib here
            state, *facts = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return "" if state in {b"Z", b"X"} else facts[18].decode()


def boot() -> str:
    """Return the name of this run of the machine; '' where it has none."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:  # noqa: PTH123
            return file.read().strip()
    except OSError:
        return ""


def follow(script: Script, control: int, deadline: float) -> str:
    """Read until the script has ended; return why it must be ended instead."""
    died, died_in = os.pipe()
    os.set_blocking(died_in, False)
    signal.set_wakeup_fd(died_in)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while not script.has_ended():
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return "deadline"
        # At most a minute: a clock that select cannot hold must not stop it.
        ready = select.select((died, control, *script.ends), (), (), min(left_s, 60))[0]
        if control in ready:
            return "cancelled"
        if died in ready:
            os.read(died, CHUNK)
        script.read(ready)
    return ""


def leave(
    folder: str, facts: Mapping[str, object], head: bytes, tail: bytes, account: bytes
) -> None:
    """Leave what came of it, whole or not at all."""
    sizes = {"head": len(head), "tail": len(tail), "account": len(account)}
    lines = "".join(f"{name}={value}\n" for name, value in {**facts, **sizes}.items())
    new = os.open(f"{folder}/result.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(new, "wb") as file:
        file.write(lines.encode() + b"\n" + head + tail + account)
    os.rename(f"{folder}/result.new", f"{folder}/result")  # noqa: PTH104


if __name__ == "__main__":
    main()
    os._exit(0)  # somebody waits for the end, and taking Python down takes its time
