"""Documents: each text is parsed, validated and analysed once."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, GraphQLSchema, parse
from strawberry.schema.schema import validate_document

from hardening.core import require
from hardening.graphql_cache.analysis import Operation, analyse
from hardening.graphql_cache.remembered import Remembered
from hardening.graphql_cache.rules import Rules

if TYPE_CHECKING:
    from strawberry import Schema
    from strawberry.types.execution import ParseOptions

# A syntax tree takes up to 600 bytes a token, and anybody may send texts that are
# nothing but tokens: these limits hold all that is remembered below about 60 MB. 500
# queries of 2 kB, as people write them, have 75,000 tokens.
_TOKENS_MAX = 100_000
_TEXT_MAX = 16_384  # characters; who sends more is parsed each time
_TOKEN = re.compile(r"\w+|[^\s\w]")
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
        texts_max: How many are remembered, fewer where they are large.

    Raises:
        InvalidSetting: A rule names a field or a type that the schema does not have.
    """

    def __init__(
        self, schema: "Schema", rules: Rules, *, version: str, texts_max: int
    ) -> None:
        self._graphql = schema._schema  # noqa: SLF001 - strawberry's own extensions use it
        _require_known(self._graphql, rules)
        self._rules = rules
        told = json.dumps([version, schema.as_str()])
        self._version = blake2b(told.encode(), digest_size=16).hexdigest()
        self._parsed: Remembered[Document] = Remembered(
            texts_max, weight_max=_TOKENS_MAX
        )

    def parse(self, text: str, options: "ParseOptions") -> Document:
        """
        Return a document.

        Raises:
            GraphQLSyntaxError: It is none.
        """
        told = tuple(options.items())
        document = self._parsed.find((text, told))
        if document is None:
            document = Document(parse(text, **options))
            if len(text) <= _TEXT_MAX:
                self._parsed.keep((text, told), document, len(_TOKEN.findall(text)))
        return document

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


def _require_known(schema: GraphQLSchema, rules: Rules) -> None:
    """Refuse rules for what is not there: they would protect nothing."""
    for name in rules.fields:
        parent, _, field_name = name.partition(".")
        fields = getattr(schema.type_map.get(parent), "fields", {})
        rule = "a field of the schema, spelled as there ('User.privateEmail')"
        require("Rules.fields", name, rule, holds=field_name in fields)
    for name in rules.types:
        rule = "a type of the schema, spelled as there"
        require("Rules.types", name, rule, holds=name in schema.type_map)
