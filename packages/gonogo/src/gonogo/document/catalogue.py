"""The catalogue: every code that a diagnostic can carry, with its rule, in order."""

from collections.abc import Mapping

from gonogo.document import codes
from gonogo.document.advice import codes as advice
from gonogo.document.planfile import codes as planfile
from gonogo.document.reader.layout import codes as reader
from gonogo.document.rule import Rule

RULES: Mapping[str, Rule] = {
    code.value: rule
    for table in (reader.RULES, codes.RULES, advice.RULES, planfile.RULES)
    for code, rule in sorted(table.items(), key=lambda each: each[0].value)
}
"""Every rule by its code."""
