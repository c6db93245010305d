"""The report as Markdown: the filled document, and behind it the evidence."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from markdown_it import MarkdownIt

from gonogo.report.blocks import (
    Anchor,
    Block,
    Code,
    Fold,
    Line,
    Mark,
    Paragraph,
    Ref,
    Section,
    Span,
    Spark,
    Strong,
    Table,
    Text,
)
from gonogo.report.escaping import code, fenced, inline
from gonogo.report.wording import MARKS

_INTRODUCTION = (
    "What follows was not written by people. Each statement names the records of the "
    "journal that prove it; lines are those of the document above."
)


def markdown_report(document: str, sections: Sequence[Section]) -> str:
    """Return the filled document with its evidence behind it."""
    evidence = "\n".join(_section(section) for section in sections)
    return f"{closed(document)}\n---\n\n# Evidence\n\n{_INTRODUCTION}\n\n{evidence}"


def closed(document: str) -> str:
    """Return a document with what it left open closed, so that more can follow."""
    text = (
        document if document.endswith(("\n", "\r")) or not document else f"{document}\n"
    )
    if text.rfind("<!--") > text.rfind("-->"):
        text = f"{text}-->\n"
    tokens = MarkdownIt("commonmark").parse(text)
    last = next((t for t in reversed(tokens) if t.type == "fence"), None)
    if last is None or last is not tokens[-1] or last.map is None:
        return text
    ending = text.rstrip().splitlines()[-1].strip()
    shut = last.map[1] - last.map[0] > 1 and not ending.strip(last.markup[0])
    return (
        text if shut and len(ending) >= len(last.markup) else f"{text}{last.markup}\n"
    )


def _section(section: Section) -> str:
    body = "\n\n".join(_block(block) for block in section.blocks)
    return f"## {section.title}\n\n{body}\n"


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            words = _text(block.text)
            return f"> ⚠ {words}" if block.loud else words
        case Table():
            return "\n".join(_table(block))
        case Fold():
            return (
                f"<details><summary>{_summary(block.summary)}</summary>\n\n"
                f"{fenced(block.output)}\n\n</details>"
            )
        case _:
            assert_never(block)


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(table.head)} |"
    yield f"|{' --- |' * len(table.head)}"
    for row in table.rows:
        yield f"| {' | '.join(_text(cell) for cell in row)} |"


def _text(text: Text) -> str:
    return "".join(_span(span) for span in text).strip()


def _span(span: Span) -> str:  # noqa: PLR0911  # one for each kind
    match span:
        case str():
            return _words(span)
        case Ref():
            return f"[#{span.seq}](#seq-{span.seq})"
        case Anchor():
            return f'<a id="seq-{span.seq}"></a>{span.seq}'
        case Line():
            return f"line {span.number}"
        case Strong():
            return f"**{inline(span.text)}**"
        case Code():
            return code(span.text)
        case Mark():
            return MARKS[span.outcome]
        case Spark():
            return code(span.line)
        case _:
            assert_never(span)


def _words(words: str) -> str:
    """Escape words, keeping a blank at either end: it parts them from what is next."""
    before = " " if words[:1].isspace() else ""
    behind = " " if words[-1:].isspace() and words.strip() else ""
    return f"{before}{inline(words)}{behind}"


def _summary(text: Text) -> str:
    """Write a summary: within an HTML block nothing is Markdown."""
    parts = (
        f'<a href="#seq-{span.seq}">#{span.seq}</a>'
        if isinstance(span, Ref)
        else _html(span)
        for span in text
    )
    return "".join(parts).strip()


def _html(span: Span) -> str:
    words = span if isinstance(span, str) else ""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", " ")
