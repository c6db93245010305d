"""Operators: each performs one kind of operation, or looks through it."""

from gonogo.adapters.operators.redaction import Redactor, SecretTooShort
from gonogo.adapters.operators.registry import RedactingOperator, all_operators
from gonogo.adapters.operators.values import UnresolvedValue, Values

__all__ = [
    "RedactingOperator",
    "Redactor",
    "SecretTooShort",
    "UnresolvedValue",
    "Values",
    "all_operators",
]
