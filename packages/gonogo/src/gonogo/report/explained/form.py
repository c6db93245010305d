"""
The form of a line: what a person recognises it by, before anything is understood.

It only decides how the line is set; the text stays as the team wrote it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What a line looks like in Markdown."""

    HEADING = "heading"
    CODE = "code"
    TABLE = "table"
    BOX = "box"
    ITEM = "item"
    QUOTE = "quote"
    RULE = "rule"
    COMMENT = "comment"
    BLANK = "blank"
    PROSE = "prose"


# Elements of the account that say what a line is; the others are told by their text.
_OF_ELEMENT = {
    "blank": Form.BLANK,
    "rule": Form.RULE,
    "code": Form.CODE,
    "front_matter": Form.CODE,
    "plan": Form.CODE,
    "table": Form.TABLE,
    "comment": Form.COMMENT,
}
_OF_TEXT = (
    (re.compile(r"\s*$"), Form.BLANK),
    (re.compile(r"\s*\|"), Form.TABLE),
    (
        re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\](?:\s|$)|\s*[-*+]?\s*[☐☑☒]"),
        Form.BOX,
    ),
    (re.compile(r"\s*(?:[-*+]|\d+[.)])\s"), Form.ITEM),
    (re.compile(r"\s*>"), Form.QUOTE),
    (re.compile(r"\s*<!--"), Form.COMMENT),
)
_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the document; `level` is that of a heading, else 0."""

    number: int
    text: str
    form: Form
    level: int = 0


def line_of(number: int, text: str, element: str, *, fenced: bool) -> Line:
    """
    Return a line with its form.

    Args:
        number: 1-based.
        text: Without its end.
        element: What stands there, by the account.
        fenced: It belongs to a fenced block.
    """
    if fenced:
        return Line(number, text, Form.CODE)
    if element in _OF_ELEMENT:
        return Line(number, text, _OF_ELEMENT[element])
    heading = _HEADING.match(text)
    if heading:
        return Line(number, text, Form.HEADING, len(heading[1]))
    form = next((form for lead, form in _OF_TEXT if lead.match(text)), Form.PROSE)
    return Line(number, text, form)
