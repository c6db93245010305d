"""Policies: who may be given a cached answer, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import IntEnum

from hardening.core import require


class Policy(IntEnum):
    """Who shares an answer; the greater is the more restrictive."""

    PUBLIC = 0
    """Everybody."""
    SEARCH = 1
    """One user; those without a user share theirs. Short-lived: results move."""
    USER_DATA = 2
    """One user; without a user nothing is cached."""
    NO_CACHE = 3
    """Nobody."""


def strictest(policies: Iterable[Policy]) -> Policy:
    """Return the most restrictive policy; of none, the one that caches nothing."""
    return max(policies, default=Policy.NO_CACHE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """
    For how many seconds answers are cached.

    The founding plans name the policies and no times. These are short enough for a user
    to forgive what an invalidation missed, and long enough for their 60 to 70 % of hits.

    Attributes:
        public_s: Of PUBLIC answers.
        search_s: Of SEARCH answers.
        user_data_s: Of USER_DATA answers.
    """

    public_s: float = 300.0
    search_s: float = 30.0
    user_data_s: float = 60.0

    def __post_init__(self) -> None:
        for setting in fields(self):
            span_s = getattr(self, setting.name)
            holds = 0 < span_s < float("inf")
            rule = "more than 0 and finite"
            require(f"Lifetimes.{setting.name}", span_s, rule, holds=holds)

    def of(self, policy: Policy) -> float:
        """Return the seconds of a policy; 0 for the one that caches nothing."""
        spans = (self.public_s, self.search_s, self.user_data_s, 0.0)
        return spans[policy]
