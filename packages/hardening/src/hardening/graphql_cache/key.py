"""
Keys: what an answer is filed under.

An answer that belongs to a user is filed under a `OneUser`, which cannot be made without
a `User`, which cannot be made without an id. There is no other way to file it.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, assert_never

from hardening.core import require
from hardening.graphql_cache.policy import Policy

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Callable

_DIGEST_BYTES = 20


@dataclass(frozen=True, slots=True)
class User:
    """
    Somebody who is known.

    Attributes:
        id: Never the same for two users, never empty.
    """

    id: str

    def __post_init__(self) -> None:
        given: object = self.id  # from a service's own function, typed or not
        holds = isinstance(given, str) and bool(given)
        require("User.id", self.id, "a text that is not empty", holds=holds)


@dataclass(frozen=True, slots=True)
class Everybody:
    """An answer that is the same for all."""


@dataclass(frozen=True, slots=True)
class Anonymous:
    """An answer for those without a user; no user is given it."""


@dataclass(frozen=True, slots=True)
class OneUser:
    """An answer for one user alone."""

    user: User


Scope = Everybody | Anonymous | OneUser


def scope_of(policy: Policy, user: User | None) -> Scope | None:
    """Return who shares an answer; None when it is not cached."""
    match policy:
        case Policy.PUBLIC:
            return Everybody()
        case Policy.SEARCH:
            return Anonymous() if user is None else OneUser(user)
        case Policy.USER_DATA:
            return None if user is None else OneUser(user)
        case Policy.NO_CACHE:
            return None
        case _:
            assert_never(policy)


@dataclass(frozen=True, slots=True)
class Key:
    """
    What tells answers apart.

    Attributes:
        scope: Who shares the answer.
        operation: A digest of the schema's version and the operation's text.
        variables: In one order, as JSON.
        vary: Whatever else the answer depends on, such as the language.
    """

    scope: Scope
    operation: str
    variables: str
    vary: tuple[str, ...] = ()

    def digest(self) -> str:
        """Return a text of fixed length that no other key has."""
        # Each part stands behind its length, so that no two lists of parts read alike.
        parts = (*_scope_parts(self.scope), self.operation, self.variables, *self.vary)
        return digest("".join([f"{len(part)}:{part}" for part in parts]))


def digest(text: str) -> str:
    """Return a text of fixed length that no other text has."""
    return _blake2b()(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


@cache
def _blake2b() -> "Callable[..., hashlib.blake2b]":
    """Load it when it is needed: it brings OpenSSL, which takes longer than the rest."""
    import hashlib  # noqa: PLC0415

    return hashlib.blake2b


def _scope_parts(scope: Scope) -> tuple[str, str]:
    """Return a scope as text."""
    match scope:
        case Everybody():
            return ("everybody", "")
        case Anonymous():
            return ("anonymous", "")
        case OneUser(user):
            return ("user", user.id)
        case _:
            assert_never(scope)
