"""
The directive that states a policy in the schema itself.

    @strawberry.field(directives=[Cached(policy=Policy.PUBLIC)])
    def feed(self) -> list[Article]: ...
"""

from typing import Any

import strawberry
from strawberry.schema_directive import Location

from hardening.graphql_cache.policy import Policy

strawberry.enum(Policy, name="CachePolicy")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT], name="cached"
)
class Cached:
    """States who shares the answers of a field, or of the fields that return a type."""

    policy: Policy


def stated(definition: Any) -> Policy | None:  # noqa: ANN401 - strawberry's own
    """Return the policy that a field's or a type's definition states."""
    for directive in getattr(definition, "directives", None) or ():
        if isinstance(directive, Cached):
            return Policy(directive.policy)
    return None
