"""
Blocks: the evidence as paragraphs, tables and folds, before it is Markdown or HTML.

Text from the world stays plain here, and each renderer escapes it in its own way: no
part of the evidence is ever written as mark-up.
"""

from dataclasses import dataclass

from gonogo.model.verdict import Outcome


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to the record that bears witness."""

    seq: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place that pointers to a record lead to."""

    seq: int


@dataclass(frozen=True, slots=True)
class Line:
    """A pointer to a line of the document."""

    number: int


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that must not be overlooked."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A digest or a name that is compared letter by letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Spark:
    """A course as one line of characters, and the same in words."""

    line: str
    words: str


Span = str | Ref | Anchor | Line | Strong | Code | Mark | Spark
Text = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; a loud one is what a person has to act on."""

    text: Text
    loud: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; every row is as long as its head."""

    head: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Printed output that is shown when wanted."""

    summary: Text
    output: str


Block = Paragraph | Table | Fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the evidence under a heading; `id` is its anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def refs(*seqs: int | None) -> Text:
    """Return pointers to records, each once, with blanks between."""
    known = dict.fromkeys(seq for seq in seqs if seq is not None)
    spans: list[Span] = []
    for seq in known:
        spans += [" ", Ref(seq)] if spans else [Ref(seq)]
    return tuple(spans)


def text(*spans: Span | Text | None) -> Text:
    """Join spans and texts into one text; None and '' vanish."""
    flat: list[Span] = []
    for span in spans:
        flat.extend(span if isinstance(span, tuple) else (span,) if span else ())
    return tuple(flat)
