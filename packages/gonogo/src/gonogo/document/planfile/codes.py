"""
The codes of plan files (`GNG5xx`): one table.

What a plan file shares with bindings (an unknown key, say) has the code it has there.
"""

from collections.abc import Mapping
from enum import StrEnum

from gonogo.document.bindings.bound import Place
from gonogo.document.rule import Rule
from gonogo.model.diagnostic import Diagnostic, Severity


class Code(StrEnum):
    """What the reader of plan files can have to say."""

    NO_PLAN = "GNG501"
    REPEATED_NAME = "GNG502"
    UNKNOWN_GATE = "GNG503"
    UNFIT_LIMIT = "GNG504"
    DIGEST_DIFFERS = "GNG505"


RULES: Mapping[Code, Rule] = {
    Code.NO_PLAN: Rule(
        Severity.ERROR,
        "No plan",
        "There is no plan here: {why}.",
        "Write title, service, environment and stages; `gonogo compile` of a document "
        "shows a plan.",
    ),
    Code.REPEATED_NAME: Rule(
        Severity.ERROR,
        "Name given twice",
        "'{name}' is taken: line {first} has it.",
        "Give one of the two another {key}.",
    ),
    Code.UNKNOWN_GATE: Rule(
        Severity.ERROR,
        "Unknown gate",
        "No gate has the id '{name}'.{hint}",
        "Name a gate of a stage, or of the triggers, by its id.",
    ),
    Code.UNFIT_LIMIT: Rule(
        Severity.ERROR,
        "Limit that does not fit its comparator",
        "With '{comparator}' the condition needs {needs}.",
        "Write it as {example}.",
    ),
    Code.DIGEST_DIFFERS: Rule(
        Severity.ERROR,
        "Digest of another plan",
        "The plan was changed after its digest was taken: it is {actual} now.",
        "Take the digest out, if the change is meant; or put the plan back.",
    ),
}


def diagnostic(code: Code, at: Place, **facts: object) -> Diagnostic:
    """Return the diagnostic of `code` at a place, its templates filled with `facts`."""
    return RULES[code].said(
        code.value, line=at.line, column=at.column, path=at.path or None, facts=facts
    )
