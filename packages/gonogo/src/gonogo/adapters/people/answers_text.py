"""
The text of an answers file: YAML to typed entries, each with its line.

Nothing is guessed and nothing is skipped: every mistake is collected, with its line,
and told together with the others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

_BOOL = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_TRUE = {"yes", "true", "on", "y"}

Word = str | bool


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """What is wrong at a line (1-based), and what to do about it."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """
    One answer of the file.

    Attributes:
        key: What it answers, as written: a role, or a step.
        word: The answer; True and False stand for the good and the bad choice.
        by: Who gives it.
    """

    line: int
    key: str
    word: Word
    by: str
    comment: str = ""


@dataclass(slots=True)
class Answers:
    """An answers file, as far as it could be read; and what could not be."""

    approvals: dict[str, Given] = field(default_factory=dict)
    answers: dict[str, Given] = field(default_factory=dict)
    otherwise: Given | None = None
    mistakes: list[Mistake] = field(default_factory=list)


def fold(text: str) -> str:
    """Return a title or role as it is compared: case, space and backquotes ignored."""
    return " ".join(text.replace("`", "").casefold().split())


def parse(text: str) -> Answers:
    """Return the entries of an answers file, and all its mistakes."""
    found = Answers()
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"It is not YAML: {getattr(error, 'problem', None) or error}."
        found.mistakes.append(Mistake(mark.line + 1 if mark else 1, what))
        return found
    except RecursionError:
        found.mistakes.append(Mistake(1, "It is nested far too deeply."))
        return found
    if root is not None:
        _Parser(found).file(root)
    return found


class _Parser:
    """Walks over the nodes, and fills in what it finds."""

    def __init__(self, found: Answers) -> None:
        self._found = found
        self._person = ""

    def file(self, root: Node) -> None:
        """Read the whole file."""
        fields = self._fields(
            root, "The file", {"person", "approvals", "answers", "otherwise"}
        )
        if "person" in fields:
            self._person = self._text(fields["person"])
        for name, node in self._entries(fields.get("approvals"), "`approvals`"):
            self._keep(self._found.approvals, name, self._approval(name, node))
        for name, node in self._entries(fields.get("answers"), "`answers`"):
            self._keep(self._found.answers, name, self._answer(name, node))
        if "otherwise" in fields:
            self._found.otherwise = self._otherwise(fields["otherwise"])

    def _approval(self, name: ScalarNode, node: Node) -> Given | None:
        """Read `{by: …, approve: …, comment: …}`, or a plain yes or no."""
        if isinstance(node, ScalarNode):
            return self._given(name, node, {})
        known = {"by", "approve", "comment"}
        fields = self._fields(node, f"The approval of {name.value}", known)
        return self._given(name, fields.get("approve"), fields)

    def _answer(self, name: ScalarNode, node: Node) -> Given | None:
        """Read an answer, or `{answer: …, by: …, comment: …}`."""
        if isinstance(node, ScalarNode):
            return self._given(name, node, {})
        if not isinstance(node, MappingNode):
            self._wrong(node, f"The answer to '{name.value}' is no single answer.")
            return None
        known = {"answer", "by", "comment"}
        fields = self._fields(node, f"The answer to '{name.value}'", known)
        if "answer" not in fields:
            self._wrong(name, f"'{name.value}' has no `answer:`.")
            return None
        return self._given(name, fields["answer"], fields)

    def _otherwise(self, node: Node) -> Given | None:
        if not isinstance(node, ScalarNode) or node.tag != _BOOL:
            self._wrong(node, "`otherwise` is yes or no.")
            return None
        name = ScalarNode(tag="", value="otherwise", start_mark=node.start_mark)
        return self._given(name, node, {})

    def _given(
        self, name: ScalarNode, word: Node | None, fields: Mapping[str, Node]
    ) -> Given | None:
        """Put an entry together; approval is what is given when no word says else."""
        by = self._text(fields["by"]) if "by" in fields else self._person
        if not by:
            self._wrong(
                name,
                f"'{name.value}' does not say who gives it: write `by:` here, or "
                "`person:` at the top, before it.",
            )
        read = True if word is None else self._word(word)
        comment = self._text(fields["comment"]) if "comment" in fields else ""
        if read is None or not by:
            return None
        return Given(
            line=_line(name), key=name.value, word=read, by=by, comment=comment
        )

    def _keep(
        self, kept: dict[str, Given], name: ScalarNode, given: Given | None
    ) -> None:
        """Keep an entry under its folded name, which has to be new."""
        key = fold(name.value)
        if key in kept:
            line = kept[key].line
            self._wrong(name, f"'{name.value}' stands in line {line} already.")
        elif given is not None:
            kept[key] = given

    def _fields(self, node: Node, what: str, known: set[str]) -> dict[str, Node]:
        """Return the values of a mapping that may have these keys only."""
        fields: dict[str, Node] = {}
        for name, value in self._entries(node, what):
            if name.value not in known:
                keys = ", ".join(sorted(known))
                self._wrong(
                    name, f"{what} has an unknown key '{name.value}' (known: {keys})."
                )
            elif name.value in fields:
                self._wrong(name, f"{what} has '{name.value}' twice.")
            else:
                fields[name.value] = value
        return fields

    def _entries(
        self, node: Node | None, what: str
    ) -> Iterator[tuple[ScalarNode, Node]]:
        """Yield the keys and values of a mapping; none where there is nothing."""
        if node is None or node.tag == _NULL:
            return
        if not isinstance(node, MappingNode):
            self._wrong(node, f"{what} has to be a mapping, `name: value` by line.")
            return
        for name, value in node.value:
            if isinstance(name, ScalarNode):
                yield name, value
            else:
                self._wrong(name, f"{what} has a key that is no text.")

    def _word(self, node: Node) -> Word | None:
        """Return an answer: a truth value, or a text with something in it."""
        if isinstance(node, ScalarNode) and node.tag == _BOOL:
            return node.value.casefold() in _TRUE
        return self._text(node) or None

    def _text(self, node: Node) -> str:
        """Return a text with something in it; empty after a mistake."""
        empty = not isinstance(node, ScalarNode) or not node.value.strip()
        if empty or node.tag == _NULL:
            self._wrong(node, "Here has to be a text, or yes or no.")
            return ""
        value: str = node.value
        return value.strip()

    def _wrong(self, node: Node, what: str) -> None:
        self._found.mistakes.append(Mistake(_line(node), what))


def _line(node: Node) -> int:
    line: int = node.start_mark.line
    return line + 1
