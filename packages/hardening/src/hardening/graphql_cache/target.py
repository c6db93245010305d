"""Targets: what an invalidation forgets."""

import re
from dataclasses import dataclass
from typing import assert_never

from hardening.core import require
from hardening.graphql_cache.key import User, digest

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")


@dataclass(frozen=True, slots=True)
class Everything:
    """All answers."""


@dataclass(frozen=True, slots=True)
class OfType:
    """Answers that selected fields of a type, by its name in the schema."""

    name: str

    def __post_init__(self) -> None:
        _require_name("OfType.name", self.name)


@dataclass(frozen=True, slots=True)
class OfUser:
    """Answers that were cached for one user."""

    id: str

    def __post_init__(self) -> None:
        User(self.id)


@dataclass(frozen=True, slots=True)
class OfOperations:
    """Answers to operations whose names begin so: 'Feed' is FeedHome and FeedNext."""

    prefix: str

    def __post_init__(self) -> None:
        _require_name("OfOperations.prefix", self.prefix)


Target = Everything | OfType | OfUser | OfOperations


@dataclass(frozen=True, slots=True)
class Marks:
    """
    What of an answer can be aimed at.

    Attributes:
        operation: Its name; empty for one without.
        tags: Its types and its user, as texts.
    """

    operation: str
    tags: tuple[str, ...]


def tag_of_type(name: str) -> str:
    """Return the tag of answers that selected fields of a type."""
    return f"t:{name}"


def tag_of_user(user: User) -> str:
    """Return the tag of a user's answers; it does not show who it is."""
    return f"u:{digest(user.id)}"


def tag_of(target: OfType | OfUser) -> str:
    """Return a target's tag."""
    match target:
        case OfType(name):
            return tag_of_type(name)
        case OfUser(id_):
            return tag_of_user(User(id_))
        case _:
            assert_never(target)


def _require_name(setting: str, name: str) -> None:
    """Refuse what cannot be, or begin, a name of GraphQL."""
    holds = _NAME.match(name) is not None
    require(setting, name, "a name of GraphQL: letters, digits, '_'", holds=holds)
