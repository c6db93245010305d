"""Rows: one part of the plan in a few lines, with the line of the document it is from."""

from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.model.operation import Operation
from gonogo.report.explained.operation import terms, written


@dataclass(frozen=True, slots=True)
class Detail:
    """
    One line below a row, behind its label.

    Attributes:
        label: What it tells: 'runs', 'expects', 'undo', …; '' goes on with the last.
        warns: It is to be looked at twice.
        verbatim: It is text that a machine or a person is handed letter by letter.
    """

    label: str
    text: str
    warns: bool = False
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the plan as it is explained; `kind` is one word in capitals."""

    line: int
    kind: str
    title: str
    details: tuple[Detail, ...] = ()


def operation_details(
    label: str, operation: Operation, *, changes: bool = True
) -> Iterator[Detail]:
    """Yield an operation line by line, and then its terms."""
    for number, line in enumerate(written(operation)):
        yield Detail("" if number else label, line, verbatim=True)
    yield Detail("", f"({terms(operation, changes=changes)})")


def verbatim(text: str) -> Iterator[Detail]:
    """Yield text line by line, as it stands."""
    return (Detail("", line, verbatim=True) for line in text.splitlines())
