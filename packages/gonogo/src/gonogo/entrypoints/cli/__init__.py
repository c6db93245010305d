"""
The command line: `gonogo`.

Each command is a module of its own, imported when it is called: `gonogo --help` and
`gonogo explain` load neither clients nor databases.
"""

from gonogo.entrypoints.cli.group import cli


def main() -> None:
    """Run the command line of this process, and end the process with its status."""
    cli.main(prog_name="gonogo")


__all__ = ["cli", "main"]
