"""
Errors as people see them: one message, what to do, and an exit status.

Every error class of gonogo composes its own message: what happened, where, what to do
next. Anything else that comes this far is a defect, and so is a failed assertion.
"""

import os
import sys

import click

from gonogo.entrypoints.cli.exits import Exit
from gonogo.entrypoints.cli.output import silence


def told(error: Exception, prog_name: str) -> int:
    """Tell an error on stderr, and return the exit status it means."""
    if isinstance(error, click.exceptions.Abort):
        _say("interrupted; nothing more was done.")
        return Exit.INTERRUPTED
    if isinstance(error, click.UsageError):
        _say(_usage(error, prog_name))
        return Exit.USAGE
    if isinstance(error, click.ClickException):
        _say(error.format_message())
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        silence(sys.stdout)
        return Exit.OK
    if _tells(error):
        _say(_text(error))
        return Exit.USAGE
    _say(_crash(error))
    return Exit.CRASHED


def _tells(error: Exception) -> bool:
    """Return whether an error's message is for people."""
    ours = type(error).__module__.partition(".")[0].startswith("gonogo")
    return isinstance(error, OSError) or (
        ours and not isinstance(error, AssertionError)
    )


def _say(text: str) -> None:
    click.echo(f"gonogo: {text}", err=True)


def _text(error: Exception) -> str:
    """Return an error's own message; an operating system's with its file."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror.lower()}."
    return str(error)


def _usage(error: click.UsageError, prog_name: str) -> str:
    path = error.ctx.command_path if error.ctx else prog_name
    text = error.format_message()
    stop = "" if text.endswith((".", "?")) else "."
    return f"{text[:1].lower()}{text[1:]}{stop} Try `{path} --help`."


def _crash(error: Exception) -> str:
    # Not at the top: no command that goes well waits for them.
    import tempfile  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    file, path = tempfile.mkstemp(prefix="gonogo-crash-", suffix=".txt")
    with os.fdopen(file, "w") as details:
        details.writelines(traceback.format_exception(error))
    return (
        f"gonogo itself failed ({type(error).__name__}). The rollout is safe: its "
        "journal holds all that was done, and the same command goes on from there. "
        f"The details are in {path}; please report them."
    )
