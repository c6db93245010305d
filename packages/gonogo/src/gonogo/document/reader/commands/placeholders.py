"""Placeholders: what a person must fill in before a line means anything."""

from collections.abc import Iterator

from gonogo.document.reader.commands.placeholder_forms import Hits, in_code, in_prose
from gonogo.document.reader.layout.outline import Block, Form
from gonogo.document.reader.page import Page
from gonogo.document.reading import Placeholder


def read_placeholders(page: Page) -> tuple[Placeholder, ...]:
    """Return every placeholder of the page, in order, one for each time it stands."""
    found: list[Placeholder] = []
    covered: set[int] = set()
    for block in page.outline.blocks:
        lines = range(block.first, block.last + 1)
        if block.form is Form.FRONT_MATTER and "gonogo:" in block.text:
            # A list in the bindings, `Dev Lead: [alok]`, is not there to be filled in.
            covered.update(lines)
        if block.form in {Form.FENCE, Form.CODE}:
            found += _in_block(page, block)
            covered.update(lines)
    for line, text in enumerate(page.lines, 1):
        if line not in covered:
            found += _placed(page, line, in_prose(text), None)
    return tuple(sorted(found, key=lambda p: (p.line, p.column)))


def _in_block(page: Page, block: Block) -> Iterator[Placeholder]:
    lang = block.info.split()[0].lower() if block.info else ""
    for line in range(block.first + (block.form is Form.FENCE), block.last + 1):
        hits = in_code(page.lines[line - 1], lang)
        yield from _placed(page, line, hits, block.first)


def _placed(
    page: Page,
    line: int,
    hits: Hits,
    command: int | None,
) -> Iterator[Placeholder]:
    for start, text in hits:
        yield Placeholder(
            line=line,
            text=text,
            column=start + 1,
            command_line=command,
            **page.place(line),
        )
