"""Escaping: what the world says is shown, and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gonogo.report.escaping import code, fenced, inline
from gonogo.report.markdown import closed

HOSTILE = st.text(alphabet="ab 1\\`*_[]()<>!|~&;#x/-\n\t\x00é", max_size=40)
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def shown(markdown):
    """Return the words that a reader of one paragraph sees; None for anything else."""
    tokens = PARSER.parseInline(markdown)
    kinds = {child.type for child in tokens[0].children}
    assert kinds <= {"text", "text_special"}, kinds
    return "".join(child.content for child in tokens[0].children)


@given(HOSTILE)
def test_inline_text_is_read_back_as_it_was(text):
    """Rendering the escaped text gives the text, and nothing but text."""
    flat = " ".join(text.replace("\x00", "\ufffd").split())
    assert flat == shown(inline(text)).strip()


@given(HOSTILE)
def test_cell_never_breaks_its_table(text):
    """A row with any text in it has as many cells as its head."""
    table = f"| a | b |\n| --- | --- |\n| {inline(text)} | {code(text)} |\n"
    kinds = [token.type for token in PARSER.parse(table)]
    assert 2 == kinds.count("td_open")
    assert 1 == kinds.count("tbody_open")


@given(HOSTILE)
def test_output_cannot_end_its_block(text):
    """Printed output stays within its fence, whatever it holds."""
    tokens = PARSER.parse(f"{fenced(text)}\n\nbehind\n")
    assert ["fence", "paragraph_open", "inline", "paragraph_close"] == [
        token.type for token in tokens
    ]


def test_names_and_limits_stay_readable():
    """What Markdown would not act on is not escaped."""
    assert "job_dlq < 1 % & more" == inline("job_dlq < 1 % & more")


OPEN = {
    "fence": "text\n\n```bash\nls\n",
    "only the fence": "```\n",
    "fence without an end of line": "~~~~\nx",
    "comment": "text <!-- never closed\n",
    "nothing": "text\n\n```\nls\n```\n",
    "empty": "",
}


@pytest.mark.parametrize("document", OPEN.values(), ids=OPEN)
def test_evidence_is_never_swallowed_by_what_a_document_left_open(document):
    """A heading behind the document is a heading."""
    tokens = PARSER.parse(f"{closed(document)}\n---\n\n# Evidence\n")
    assert ["h1"] == [t.tag for t in tokens if t.type == "heading_open"]
    assert closed(document).startswith(document)
