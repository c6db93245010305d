"""What a line has to give: the `expect` of a binding, as expectations."""

import json
import re
from collections.abc import Mapping

from gonogo.document.bindings.fields import Fields, Problems
from gonogo.document.bindings.grammar import KEYS
from gonogo.document.nodes import Items, Leaf, Node, Table
from gonogo.model.expectation import Expectation, ExpectationKind

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?\d{1,18}\.\d{1,18}")
_LIMIT = re.compile(r"(?:<=|>=|==|!=|<|>|=)\s*[-+]?\d+(?:\.\d+)?\s*\S{0,8}")

_KINDS: Mapping[str, ExpectationKind] = {
    "contains": ExpectationKind.CONTAINS,
    "exact": ExpectationKind.EXACT,
    "json": ExpectationKind.JSON,
    "number": ExpectationKind.NUMBER,
    "status": ExpectationKind.HTTP_STATUS,
    "rows": ExpectationKind.ROWS,
    "absence": ExpectationKind.ABSENCE,
}


def expects(fields: Fields, problems: Problems) -> tuple[Expectation, ...] | None:
    """Return what `expect` asks for; None where it does not stand there."""
    node = fields.node("expect")
    if node is None:
        return None
    at = fields.place("expect")
    if isinstance(node, Leaf):
        kind = _kind_of(node.text)
        return (Expectation(line=at.line, kind=kind, value=node.text),)
    inner = Fields(node, at, problems, KEYS["expect"])
    return tuple(
        found
        for key in inner.entries
        for found in (_expectation(inner, key),)
        if found is not None
    )


def _expectation(fields: Fields, key: str) -> Expectation | None:
    node = fields.node(key)
    place = fields.place(key)
    kind = _KINDS[key]
    if node is not None and kind is ExpectationKind.JSON:
        value = node.text if isinstance(node, Leaf) else json.dumps(_plain(node))
        return Expectation(line=place.line, kind=kind, value=value)
    text = fields.text(key)
    if text is None:
        return None
    if kind is ExpectationKind.NUMBER and not _is_number(text):
        kind = ExpectationKind.COMPARATOR
    value = f"{text} rows" if kind is ExpectationKind.ROWS and text.isdigit() else text
    return Expectation(line=place.line, kind=kind, value=value)


def _kind_of(text: str) -> ExpectationKind:
    """Return what a text alone means: a number, a limit, or a part of the output."""
    if _is_number(text):
        return ExpectationKind.NUMBER
    limit = _LIMIT.fullmatch(text.strip())
    return ExpectationKind.COMPARATOR if limit else ExpectationKind.CONTAINS


def _is_number(text: str) -> bool:
    return text.strip().lstrip("+-").replace(".", "", 1).isdigit()


def _plain(node: Node) -> object:
    """Return a tree as plain JSON values; unquoted numbers and truths are such."""
    if isinstance(node, Table):
        return {key.text: _plain(value) for key, value in node.entries}
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    if node.null:
        return None
    if node.quoted:
        return node.text
    if node.text in {"true", "false"}:
        return node.text == "true"
    return _as_number(node.text)


def _as_number(text: str) -> object:
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
