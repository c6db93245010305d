"""
The tree: YAML text as nodes that know their line and column.

YAML is composed, never constructed: no tag of a document makes an object. Size, depth
and repeated anchors are bounded before anything is built, so that no text, however
hostile, costs more than a diagnostic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml

from gonogo.document.nodes import Items, Leaf, Node, NoTree, Table

# Bindings are pages long, not books.
_LONGEST = 200_000
# The grammars are six and eight levels deep.
_MAX_DEPTH = 24
# Without aliases no text has more nodes than characters.
_FEWEST_NODES = 20_000
_MAX_ALIASES = 50

_CHARACTER = "it holds a character that no text has"
_ESCAPE = "an escape in it is no character"
_ENDLESS = "endless through their aliases"
_KEY = "a key is itself a list or a mapping"
_TAB = "a tab stands where only spaces may"


_Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
# libyaml gives the same nodes and marks, ten times as fast.
_FAST: _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def tree(
    text: str, *, line: int = 1, column: int = 1, longest: int = _LONGEST
) -> Node | None:
    """
    Return the tree of a YAML text; None where it holds nothing.

    Args:
        text: One YAML document.
        line: Of the text's first character, in its file.
        column: Likewise.
        longest: So many characters are read at most.

    Raises:
        NoTree: It is broken, or there is too much of it.
    """
    origin = _Origin(line, column)
    if len(text) > longest:
        problem = f"longer than {longest:,} characters"
        raise NoTree(problem, line, column, excess=True)
    try:
        node = _composed(text, origin, _FAST)
    except (yaml.YAMLError, ValueError):
        node = _diagnosed(text, origin)
    if node is None or _is_empty(node):
        return None
    return _Converter(origin, max(_FEWEST_NODES, len(text))).node(node, 0)


def _is_empty(node: "yaml.Node") -> bool:
    """Return whether nothing stands there but a mark such as `---`."""
    return isinstance(node, yaml.ScalarNode) and not (node.value or node.style)


def _composed(text: str, origin: "_Origin", loader: _Loader) -> "yaml.Node | None":
    _bounded(text, origin, loader)
    return yaml.compose(text, Loader=loader)


def _diagnosed(text: str, origin: "_Origin") -> "yaml.Node | None":
    """Compose with the loader that says best what is wrong, and where."""
    try:
        return _composed(text, origin, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _broken(error, origin) from error
    except yaml.reader.ReaderError as error:
        line, column = origin.of_offset(text, error.position)
        raise NoTree(_CHARACTER, line, column) from error
    except (ValueError, OverflowError) as error:
        # PyYAML hands the number of an escape such as "\\UFFFFFFFF" to chr() as it is.
        raise NoTree(_ESCAPE, origin.line, origin.column) from error


@dataclass(frozen=True, slots=True)
class _Origin:
    line: int
    column: int

    def of(self, mark: "yaml.Mark | yaml._yaml.Mark | None") -> tuple[int, int]:
        if mark is None:
            return self.line, self.column
        first = self.column if mark.line == 0 else 1
        return self.line + mark.line, first + mark.column

    def of_offset(self, text: str, offset: int) -> tuple[int, int]:
        above = text[:offset].count("\n")
        start = text.rfind("\n", 0, offset) + 1
        first = self.column if above == 0 else 1
        return self.line + above, first + offset - start


def _broken(error: "yaml.MarkedYAMLError", origin: _Origin) -> NoTree:
    line, column = origin.of(error.problem_mark or error.context_mark)
    problem = error.problem or error.context or "it cannot be read"
    if "'\\t'" in problem:
        problem = _TAB
    return NoTree(problem, line, column)


def _bounded(text: str, origin: _Origin, loader: _Loader) -> None:
    """Walk the events, which need no recursion, before the nodes, which do."""
    depth = aliases = 0
    for event in _events(text, loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > _MAX_DEPTH or aliases > _MAX_ALIASES:
            line, column = origin.of(event.start_mark)
            what = "nested too deeply" if depth > _MAX_DEPTH else "full of aliases"
            raise NoTree(what, line, column, excess=True)


def _events(text: str, loader: _Loader) -> Iterator["yaml.Event"]:
    yield from yaml.parse(text, Loader=loader)


class _Converter:
    """Turns composed nodes into ours; aliases are written out, up to a budget."""

    def __init__(self, origin: _Origin, budget: int) -> None:
        self._origin = origin
        self._left = budget

    def node(self, node: "yaml.Node", depth: int) -> Node:
        line, column = self._origin.of(node.start_mark)
        self._left -= 1
        if self._left < 0 or depth > 2 * _MAX_DEPTH:
            raise NoTree(_ENDLESS, line, column, excess=True)
        if isinstance(node, yaml.MappingNode):
            return Table(
                line=line,
                column=column,
                entries=tuple(
                    (self._key(key, depth), self.node(value, depth + 1))
                    for key, value in node.value
                ),
            )
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.node(item, depth + 1) for item in node.value)
            return Items(line=line, column=column, items=items)
        return self._leaf(cast("yaml.ScalarNode", node))

    def _key(self, node: "yaml.Node", depth: int) -> Leaf:
        if isinstance(node, yaml.ScalarNode):
            return self._leaf(node)
        line, column = self._origin.of(node.start_mark)
        self.node(node, depth + 1)
        raise NoTree(_KEY, line, column)

    def _leaf(self, node: "yaml.ScalarNode") -> Leaf:
        line, column = self._origin.of(node.start_mark)
        plain = not node.style
        return Leaf(
            line=line,
            column=column,
            text=str(node.value),
            null=plain and node.tag == "tag:yaml.org,2002:null",
            quoted=not plain,
        )
