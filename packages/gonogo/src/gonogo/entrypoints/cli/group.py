"""
The group of commands: it loads each when it is called, and answers for its errors.

What a person did wrong, or the world, ends in one message that says what to do and in
exit status 2; what gonogo did wrong in a file with the details and status 70.
"""

import inspect
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from gonogo.entrypoints.cli.errors import told
from gonogo.entrypoints.cli.exits import MEANING, Exit
from gonogo.entrypoints.cli.options import state_option
from gonogo.entrypoints.cli.session import Session

COMMANDS = {
    "new": "Write a first document for a change, with its bindings.",
    "explain": "Show how every line of a document is understood.",
    "bind": "Ask what a document leaves open, and write its bindings.",
    "lint": "Name what is wrong or open in documents.",
    "sources": "Try where measurements come from, and list what is ready.",
    "simulate": "Show what a rollout would do, in virtual time; nothing is touched.",
    "judge": "Judge a past rollout again, from what its sources still know.",
    "calibrate": "Measure how much metrics waver by themselves, from their history.",
    "compile": "Write the plan of a document as YAML, or as JSON.",
    "schema": "Print the JSON Schema of plan files, or of bindings.",
    "run": "Run a document, or go on with its unfinished rollout.",
    "worker": "Run every rollout of a place, until it is stopped.",
    "watch": "Follow a rollout that another process runs.",
    "status": "Say where a rollout stands and what it waits for.",
    "approve": "Give, or refuse, a consent that a rollout needs.",
    "answer": "Answer a question of a rollout.",
    "pause": "Hold a rollout: start nothing new.",
    "resume": "Let a paused rollout go on.",
    "freeze": "Stop the line: no rollout begins anything new.",
    "thaw": "Let the line go on: lift a freeze.",
    "retry": "Have a step tried again that failed, or that called a person.",
    "skip": "Ask to leave a step out; another person has to agree.",
    "amend": "Let a running rollout go over to a changed document, from a stage on.",
    "abort": "Stop a rollout and roll it back.",
    "report": "Write a rollout's report, Markdown and HTML.",
    "journal": "Verify and show the journal, record by record.",
    "demo": "Run the example: to its end, then with a fault.",
}
"""Name and short help, in the order of a rollout; read without loading a command."""

STATUSES = "\n".join(f"  {each.value:>2}  {text}" for each, text in MEANING.items())
EPILOG = f"""\b
Examples:
  gonogo explain rollout.md
  gonogo run rollout.md
  gonogo approve --role 'Ops On-Call'
  gonogo run rollout.md --answers answers.yaml --pace 3600

\b
Exit status:
{STATUSES}

\b
Completion of commands, rollouts and questions, for bash (zsh and fish alike):
  eval "$(_GONOGO_COMPLETE=bash_source gonogo)"
"""


class LazyGroup(click.Group):
    """A group whose commands are modules beside this one, imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a rollout."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module loaded; None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"gonogo.entrypoints.cli.{cmd_name}")
        command: click.Command = module.command
        _keep_examples(command)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  # as click declares it
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Call a command; end with its status, every error told in one message."""
        del windows_expand_args
        for stream in (sys.stdout, sys.stderr):
            _never_unwritable(stream)
        status = self._status(args, prog_name or "gonogo", complete_var, extra)
        if standalone_mode:
            sys.exit(status)
        return status

    def _status(
        self,
        args: Sequence[str] | None,
        prog_name: str,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        try:
            result = super().main(
                args, prog_name, complete_var, standalone_mode=False, **extra
            )
        except Exception as error:  # noqa: BLE001  # the last line of defence
            return told(error, prog_name)
        return int(result or Exit.OK)


def _keep_examples(command: click.Command) -> None:
    """Let the lines of examples stand as written: a backspace says so to click."""
    if command.help and "\b" not in command.help:
        text = inspect.cleandoc(command.help)
        command.help = text.replace("Examples:\n", "\b\nExamples:\n")
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _keep_examples(inner)


def _never_unwritable(stream: Any) -> None:  # noqa: ANN401  # tests replace them
    """Let a terminal without Unicode show question marks instead of an error."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


@click.group(
    cls=LazyGroup,
    name="gonogo",
    epilog=EPILOG,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 88,
    },
)
@click.version_option(package_name="gonogo", prog_name="gonogo")
@state_option
@click.pass_context
def cli(ctx: click.Context) -> None:
    """
    Run the rollout document that your team already writes.

    Nothing goes forward until its gate is proven, and when a metric trips, the
    rollout takes itself back. `gonogo explain FILE` shows how a document is
    understood; `gonogo run FILE` runs it, and goes on where it was after a stop.
    """
    ctx.ensure_object(Session)
