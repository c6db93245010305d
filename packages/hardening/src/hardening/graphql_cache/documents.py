"""Documents: each text is parsed, validated and analysed once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, parse
from strawberry.schema.schema import validate_document

from hardening.graphql_cache.analysis import Operation, analyse
from hardening.graphql_cache.rules import Rules

if TYPE_CHECKING:
    from strawberry import Schema
    from strawberry.types.execution import ParseOptions

_TEXT_MAX = 65_536  # characters; who sends more is parsed each time
_RULE_SETS_MAX = 8  # extensions that make rules for each request are not remembered


@dataclass(slots=True)
class Document:
    """
    A parsed text.

    Attributes:
        node: Its syntax tree.
        valid_for: The sets of validation rules that it passed.
        planned: What is known of its operations; None before it was valid.
    """

    node: DocumentNode
    valid_for: set[tuple[Any, ...]] = field(default_factory=set)
    planned: Mapping[str, "Filed"] | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """
    An operation, ready to be looked for.

    Attributes:
        operation: As analysed.
        digest: Of the schema's version and its text.
    """

    operation: Operation
    digest: str


class Documents:
    """
    Remembers the texts used last, of one schema; thread-safe.

    Args:
        schema: What they ask for.
        rules: Their policies.
        version: Told apart in keys, beside the schema's own text.
        texts_max: How many are remembered.
    """

    def __init__(
        self, schema: "Schema", rules: Rules, *, version: str, texts_max: int
    ) -> None:
        self._graphql = schema._schema  # noqa: SLF001 - strawberry's own extensions use it
        self._rules = rules
        told = json.dumps([version, schema.as_str()])
        self._version = blake2b(told.encode(), digest_size=16).hexdigest()
        self._parsed = lru_cache(texts_max)(_parse)

    def parse(self, text: str, options: "ParseOptions") -> Document:
        """
        Return a document.

        Raises:
            GraphQLSyntaxError: It is none.
        """
        told = tuple(options.items())
        return (
            self._parsed(text, told) if len(text) <= _TEXT_MAX else _parse(text, told)
        )

    def validate(self, document: Document, rules: tuple[Any, ...]) -> list[Any]:
        """Return what is wrong with a document; what is right is remembered."""
        if rules in document.valid_for:
            return []
        errors = validate_document(self._graphql, document.node, rules)
        if not errors and len(document.valid_for) < _RULE_SETS_MAX:
            document.valid_for.add(rules)
        return errors

    def filed(self, document: Document, name: str) -> Filed | None:
        """Return a query of a valid document; None when it has none of that name."""
        planned = document.planned
        if planned is None:
            operations = analyse(self._graphql, document.node, self._rules)
            planned = {
                name: Filed(operation, self._digest(operation))
                for name, operation in operations.items()
            }
            document.planned = planned
        return planned.get(name)

    def _digest(self, operation: Operation) -> str:
        """Return what tells the operation from all others, in all versions."""
        told = json.dumps([self._version, operation.text])
        return blake2b(told.encode(), digest_size=16).hexdigest()


def _parse(text: str, options: tuple[tuple[str, Any], ...]) -> Document:
    """Return a document, parsed."""
    return Document(parse(text, **dict(options)))
