"""
Reports: a rollout as people read it, while it runs and when it is over.

`status_of` says where a rollout stands, `report_of` proves what it did. Pure: state
and records in, values and text out.
"""

from gonogo.report.filled import filled_document
from gonogo.report.history import EmptyJournal
from gonogo.report.report import Report, report_of
from gonogo.report.sentences import sentence_of
from gonogo.report.status import Status, status_of
from gonogo.report.status_json import status_as_json

__all__ = [
    "EmptyJournal",
    "Report",
    "Status",
    "filled_document",
    "report_of",
    "sentence_of",
    "status_as_json",
    "status_of",
]
