"""
The codes of the reader's diagnostics: one table, from which the page is written too.

`GNG1xx` is the reader's range. A code keeps its meaning for ever; a rule that goes
leaves its number unused.
"""

from enum import StrEnum

from gonogo.document.rule import Rule
from gonogo.model.diagnostic import Diagnostic, Severity


class Code(StrEnum):
    """What the reader can have to say about a document."""

    EMPTY = "GNG101"
    NOT_UTF8 = "GNG102"
    BINARY = "GNG103"
    UNREADABLE = "GNG104"
    TABLE_WIDTH = "GNG110"
    TABLE_DELIMITER = "GNG111"
    OPEN_FENCE = "GNG112"
    OPEN_COMMENT = "GNG113"
    NO_STAGES = "GNG120"
    SHOWN = "GNG130"
    NOT_RUN = "GNG131"
    ALTERNATIVES = "GNG132"
    DESTRUCTIVE = "GNG133"
    PLACEHOLDER = "GNG134"
    UNTESTABLE = "GNG135"


RULES: dict[Code, Rule] = {
    Code.EMPTY: Rule(
        Severity.ERROR,
        "Empty document",
        "The document is empty.",
        "Write the procedure, or name another file.",
    ),
    Code.NOT_UTF8: Rule(
        Severity.ERROR,
        "Unreadable document",
        "The file is no UTF-8 text (byte {byte}).",
        "Save it as UTF-8.",
    ),
    Code.BINARY: Rule(
        Severity.ERROR,
        "Binary file",
        "The file holds control characters as no text does.",
        "Name the Markdown file, not an archive or an image.",
    ),
    Code.UNREADABLE: Rule(
        Severity.ERROR,
        "File that cannot be read",
        "The file cannot be read: {why}.",
        "Name a Markdown file that is there and may be read.",
    ),
    Code.TABLE_WIDTH: Rule(
        Severity.WARNING,
        "Broken table row",
        "Cells in this row: {cells}; in the header of its table: {columns}.",
        "Make them {columns}; write a pipe inside a cell as \\|.",
    ),
    Code.TABLE_DELIMITER: Rule(
        Severity.WARNING,
        "Table without its delimiter row",
        "These rows look like a table, but no row of dashes stands below the header.",
        "Put a row such as {example} below the first row.",
    ),
    Code.OPEN_FENCE: Rule(
        Severity.WARNING,
        "Fence without an end",
        "The fenced block is not closed; everything to line {last} belongs to it.",
        "Close it with a line of {fence}.",
    ),
    Code.OPEN_COMMENT: Rule(
        Severity.WARNING,
        "Comment without an end",
        "The HTML comment is not closed.",
        "Close it with -->.",
    ),
    Code.NO_STAGES: Rule(
        Severity.WARNING,
        "No stages",
        "No ordered part of a procedure was found.",
        "Give each part a heading, such as '## Stage 1: Enable for 5 %'.",
    ),
    Code.SHOWN: Rule(
        Severity.INFO,
        "Prose",
        "Shown to people {where}, to line {last}; nothing runs from it.",
        "Nothing, if that is what you mean.",
    ),
    Code.NOT_RUN: Rule(
        Severity.INFO,
        "Block that does not run",
        "The block is shown, not run. {why}",
        "Tag it, fill it in or split it, if it is to run.",
    ),
    Code.ALTERNATIVES: Rule(
        Severity.INFO,
        "Alternatives",
        "This block is one of the variants {labels}; exactly one of them runs.",
        "Say which in a binding: variants: {{{key}: NAME}}.",
    ),
    Code.DESTRUCTIVE: Rule(
        Severity.WARNING,
        "Destructive command",
        "The block holds {what}; it is asked for once more, by name.",
        "Make sure that it is meant; what it removes no rollback brings back.",
    ),
    Code.PLACEHOLDER: Rule(
        Severity.INFO,
        "Open placeholder",
        "{text} has to be filled in.",
        "Give it a value in a binding, or write the value here.",
    ),
    Code.UNTESTABLE: Rule(
        Severity.INFO,
        "Expectation for a person",
        "No machine can check '{value}'; a person is asked.",
        "State a status, a number, a text or a JSON value, if there is one.",
    ),
}


def diagnostic(code: Code, line: int, column: int = 1, **facts: object) -> Diagnostic:
    """Return the diagnostic of `code` at a place, its templates filled with `facts`."""
    rule = RULES[code]
    return rule.said(code.value, line=line, column=column, facts=facts)
