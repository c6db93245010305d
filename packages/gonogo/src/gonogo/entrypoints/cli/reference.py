"""
The reference of the command line, written from the commands themselves.

`python -m gonogo.entrypoints.cli.reference` prints `docs/reference/cli.md`; a test
fails when the two differ.
"""

import inspect
import re
from collections.abc import Iterator

import click

from gonogo.entrypoints.cli.exits import MEANING
from gonogo.entrypoints.cli.group import COMMANDS, cli

HEAD = """\
# The command line

<!-- Written by `python -m gonogo.entrypoints.cli.reference`; do not edit. -->

    gonogo [--state DIR] COMMAND …

`python -m gonogo` is the same. Rollouts are kept in the folder of `--state`, which may
stand before or behind the command; without it in `$GONOGO_STATE`, or in `./.gonogo`.
Who speaks is said by `--as`, else by `$GONOGO_USER`, else by the login name. Colours
are left out where the output is no terminal, and with `NO_COLOR`.

## Exit status

| Status | Meaning |
| ---: | --- |
"""
COMPLETION = """
## Completion

In the start-up file of the shell; commands, options, rollouts, open questions and
their choices, roles and steps are completed:

| Shell | Line |
| --- | --- |
| bash | `eval "$(_GONOGO_COMPLETE=bash_source gonogo)"` |
| zsh | `eval "$(_GONOGO_COMPLETE=zsh_source gonogo)"` |
| fish | `_GONOGO_COMPLETE=fish_source gonogo \\| source` |
"""


def reference() -> str:
    """Return the page."""
    statuses = "".join(f"| {each.value} | {text} |\n" for each, text in MEANING.items())
    root = click.Context(cli, info_name="gonogo")
    parts = [part for name in COMMANDS for part in _command(name, root)]
    return HEAD + statuses + COMPLETION + "\n" + "\n".join(parts)


def _command(name: str, parent: click.Context) -> Iterator[str]:
    """Yield the part of a command, and then those of the commands in it."""
    group = parent.command
    assert isinstance(group, click.Group)  # noqa: S101  # only groups have commands
    command = group.get_command(parent, name)
    assert command is not None, f"'{name}' is listed, and there is none"  # noqa: S101
    context = click.Context(command, info_name=name, parent=parent)
    yield _part(command, context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _command(inner, context)


def _part(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = "".join(_options(command, context))
    table = f"| Option | Meaning |\n| --- | --- |\n{options}\n" if options else ""
    return (
        f"## `{context.command_path}`\n\n    {usage}\n\n{_text(command.help or '')}\n"
        f"\n{table}"
    )


def _text(text: str) -> str:
    """Return a help text as Markdown; its examples become a block of code."""
    lines = inspect.cleandoc(text).replace("\b\n", "").splitlines()
    return "\n".join(re.sub(r"^ {2}(?=\S)", "    ", _spaced(line)) for line in lines)


def _spaced(line: str) -> str:
    """Return a line, with room behind the lead of a block of code."""
    return f"{line}\n" if line == "Examples:" else line


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for each in command.get_params(context):
        record = (
            each.get_help_record(context) if isinstance(each, click.Option) else None
        )
        if record is not None and "--help" not in each.opts:
            names, meaning = (text.replace("|", "\\|") for text in record)
            yield f"| `{names}` | {meaning} |\n"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
