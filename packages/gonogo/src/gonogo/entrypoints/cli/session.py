"""The session of a command: where rollouts are kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gonogo.entrypoints.cli.exits import Exit

if TYPE_CHECKING:
    from gonogo.bootstrap.workspace import Workspace


FOLDER = Path(".gonogo")


@dataclass(slots=True)
class Session:
    """What the options before and behind the command's name said."""

    state: Path = FOLDER
    database: str | None = None

    def workspace(self) -> "Workspace":
        """Name the workspace, for a command that may begin a rollout in it."""
        # Not at the top: `gonogo --help` shall not load every adapter.
        from gonogo.bootstrap.workspace import Workspace  # noqa: PLC0415

        return Workspace(self.state, self.database)

    def existing(self) -> "Workspace":
        """
        Name the workspace, for a command that only looks, or talks to a rollout.

        Raises:
            NothingHere: No rollout was ever begun in it; nothing is made.
        """
        if self.database is None and not (self.state / "journal.db").exists():
            raise NothingHere(self.state)
        return self.workspace()


class NothingHere(click.ClickException):
    """There is no journal in the folder of the workspace."""

    exit_code = Exit.USAGE

    def __init__(self, folder: Path) -> None:
        """Compose the message from the folder."""
        super().__init__(
            f"there are no rollouts in {folder}: it holds no journal. `gonogo run "
            "FILE` begins one; --state DIR names another folder."
        )
