"""
Prompts: what users wrote goes into a prompt as data, and stays data.

    fields = Fields({"name": FieldRule(), "notes": FieldRule(chars_max=2000, lines=True)})
    prompt = fields.prompt()
    text = f"{prompt.instructions} Summarize: {prompt.data('notes', contact.notes)}"

Values are normalized, freed of what nobody sees, cut, and marked with a mark that is
new for each prompt. `QueryShape` checks the other direction: a query that a model wrote.
"""

from hardening.prompts.errors import ForbiddenQuery, PromptError, UnknownField
from hardening.prompts.events import FieldChanged, FieldRefused, PromptEvent
from hardening.prompts.field import Cleaned, FieldRule, clean
from hardening.prompts.marking import Marking
from hardening.prompts.prompt import FieldReport, Fields, Prompt
from hardening.prompts.query import (
    Column,
    Condition,
    Operator,
    Order,
    Query,
    QueryShape,
    ValueType,
)

__all__ = [
    "Cleaned",
    "Column",
    "Condition",
    "FieldChanged",
    "FieldRefused",
    "FieldReport",
    "FieldRule",
    "Fields",
    "ForbiddenQuery",
    "Marking",
    "Operator",
    "Order",
    "Prompt",
    "PromptError",
    "PromptEvent",
    "Query",
    "QueryShape",
    "UnknownField",
    "ValueType",
    "clean",
]
