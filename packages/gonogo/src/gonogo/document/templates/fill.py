"""Fill a template with a change and the sources found: a document and its bindings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from posixpath import normpath

from gonogo.document.open_points.additions import Addition, added
from gonogo.document.open_points.answer import flow
from gonogo.document.templates.sources import HealthPath, Migration, Sources


class Change(StrEnum):
    """The kinds of change that there is a template for."""

    MIGRATION = "migration"
    FLAG = "flag"
    CANARY = "canary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What the document is to be about.

    Attributes:
        document: The name of its file.
        root: The project's folder, as a path from the document's.
        title: None: one that fits.
        service: None: as found.
        flag: The flag, for a change by flag. None: the only one found, if there is.
        shares: The percentages of the stages, rising.
    """

    change: Change
    document: str
    root: str = "."
    title: str | None = None
    service: str | None = None
    flag: str | None = None
    shares: tuple[float, ...] = (5, 25, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The texts of the document and of the bindings beside it."""

    document: str
    bindings: str


def fill(request: Request, sources: Sources, template: Callable[[str], str]) -> Written:
    """
    Return a first document for a change.

    Args:
        request: What it is to be about.
        sources: What the project has.
        template: Returns the text of a template by its file's name.
    """
    filling = _Filling(request, sources, template)
    return Written(document=filling.document(), bindings=filling.bindings())


@dataclass(frozen=True, slots=True)
class _Filling:
    request: Request
    sources: Sources
    template: Callable[[str], str]

    # -- the document ----------------------------------------------------------------

    def document(self) -> str:
        shares = self.request.shares
        return self._filled(
            f"{self.request.change}.md",
            title=_on_one_line(self.request.title or self._title()),
            shares=_listed([f"{share:g}%" for share in shares]),
            stages="\n".join(self._stages()).rstrip(),
            health=self._filled("health.md", url=self._health_url()).rstrip(),
        )

    def _title(self) -> str:
        match self.request.change:
            case Change.MIGRATION:
                return f"Migrate {self._service}: {self._migration_name}"
            case Change.FLAG:
                return f"Turn On {self._flag}"
            case Change.CANARY:
                return f"Canary of {self._service}"

    def _stages(self) -> Iterator[str]:
        if self.request.change is Change.MIGRATION:
            return
        before = 0.0
        for number, share in enumerate(self.request.shares, start=1):
            yield self._filled(
                f"{self.request.change}_stage.md",
                number=number,
                share=f"{share:g}",
                before=f"{before:g}",
                soak="1 hour",
            )
            before = share

    def _filled(self, name: str, **more: object) -> str:
        migration = self.sources.migration
        facts: dict[str, object] = {
            "service": self._service,
            "flag": self._flag,
            "migration": self._migration_name,
            "way_back": _way_back(migration),
            "rollback": _rollback(migration),
            "database": self._database,
        }
        return self.template(name).format(**(facts | more))

    @property
    def _service(self) -> str:
        return _on_one_line(self.request.service or self.sources.service)

    @property
    def _flag(self) -> str:
        found = self.sources.flags
        only = found.flags if found and len(found.flags) == 1 else ()
        return self.request.flag or (only[0] if only else "<flag>")

    @property
    def _migration_name(self) -> str:
        migration = self.sources.migration
        return migration.name if migration else "<migration>"

    @property
    def _database(self) -> str:
        name = self.sources.database
        return f"${name}" if name else "<database-url>"

    def _health_url(self) -> str:
        path: HealthPath | None = self.sources.health
        if path is None:
            return "<health-url>"
        return f"${self.sources.app}{path.path}" if self.sources.app else "<health-url>"

    # -- the bindings ----------------------------------------------------------------

    def bindings(self) -> str:
        quoted = flow(self._service)
        name = self.request.document
        text = self._filled("bindings.yaml", document=name, quoted=quoted)
        if self.sources.prometheus:
            text += self._filled("prometheus.yaml", prometheus=self.sources.prometheus)
        for addition in self._additions():
            text = added(text, addition)
        return text

    def _additions(self) -> Iterator[Addition]:
        sources, change = self.sources, self.request.change
        if sources.prometheus:
            yield _value(sources.prometheus)
            if change is not Change.MIGRATION:
                floor = {"same_as": "Error rate", "floor": 0.5}
                yield _addition("metrics", "Error rate change", floor)
        if sources.app and sources.health:
            yield _value(sources.app)
        if change is Change.MIGRATION:
            yield from self._migrating()
        elif change is Change.FLAG:
            yield from self._flagging()

    def _migrating(self) -> Iterator[Addition]:
        database, migration = self.sources.database, self.sources.migration
        if database:
            yield _addition("connections", "database", {"env": database})
            yield _addition("values", database, {"env": database, "secret": True})
        backup = {"shell": {"undo": "none", "idempotent": True}}
        yield _addition("steps", "Create a backup of the database", backup)
        yield _addition("rollbacks", "Stage 1: Back Up", {"covered": True})
        if migration and (database or not migration.by_script):
            title = f"Run migration {migration.name}"
            yield _addition("steps", title, self._run_of(migration))

    def _run_of(self, migration: Migration) -> object:
        if migration.by_script:
            scripts = {"up": migration.up, "down": migration.down}
            return {"migrate": {k: self._path(v) for k, v in scripts.items() if v}}
        commands = {"run": migration.up, "undo": migration.down}
        there = "" if self.request.root == "." else f"cd '{self.request.root}' && "
        return {"shell": {k: f"{there}{v}" for k, v in commands.items() if v}}

    def _flagging(self) -> Iterator[Addition]:
        if self.sources.flags is None or self._flag == "<flag>":
            return
        flag = {"file": self._path(self.sources.flags.file), "name": self._flag}
        for share in self.request.shares:
            number = int(share) if share == int(share) else share
            turned = {"flag": {**flag, "percentage": number}}
            yield _addition("steps", f"Set {self._flag} to {share:g}%", turned)
            looked = {"read_flag": flag, "expect": {"number": number}}
            title = f"Verify that the exposure of {self._flag} is {share:g}%"
            yield _addition("steps", title, looked)

    def _path(self, path: str) -> str:
        return normpath(str(PurePosixPath(self.request.root, path)))


def _addition(section: str, name: str, value: object) -> Addition:
    return Addition(section=section, name=name, value=flow(value))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _value(variable: str) -> Addition:
    return _addition("values", variable, {"env": variable})


def _way_back(migration: Migration | None) -> str:
    down = migration and migration.down
    return f"`{down}`" if down else "the backup of Stage 1"


def _rollback(migration: Migration | None) -> str:
    down = migration and migration.down
    if down:
        return f"`{down}` takes the migration back; the release before needs nothing of it."
    return "Nothing reverses the migration by itself: restore the backup of Stage 1."


def _listed(words: list[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
