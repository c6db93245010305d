"""Findings: what the reader has to say about what it read, as diagnostics."""

import re
from collections.abc import Iterator

from gonogo.document.kinds import CommandRole, Use
from gonogo.document.reader.layout.codes import Code, diagnostic
from gonogo.document.reader.layout.outline import Block, Form
from gonogo.document.reader.layout.tables import missing_delimiter
from gonogo.document.reader.page import Page
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic
from gonogo.model.expectation import ExpectationKind

_CLOSING = re.compile(r"^[\s>]*(?:`{3,}|~{3,})\s*$")
_TOLD_ROLES = {CommandRole.REFERENCE, CommandRole.SAMPLE_OUTPUT, CommandRole.CONFIG}


def findings(page: Page, reading: Reading) -> Iterator[Diagnostic]:
    """Yield every diagnostic about a reading, in no order."""
    if not reading.stages:
        yield diagnostic(Code.NO_STAGES, 1)
    yield from _structure(page)
    yield from _commands(reading)
    yield from _alternatives(reading)
    yield from _shown(page, reading)
    for stated in reading.expectations:
        if stated.kind is ExpectationKind.HUMAN:
            yield diagnostic(Code.UNTESTABLE, stated.line, value=stated.value)
    for place in reading.placeholders:
        yield diagnostic(Code.PLACEHOLDER, place.line, place.column, text=place.text)


def _structure(page: Page) -> Iterator[Diagnostic]:
    for block in page.outline.blocks:
        if block.form is Form.PARAGRAPH:
            missing = missing_delimiter(block)
            if missing is not None:
                yield missing
    for block in page.fences:
        if not _is_closed(block, page.lines[block.last - 1]):
            yield diagnostic(
                Code.OPEN_FENCE, block.first, last=block.last, fence=block.mark
            )
    for number, text in enumerate(page.lines, 1):
        if "<!--" in text and "-->" not in text and _is_prose(page, number):
            yield diagnostic(Code.OPEN_COMMENT, number, text.index("<!--") + 1)
            return


def _is_closed(block: Block, last: str) -> bool:
    """Tell whether a fence ends in a line of its own marks, not in a shorter one."""
    closing = _CLOSING.match(last) and block.mark in last
    return block.last > block.first and bool(closing)


def _is_prose(page: Page, number: int) -> bool:
    return not any(b.first <= number <= b.last for b in page.fences)


def _commands(reading: Reading) -> Iterator[Diagnostic]:
    for command in reading.commands:
        if command.destructive and command.role not in _TOLD_ROLES:
            what = ", ".join(command.destructive)
            yield diagnostic(Code.DESTRUCTIVE, command.line, what=what)
        if command.why_not:
            yield diagnostic(Code.NOT_RUN, command.line, why=command.why_not)


def _alternatives(reading: Reading) -> Iterator[Diagnostic]:
    """Say once for each set of variants that one of them has to be chosen."""
    sets: dict[int, list[str]] = {}
    for command in reading.commands:
        if command.alternatives is not None:
            named = command.label or f"line {command.line}"
            sets.setdefault(command.alternatives, []).append(f"'{named}'")
    for line, labels in sets.items():
        yield diagnostic(
            Code.ALTERNATIVES, line, labels=", ".join(labels), key="platform"
        )


def _shown(page: Page, reading: Reading) -> Iterator[Diagnostic]:
    for account in reading.accounts:
        if account.use is not Use.SHOWN or account.element == "commands":
            continue
        stage, _ = page.staging.place(account.first_line)
        where = f"with the stage of line {stage}" if stage else "before the start"
        yield diagnostic(
            Code.SHOWN,
            account.first_line,
            first=account.first_line,
            last=account.last_line,
            where=where,
        )
