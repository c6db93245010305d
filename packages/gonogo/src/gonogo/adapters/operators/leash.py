"""
The leash: a program that ends the looks of a worker when the worker is gone.

Run as `python -I -S leash.py`, with a pipe as standard input. A line `+N` says that the
process group N was begun, and `-N` that it has ended. When the pipe is at its end, the
worker is: what it left is killed, since nobody waits for what it would say.
"""

import os
import signal


def main() -> None:
    """Take notice until the worker ends; then kill what is left."""
    held: set[int] = set()
    with open(0, "rb") as lines:
        for line in lines:
            group = int(line[1:])
            if line.startswith(b"+"):
                held.add(group)
            else:
                held.discard(group)
    for group in held:
        kill(group)


def kill(group: int) -> None:
    """Kill a process group, if it is there still."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    main()
    os._exit(0)
