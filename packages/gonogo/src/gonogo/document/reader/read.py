"""Read a document: bytes to a Reading, without any effect and without ever raising."""

from dataclasses import replace

from gonogo.document.lines import Comment, FrontMatter
from gonogo.document.reader.account import accounts
from gonogo.document.reader.boxes import read_boxes
from gonogo.document.reader.commands.commands import read_commands
from gonogo.document.reader.commands.expectations import outside_fences
from gonogo.document.reader.commands.placeholders import read_placeholders
from gonogo.document.reader.findings import findings
from gonogo.document.reader.items import read_items
from gonogo.document.reader.layout.comments import blank_comments
from gonogo.document.reader.layout.outline import Form, Outline, outline
from gonogo.document.reader.layout.source import Source, load
from gonogo.document.reader.layout.statement_walk import statements
from gonogo.document.reader.layout.tables import Table, read_table
from gonogo.document.reader.limits.fenced_limits import read_fenced
from gonogo.document.reader.limits.gates import read_gates
from gonogo.document.reader.limits.table_gates import read_table_gates
from gonogo.document.reader.limits.table_triggers import read_table_triggers
from gonogo.document.reader.limits.triggers import read_triggers
from gonogo.document.reader.page import Page, page_of
from gonogo.document.reader.people.approvals import read_approvals
from gonogo.document.reader.people.contacts import read_contacts
from gonogo.document.reader.rollbacks.rollbacks import read_rollbacks
from gonogo.document.reader.time.deadlines import read_deadlines
from gonogo.document.reader.time.waits import read_waits
from gonogo.document.reader.words.vocabulary import Phrases, Vocabulary, vocabulary
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic


def read(data: bytes, name: str, words: Phrases | None = None) -> Reading:
    """
    Return what the document in `data` says.

    Args:
        data: The file's bytes, UTF-8.
        name: How the document is called in the reading; nothing is opened.
        words: The team's own phrases, by the name of a topic.

    Returns:
        A reading of every line. What cannot be read at all has no elements and an
        error among its diagnostics; nothing is raised.
    """
    source, problems = load(data, name)
    if not source.lines:
        return Reading(name=name, digest=source.digest, diagnostics=problems)
    page, comments, told = _page(source, vocabulary(words))
    reading = _elements(page, source)
    reading = replace(reading, items=read_items(page, reading))
    reading = replace(
        reading,
        comments=comments,
        front_matter=_front_matter(page.outline),
    )
    reading = replace(reading, accounts=accounts(page, reading))
    every = sorted((*problems, *told, *findings(page, reading)))
    return replace(reading, diagnostics=tuple(every))


def _page(
    source: Source, known: Vocabulary
) -> tuple[Page, tuple[Comment, ...], tuple[Diagnostic, ...]]:
    lines, tree = source.lines, outline(source.lines)
    comments: tuple[Comment, ...] = ()
    if "<!--" in source.text:
        lines, comments = blank_comments(lines, _shielded(tree))
        tree = outline(lines)
    said = statements(tree, lines, known)
    tables, told = _tables(tree, lines)
    page = page_of(lines, tree, said, tables)
    return page, comments, told


def _shielded(tree: Outline) -> frozenset[int]:
    forms = {Form.FENCE, Form.CODE, Form.FRONT_MATTER}
    return frozenset(
        number
        for block in tree.blocks
        if block.form in forms
        for number in range(block.first, block.last + 1)
    )


def _tables(
    tree: Outline, lines: tuple[str, ...]
) -> tuple[dict[int, Table], tuple[Diagnostic, ...]]:
    tables: dict[int, Table] = {}
    told: list[Diagnostic] = []
    for index, block in enumerate(tree.blocks):
        if block.form is Form.TABLE:
            tables[index], problems = read_table(block, index, lines)
            told += problems
    return tables, tuple(told)


def _elements(page: Page, source: Source) -> Reading:
    boxes = read_boxes(page)
    commands = read_commands(page)
    stated = [e for c in commands for e in c.expectations]
    limits, alerts = read_fenced(page)
    triggers = (*read_triggers(page, boxes), *read_table_triggers(page), *alerts)
    gates = (*read_gates(page, boxes), *read_table_gates(page), *limits)
    return Reading(
        name=source.name,
        digest=source.digest,
        text=source.text,
        stages=page.staging.stages,
        substages=page.staging.substages,
        commands=commands,
        expectations=tuple(
            sorted([*stated, *outside_fences(page)], key=lambda e: e.line)
        ),
        boxes=boxes,
        gates=tuple(sorted(gates, key=lambda g: g.line)),
        waits=read_waits(page),
        rollbacks=read_rollbacks(page),
        triggers=tuple(sorted(triggers, key=lambda t: t.line)),
        approvals=read_approvals(page, boxes),
        contacts=read_contacts(page),
        placeholders=read_placeholders(page),
        deadlines=read_deadlines(page),
    )


def _front_matter(tree: Outline) -> FrontMatter | None:
    for block in tree.blocks[:1]:
        if block.form is Form.FRONT_MATTER:
            return FrontMatter(line=block.first, last_line=block.last, text=block.text)
    return None
