"""
Work: which statements are something to do, and which are told or looked up.

Boxes, numbered steps and scripts make a section procedural; tables of facts, prose and
code for reading do not.
"""

from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.outline import Outline
from gonogo.document.reader.layout.statements import Shape, Statement

_SHELLS = frozenset({"bash", "sh", "shell", "zsh", "console", "powershell", "sql"})


def is_work(statement: Statement) -> bool:
    """Tell whether something is to be done there ('**Status**: done' is told only)."""
    if statement.mark or statement.number:
        return True
    if statement.shape in {Shape.FENCE, Shape.TABLE}:
        return True
    return statement.shape is Shape.ITEM and split_label(statement.raw) is None


def is_facts(statement: Statement, lists: frozenset[int]) -> bool:
    """Tell whether a table is looked up, not gone through."""
    return statement.shape is Shape.TABLE and statement.block not in lists


def is_prose(statement: Statement) -> bool:
    """Tell whether a paragraph tells what a named part is, beyond '**Status:** done'."""
    return statement.shape is Shape.PARAGRAPH and split_label(statement.raw) is None


def is_by_hand(statement: Statement, outline: Outline) -> bool:
    """Tell whether it is a box, a numbered step or a script to work through."""
    if statement.mark or statement.number:
        return True
    language = outline.blocks[statement.block].info.split(" ")[0].strip("{.}").lower()
    return statement.shape is Shape.FENCE and language in _SHELLS
