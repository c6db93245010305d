"""The report of a rollout: the filled document and its evidence, in two forms."""

from collections.abc import Sequence
from dataclasses import dataclass

from gonogo.model.record import Record
from gonogo.report.evidence import evidence_of
from gonogo.report.filled import filled_from, reading_of
from gonogo.report.history import history_of
from gonogo.report.html import html_report
from gonogo.report.markdown import markdown_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    What a rollout leaves for people.

    Attributes:
        markdown: The filled document, and the evidence behind it.
        html: The same as one file that loads nothing.
    """

    markdown: str
    html: str


def report_of(records: Sequence[Record]) -> Report:
    """
    Return the report of a rollout; an interim one while it is not over.

    Args:
        records: The whole journal of one rollout, oldest first.

    Raises:
        EmptyJournal: There are no records.
        ValueError: They do not begin with the start of a rollout.
    """
    history = history_of(records)
    reading = reading_of(history)
    filled = filled_from(history, reading)
    sections = evidence_of(history)
    return Report(
        markdown=markdown_report(filled, sections),
        html=html_report(history, reading, filled, sections),
    )
