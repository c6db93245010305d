"""
The command line: `gonogo`.

Each command is a module of its own, imported when it is called: `gonogo --help` and
`gonogo explain` load neither clients nor databases.
"""

import gc

from gonogo.entrypoints.cli.group import cli

# What a command loads and reads it keeps to its end; looking for garbage among it as
# often as Python does took a sixth of the time of `gonogo explain`.
_OBJECTS_BETWEEN_LOOKS = 50_000


def main() -> None:
    """Run the command line of this process, and end the process with its status."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    cli.main(prog_name="gonogo")


__all__ = ["cli", "main"]
