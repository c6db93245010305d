"""Reading a script: its lines, or its YAML, become rules; every mistake is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gonogo.document.nodes import Items, Leaf, Node, NoTree, Table
from gonogo.document.tree import tree
from gonogo.model.plan import Plan
from gonogo.simulation.script.line import rule_of
from gonogo.simulation.script.mistakes import Mistake, Unclear, WorldInvalid
from gonogo.simulation.script.rules import Rule

_YAML = (".yaml", ".yml", ".json")
_SHORTEN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of a script and where it stands; `line` 0: it is the only one."""

    file: str
    line: int
    text: str


def read_script(texts: Sequence[Text], plan: Plan) -> tuple[Rule, ...]:
    """
    Return what the lines say, in their order: of two that apply, the later counts.

    Raises:
        WorldInvalid: With every mistake in them.
    """
    rules: list[Rule] = []
    mistakes: list[Mistake] = []
    for text in texts:
        try:
            rules.append(rule_of(text.text, plan))
        except Unclear as unclear:
            mistakes.append(_mistake(text, unclear))
    if mistakes:
        raise WorldInvalid(mistakes)
    return tuple(rules)


def _mistake(text: Text, unclear: Unclear) -> Mistake:
    return Mistake(
        file=text.file,
        line=text.line,
        text=text.text if len(text.text) <= _SHORTEN else "",
        column=unclear.start,
        length=max(unclear.end - unclear.start, 1),
        what=unclear.what,
        allowed=unclear.allowed,
    )


def texts_of(content: str, *, file: str) -> tuple[Text, ...]:
    """
    Return the lines of a script file: plain text, or YAML by its suffix.

    In plain text an empty line, and one that begins with `#`, says nothing; nor does
    what stands behind ` #`. In YAML it is a list of such lines, by itself or under
    `world`; a mapping in the list is a line in pieces: `{action: Deploy, takes: 1h}`.

    Raises:
        WorldInvalid: The YAML is broken, or is no list of lines.
    """
    if file.lower().endswith(_YAML):
        return tuple(_of_yaml(content, file))
    lines = enumerate(content.splitlines(), start=1)
    told = ((number, line.partition(" #")[0].strip()) for number, line in lines)
    return tuple(
        Text(file=file, line=number, text=line)
        for number, line in told
        if line and not line.startswith("#")
    )


def _of_yaml(content: str, file: str) -> Iterator[Text]:
    try:
        node = tree(content)
    except NoTree as broken:
        raise _refused(file, broken.line, f"{broken.problem}.") from broken
    if isinstance(node, Table) and [key.text for key, _ in node.entries] == ["world"]:
        node = node.entries[0][1]
    if node is None or (isinstance(node, Leaf) and node.null):
        return
    if not isinstance(node, Items):
        what = "a script is a list of lines."
        raise _refused(file, node.line, what, "- probe down for 10 minutes")
    for item in node.items:
        yield Text(file=file, line=item.line, text=_line(item, file))


def _line(item: Node, file: str) -> str:
    if isinstance(item, Leaf):
        return " ".join(item.text.split())
    if isinstance(item, Table):
        return " ".join(_pieces(item, file))
    raise _refused(file, item.line, "a line is a text, or a mapping of its words.")


def _pieces(item: Table, file: str) -> Iterator[str]:
    for number, (key, value) in enumerate(item.entries):
        if not isinstance(value, Leaf):
            raise _refused(file, value.line, f"'{key.text}' takes words.")
        text = " ".join(value.text.split())
        names = number == 0 and len(item.entries) > 1 and "'" not in text
        yield key.text
        if text:
            yield f"'{text}'" if names else text


def _refused(file: str, line: int, what: str, allowed: str = "") -> WorldInvalid:
    mistake = Mistake(
        file=file, line=line, text="", column=0, length=1, what=what, allowed=allowed
    )
    return WorldInvalid([mistake])
