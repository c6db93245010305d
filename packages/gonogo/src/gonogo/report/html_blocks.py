"""The evidence's blocks as HTML; every word from the world is escaped here."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import assert_never

from gonogo.model.verdict import Outcome
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

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")

# A sign and a word, so that the colour is never all there is.
SIGNS = {
    Outcome.PASS: "✓ pass",
    Outcome.FAIL: "✗ fail",
    Outcome.ERROR: "! error",
    Outcome.INCONCLUSIVE: "? inconclusive",
}


def section_html(section: Section) -> str:
    """Return a section under its heading."""
    body = "\n".join(block_html(block) for block in section.blocks)
    name = escape(section.id)
    return (
        f'<section aria-labelledby="{name}">\n'
        f'<h2 id="{name}">{escape(section.title)}</h2>\n{body}\n</section>'
    )


def block_html(block: Block) -> str:
    """Return one block."""
    match block:
        case Paragraph():
            words = text_html(block.text)
            if not block.loud:
                return f"<p>{words}</p>"
            return f'<p class="loud"><span aria-hidden="true">⚠ </span>{words}</p>'
        case Table():
            return _table(block.head, (map(text_html, row) for row in block.rows))
        case Fold():
            summary, output = text_html(block.summary), escape(block.output)
            return (
                f"<details><summary>{summary}</summary>"
                f"<pre><code>{output}</code></pre></details>"
            )
        case _:
            assert_never(block)


def text_html(text: Text) -> str:
    """Return a text."""
    return "".join(map(_span, text)).strip()


def mark_html(outcome: Outcome) -> str:
    """Return a verdict as a badge."""
    return f'<span class="mark {outcome.value}">{SIGNS[outcome]}</span>'


def ref_html(seq: int) -> str:
    """Return a link to a record."""
    label = f"Record {seq} of the journal"
    return f'<a class="ref" href="#seq-{seq}" title="{label}">#{seq}</a>'


def _span(span: Span) -> str:  # noqa: PLR0911  # one for each kind
    match span:
        case str():
            return _TIME.sub(r"<time>\g<0></time>", escape(span))
        case Ref():
            return ref_html(span.seq)
        case Anchor():
            return f'<span class="seq" id="seq-{span.seq}">{span.seq}</span>'
        case Line():
            number = span.number
            return f'<a class="line" href="#L{number}">line {number}</a>'
        case Strong():
            return f"<strong>{escape(span.text)}</strong>"
        case Code():
            return f"<code>{escape(span.text)}</code>"
        case Mark():
            return mark_html(span.outcome)
        case Spark():
            words = escape(span.words)
            return f'<span role="img" aria-label="{words}">{escape(span.line)}</span>'
        case _:
            assert_never(span)


def _table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )
