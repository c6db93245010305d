"""
Rules: which policy an operation has.

Fields grant; everything else only tightens. Each top-level field needs a policy of its
own, or its type's, or nothing is cached. Below it, and for the operation as a whole, a
rule can only make the answer belong to fewer: a client chooses the names of operations,
and must not be able to choose that somebody's data are public. The rules of an interface
or a union hold for all its types, and tighten: a client may name either.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hardening.core import require
from hardening.graphql_cache.policy import Policy

_FIELD = re.compile(r"[_A-Za-z]\w*\.[_A-Za-z]\w*\Z", re.ASCII)
_NAME = re.compile(r"[_A-Za-z]\w*\Z", re.ASCII)

Decide = Callable[[str, Any], Policy | None]
"""Takes an operation's name, empty without one, and the context of its request."""


def no_opinion(_operation: str, _context: object, /) -> Policy | None:
    """Return None: nothing is tightened by the request."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    Policies by field, type, operation and request.

    A policy also stands in the schema itself, as the directive `Cached` of a field or a
    type. A field that checks permissions is USER_DATA at least, wherever it stands.
    A name that the schema does not have, spelled like this, is an error of each query.

    Attributes:
        fields: By 'Type.field', as in the schema: 'Query.feed', 'User.privateEmail'.
        types: By the name of the type that a field returns: 'Article'.
        operations: By an operation's name; only tightens.
        decide: Asked at each request; only tightens.
    """

    fields: Mapping[str, Policy] = field(default_factory=dict)
    types: Mapping[str, Policy] = field(default_factory=dict)
    operations: Mapping[str, Policy] = field(default_factory=dict)
    decide: Decide = no_opinion

    def __post_init__(self) -> None:
        for name in self.fields:
            holds = _FIELD.match(name) is not None
            require("Rules.fields", name, "of the form 'Type.field'", holds=holds)
        for setting in ("types", "operations"):
            for name in getattr(self, setting):
                holds = _NAME.match(name) is not None
                require(f"Rules.{setting}", name, "a name of GraphQL", holds=holds)
        for setting in ("fields", "types", "operations"):
            for policy in getattr(self, setting).values():
                holds = isinstance(policy, Policy)
                require(f"Rules.{setting}", policy, "a Policy", holds=holds)
