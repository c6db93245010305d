"""The service's place: its folder, its flag, and the servers that a piece needs."""

import importlib.resources
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final, TypeVar

from gonogo_flags import FlagFile

EXAMPLE: Final = Path(__file__).parents[1]
DOCUMENTS: Final = EXAMPLE.parents[1] / "packages" / "hardening" / "rollouts"

T = TypeVar("T")


class Place:
    """
    Where one service runs.

    Args:
        piece: Of the kit, by the name of its document.
        folder: Empty; gets what the document expects around it.
        is_broken: Whether the piece is set up wrong, so that a gate trips.
        stack: What was opened is closed with it.

    Attributes:
        variables: Of the environment of the command that runs beside the service.
    """

    def __init__(
        self, piece: str, folder: Path, stack: ExitStack, *, is_broken: bool
    ) -> None:
        self.piece: Final = piece
        self.folder: Final = folder / "rollouts"
        self.is_broken: Final = is_broken
        self.variables: dict[str, str] = {}
        self._stack = stack
        self._user: ContextVar[str] = ContextVar("user", default="")
        self._lay_out()
        self._flags = FlagFile(self.folder / "flags.json")

    @property
    def document(self) -> Path:
        """The copy of the rollout document that is run here."""
        return self.folder / f"{self.piece}.md"

    def switch(self) -> bool:
        """Tell whether the piece is on for the user who is being served."""
        return self.is_on(self._user.get())

    def is_on(self, key: str) -> bool:
        """Tell whether the piece is on for a user, or for what else the flag asks."""
        return self._flags.snapshot().is_on(f"hardening-{self.piece}", key)

    @contextmanager
    def serving(self, user: str) -> Iterator[None]:
        """Say who is being served meanwhile."""
        token = self._user.set(user)
        try:
            yield
        finally:
            self._user.reset(token)

    def keep(self, opened: AbstractContextManager[T]) -> T:
        """Open something that is closed when the service ends."""
        return self._stack.enter_context(opened)

    def at_end(self, work: Callable[..., object], *arguments: object) -> None:
        """Have something done when the service ends."""
        self._stack.callback(work, *arguments)

    def postgres(self) -> str:
        """Start a PostgreSQL, which the document knows as DATABASE_URL."""
        from gonogo.testing.postgres import private_postgres  # noqa: PLC0415 - slow

        url = self.keep(private_postgres()).url()
        self.variables["DATABASE_URL"] = url
        return url

    def redis(self) -> str:
        """Start a Redis and return its address."""
        from hardening.testing.redis import private_redis  # noqa: PLC0415 - rarely used

        return self.keep(private_redis()).url

    def _lay_out(self) -> None:
        """Put the document, its flag file and its migrations where it expects them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(DOCUMENTS / f"{self.piece}.md", self.document)
        shutil.copy(EXAMPLE / "metric.sh", self.folder)
        answers = answers_of(self.document.read_text("utf-8"))
        (self.folder / "answers.yaml").write_text(answers, "utf-8")
        (self.folder / "flags.json").write_text('{"flags": {}}\n', "utf-8")
        migrations = Path("src", "hardening", self.piece, "migrations")
        source = importlib.resources.files("hardening") / self.piece / "migrations"
        if source.is_dir():
            target = self.folder.parent / migrations
            with importlib.resources.as_file(source) as path:
                shutil.copytree(path, target, dirs_exist_ok=True)


def answers_of(document: str) -> str:
    """Return the answers file in which everybody whom a document names consents."""
    front = document.split("\n---\n", 1)[0]
    people = re.findall(r'^    ([A-Z][\w -]*): ("@[\w-]+")$', front, re.MULTILINE)
    lines = [f"  {role}: {{by: {name}}}\n" for role, name in people]
    return "# For demonstrations and tests only.\napprovals:\n" + "".join(lines)
