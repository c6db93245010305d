"""What the cache of GraphQL answers counts, as plain integers."""

from dataclasses import dataclass, field
from enum import StrEnum

from hardening.core import Kind, Measure, Sample
from hardening.graphql_cache.policy import Policy


class Bypass(StrEnum):
    """Why a query is executed without a look at the cache."""

    NO_CACHE = "no_cache"
    """Its policy says so, or it has none."""
    NOT_A_QUERY = "not_a_query"
    """It is a mutation, a subscription, or an operation that is not there."""
    ANONYMOUS = "anonymous"
    """It asks for user data, and there is no user."""
    VARIABLES = "variables"
    """They are too large, or no JSON."""
    ROOT_VALUE = "root_value"
    """The request brings one, and nobody can say what it holds."""
    DOCUMENT = "document"
    """Another extension parsed or replaced it."""
    CONFUSED = "confused"
    """A function of the service's own failed."""
    UNREACHABLE = "unreachable"
    """The store does not answer."""


class Unkept(StrEnum):
    """Why an answer was not kept."""

    ERRORS = "errors"
    """It has some, or it is partial."""
    OVERTAKEN = "overtaken"
    """What it shows was invalidated while it was computed."""
    TOO_LARGE = "too_large"
    """It is larger than the limit."""
    UNENCODABLE = "unencodable"
    """It holds what JSON cannot."""


def _by_policy() -> dict[Policy, int]:
    return dict.fromkeys((Policy.PUBLIC, Policy.SEARCH, Policy.USER_DATA), 0)


@dataclass(slots=True)
class Counts:
    """What happened since the cache was made; threads may lose a count."""

    hits: dict[Policy, int] = field(default_factory=_by_policy)
    misses: dict[Policy, int] = field(default_factory=_by_policy)
    bypasses: dict[Bypass, int] = field(
        default_factory=lambda: dict.fromkeys(Bypass, 0)
    )
    unkept: dict[Unkept, int] = field(default_factory=lambda: dict.fromkeys(Unkept, 0))


def measures_of(cache: str, counts: Counts) -> tuple[Measure, ...]:
    """Return the cache's measures, labelled with its name."""
    by_policy = (
        ("hits", "Queries that a cached answer answered.", counts.hits),
        ("misses", "Queries that were executed and could be cached.", counts.misses),
    )
    by_reason = (
        ("bypasses", "Queries that were executed without a look.", counts.bypasses),
        ("unkept", "Answers that were executed and not kept.", counts.unkept),
    )
    return (
        *(
            _measure(
                name,
                meaning,
                [
                    Sample(count, (("cache", cache), ("policy", policy.name.lower())))
                    for policy, count in numbers.items()
                ],
            )
            for name, meaning, numbers in by_policy
        ),
        *(
            _measure(
                name,
                meaning,
                [
                    Sample(count, (("cache", cache), ("reason", str(reason))))
                    for reason, count in numbers.items()
                ],
            )
            for name, meaning, numbers in by_reason
        ),
    )


def _measure(name: str, meaning: str, samples: list[Sample]) -> Measure:
    """Return one measure of the piece."""
    full = f"hardening_graphql_cache_{name}"
    return Measure(full, meaning, Kind.COUNTER, tuple(samples))
