"""What commands share: where rollouts are kept, who speaks, and which one is meant."""

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from gonogo.entrypoints.cli.completion import rollouts
from gonogo.entrypoints.cli.session import FOLDER, Session

F = TypeVar("F", bound=Callable[..., Any])


class Place(click.ParamType[Path | str]):
    """A folder, or the address of a PostgreSQL database."""

    name = "place"
    folder = click.Path(file_okay=False, path_type=Path)

    def convert(
        self,
        value: str | Path,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path | str:
        """Return the folder, or the address as it is."""
        if str(value).startswith(("postgresql://", "postgres://")):
            return str(value)
        if "://" in str(value):
            scheme = str(value).partition("://")[0]
            text = f"'{scheme}://' is no place for rollouts: name a folder, or a"
            self.fail(f"{text} postgresql:// address.", param, ctx)
        return self.folder.convert(value, param, ctx)


def _take_state(
    ctx: click.Context, param: click.Parameter, value: Path | str | None
) -> None:
    """Remember the place; the option behind the command's name comes last and wins."""
    session = ctx.ensure_object(Session)
    typed = ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
    if value is None or not (typed or ctx.parent is None):
        return
    if isinstance(value, str):
        session.state, session.database = FOLDER, value
    else:
        session.state, session.database = value, None


def state_option(command: F) -> F:
    """Give a command `--state`."""
    option = click.option(
        "--state",
        type=Place(),
        envvar="GONOGO_STATE",
        metavar="PLACE",
        expose_value=False,
        is_eager=True,
        callback=_take_state,
        help=(
            "Where rollouts are kept: a folder, or a postgresql:// address. "
            "[env GONOGO_STATE; default: ./.gonogo]"
        ),
    )
    return option(command)


def rollout_argument(command: F) -> F:
    """Give a command the rollout it is about; without one, the last begun."""
    argument = click.argument(
        "rollout", required=False, default=None, shell_complete=rollouts
    )
    return argument(command)


def as_option(command: F) -> F:
    """Give a command `--as`, the name of the person who speaks."""
    option = click.option(
        "--as",
        "name",
        metavar="NAME",
        envvar="GONOGO_USER",
        default=login_name,
        help="Who you are. [env GONOGO_USER; default: the login name]",
    )
    return option(command)


def json_option(what: str) -> Callable[[F], F]:
    """Give a command `--json`, which prints `what`."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what}.")


def login_name() -> str:
    """Return the name of the account, or its number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def file_argument(command: F) -> F:
    """Give a command the document it is about."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.argument("file", type=kind)(command)
