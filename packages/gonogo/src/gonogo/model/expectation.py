"""An expectation: what a command or a check should give."""

from dataclasses import dataclass
from enum import StrEnum


class ExpectationKind(StrEnum):
    """How an expected result is compared with what came back."""

    EXACT = "exact"
    CONTAINS = "contains"
    JSON = "json"
    NUMBER = "number"
    COMPARATOR = "comparator"
    HTTP_STATUS = "http_status"
    ROWS = "rows"
    ABSENCE = "absence"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """
    What should come back, as the document states it.

    Attributes:
        line: Where the document states it (1-based).
        value: The statement without its lead ('OVERALL: HEALTHY', '1 row', '> 0').
            For `HUMAN` it is shown to a person, who judges.
    """

    line: int
    kind: ExpectationKind
    value: str
