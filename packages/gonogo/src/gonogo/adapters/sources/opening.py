"""What an adapter is handed to open one source of a plan: everything by its value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gonogo.ports.source import Source, SourceFailed


def wall_clock() -> datetime:
    """Return the instant on the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """
    One source as the plan has it, names replaced by what they stand for.

    Attributes:
        name: In the plan; errors name the source by it.
        url: An address, or the path of a file.
        folder: What a relative path is relative to.
        now: For what the source itself does not date.
    """

    name: str
    url: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()
    now: Callable[[], datetime] = wall_clock

    @property
    def path(self) -> Path:
        """Return the file that the address names."""
        return self.folder / self.url.removeprefix("file://")

    def failed(self, what: str) -> SourceFailed:
        """Return the error of this source: what happened, and what to do."""
        return SourceFailed(f"Source '{self.name}': {what}")

    def wanted_url(self) -> str:
        """
        Return the address, which has to be there.

        Raises:
            SourceFailed: It is empty.
        """
        if not self.url:
            message = "it has no address. Write it as `url:` of the source."
            raise self.failed(message)
        return self.url

    def is_set(self, option: str) -> bool:
        """
        Return whether an option that is either `true` or `false` is true.

        Raises:
            SourceFailed: It is neither.
        """
        text = self.options.get(option, "false").strip().lower()
        if text not in {"true", "false"}:
            message = f"its option `{option}` is '{text}'. Write true or false."
            raise self.failed(message)
        return text == "true"


# Each module of a kind offers such a function by the name of `opened`.
Maker = Callable[[Opening], Source]
