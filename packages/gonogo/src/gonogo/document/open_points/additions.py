"""
Additions: entries put into a bindings file, every byte that stands there kept.

The place is found in the composed YAML; what is written is inserted there as text, so
that comments, order and style stay their author's. The result is read again and has to
hold what it held before, and the entry.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from gonogo.document.nodes import Items, Leaf, Node, NoTree, Table
from gonogo.document.open_points.answer import flow
from gonogo.document.tree import tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """One entry: a section of the bindings, a name in it, and its value (flow YAML)."""

    section: str
    name: str
    value: str


class NoPlaceForIt(Exception):
    """An entry cannot be put into a file without changing what stands there."""

    def __init__(self, addition: Addition) -> None:
        """Compose the message from what was to be added."""
        super().__init__(
            f"'{addition.section}: {addition.name}' cannot be added to the bindings "
            "file as it is written. Add it there by hand, or write the file's "
            "sections as plain blocks, one key a line."
        )


def added(text: str, addition: Addition) -> str:
    """
    Return a bindings file with one entry more.

    Args:
        text: YAML; '' for a file that is not there yet.
        addition: Its name does not stand in its section yet.

    Raises:
        NoPlaceForIt: The file is written in a way that leaves no place for it.
    """
    whole = text if not text or text.endswith("\n") else f"{text}\n"
    try:
        result = _inserted(whole, addition)
        sound = _with(_plain(tree(whole)), addition) == _plain(tree(result))
    except (NoTree, yaml.YAMLError) as error:
        raise NoPlaceForIt(addition) from error
    if not sound:
        raise NoPlaceForIt(addition)
    return result


# -- the place -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Region:
    """A mapping of the file, and the line (0-based) behind its last one."""

    node: Any
    end: int


def _inserted(text: str, addition: Addition) -> str:
    entry = f"{flow(addition.name)}: {addition.value}"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        return f"{text}{addition.section}:\n  {entry}\n"
    if not isinstance(root, yaml.MappingNode):
        raise NoPlaceForIt(addition)
    whole = _Region(root, text.count("\n"))
    ours = _below(whole, "gonogo") or whole
    section = _below(ours, addition.section)
    if section is None:
        return _into(text, ours, addition.section, entry)
    if isinstance(section.node, yaml.ScalarNode):
        return _under(text, section, entry)
    return _among(text, section, entry)


def _below(region: _Region, key: str) -> _Region | None:
    """Return the region of a key's value, up to the line of the key behind it."""
    pairs = region.node.value if isinstance(region.node, yaml.MappingNode) else ()
    for number, (name, value) in enumerate(pairs):
        if name.value == key:
            after = pairs[number + 1 :]
            end = after[0][0].start_mark.line if after else region.end
            return _Region(value, end)
    return None


def _into(text: str, region: _Region, section: str, entry: str) -> str:
    """Add a section with its first entry."""
    if region.node.flow_style:
        return _among(text, region, f"{section}: {{{entry}}}")
    indent = " " * region.node.start_mark.column
    return _lines_in(text, region.end, indent, f"{section}:", f"  {entry}")


def _among(text: str, region: _Region, entry: str) -> str:
    """Add an entry behind those of a mapping."""
    node = region.node
    if not node.flow_style:
        indent = " " * node.start_mark.column
        return _lines_in(text, region.end, indent, entry)
    if not node.value:
        at = node.start_mark.index + 1
        return f"{text[:at]}{entry}{text[at:]}"
    at = node.value[-1][1].end_mark.index
    return f"{text[:at]}, {entry}{text[at:]}"


def _under(text: str, region: _Region, entry: str) -> str:
    """Add the first entry to a section of which only the key stands there."""
    line = region.node.start_mark.line
    key = text.split("\n")[line]
    indent = " " * (len(key) - len(key.lstrip()) + 2)
    return _lines_in(text, line + 1, indent, entry)


def _lines_in(text: str, end: int, indent: str, *lines: str) -> str:
    """Put lines before line `end`, above the blank lines and comments that lead it."""
    stored = text.split("\n")
    while end > 0 and _leads(stored[end - 1], indent):
        end -= 1
    new = [f"{indent}{line}" for line in lines]
    return "\n".join((*stored[:end], *new, *stored[end:]))


def _leads(line: str, indent: str) -> bool:
    bare = line.lstrip()
    return not bare or (bare.startswith("#") and len(line) - len(bare) < len(indent))


# -- what it holds -------------------------------------------------------------------


def _plain(node: Node | None) -> object:
    """Return what a tree holds, wherever it stands."""
    match node:
        case Table(entries=entries):
            return {key.text: _plain(value) for key, value in entries}
        case Items(items=items):
            return [_plain(item) for item in items]
        case Leaf(text=text, null=null):
            return None if null else text
        case _:
            return None


def _with(held: object, addition: Addition) -> object:
    """Return what a file holds once it has the entry."""
    value = _plain(tree(addition.value))
    whole = dict(held) if isinstance(held, dict) else {}
    nested = isinstance(whole.get("gonogo"), dict)
    ours = dict(whole["gonogo"]) if nested else whole
    section = ours.get(addition.section)
    before = section if isinstance(section, dict) else {}
    ours[addition.section] = {**before, addition.name: value}
    return {**whole, "gonogo": ours} if nested else ours
