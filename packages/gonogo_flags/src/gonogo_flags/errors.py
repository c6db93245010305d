"""What can go wrong with flags: each error says what, where, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One thing that is wrong at one place of a flag document.

    Attributes:
        where: Path in the document (`flags.DLQ_ENABLED.targeting`), or line and column.
        what: What is the matter, as a clause.
        remedy: What to do about it, as a sentence.
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}"


class FlagError(Exception):
    """Any error of this package; catch this one at the edge of a service."""


class FlagDocumentInvalid(FlagError):
    """
    A flag document that cannot be trusted; all its problems are reported together.

    Attributes:
        source: The file, or other name, of the document.
        problems: In the order of the document, non-empty.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{source}: {each}" for each in self.problems))


class FlagFileUnreadable(FlagError):
    """The flag file could not be opened or replaced."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path}: {reason}. Give the path of a flagd-form JSON file in a folder"
            ' that this process may use; the smallest one is {"flags": {}}.'
        )


class FlagFileLocked(FlagError):
    """Another writer has held the lock of the flag file for too long."""

    def __init__(self, lock_path: str, waited_s: float) -> None:
        self.lock_path = lock_path
        self.waited_s = waited_s
        super().__init__(
            f"{lock_path}: another process has held this lock for {waited_s:g} s."
            " Nothing was changed; end that process, then try again."
        )


class FlagNotFound(FlagError):
    """The document defines no flag of this name."""

    def __init__(self, source: str, flag: str, known: Sequence[str]) -> None:
        self.source = source
        self.flag = flag
        self.known = tuple(known)
        names = ", ".join(self.known) or "no flag at all"
        super().__init__(
            f"{source}: there is no flag '{flag}' (it defines {names})."
            " Correct the name, or set a percentage once to create the flag."
        )


class PercentageInvalid(FlagError):
    """The number is no percentage that the weights can express exactly."""

    def __init__(self, given: object) -> None:
        self.given = given
        super().__init__(
            f"{given!r} is no percentage for a flag."
            " Give a number from 0 to 100 with at most three decimal places."
        )


class PercentageUnknown(FlagError):
    """The flag is something other than a boolean that is on for a share of keys."""

    def __init__(self, source: str, flag: str, reason: str) -> None:
        self.source = source
        self.flag = flag
        self.reason = reason
        super().__init__(
            f"{source}: flag '{flag}' holds no percentage: {reason}."
            " Use a flag whose variants are on (true) and off (false)."
        )
