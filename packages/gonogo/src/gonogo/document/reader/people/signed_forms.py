"""Signed forms: the places of a document where people sign."""

from gonogo.document.reader.layout.statements import Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic


def is_in_form(page: Page, statement: Statement) -> bool:
    """Tell whether a line stands under a title that has people sign or approve."""
    near = page.nearest(statement, Topic.APPROVAL, Topic.CONTACT, Topic.RECORD)
    return near is Topic.APPROVAL
