"""
The evidence: what the journal proves, each claim with the records that prove it.

It claims no more than is recorded: a person's word is told as their word, a gate that
was never measured as never measured, and an unfinished rollout as unfinished.
"""

from gonogo.report.blocks import Anchor, Paragraph, Section, Table, refs, text
from gonogo.report.evidence_actions import actions_section, checks_section
from gonogo.report.evidence_amendments import amendments_section
from gonogo.report.evidence_gates import gates_section
from gonogo.report.evidence_outcome import identity_section, outcome_section
from gonogo.report.evidence_people import (
    answers_section,
    approvals_section,
    control_section,
    incident_section,
    pauses_section,
    rejected_section,
)
from gonogo.report.evidence_rollback import rollback_section
from gonogo.report.evidence_stages import stages_section
from gonogo.report.history import History
from gonogo.report.sentences import sentence_of
from gonogo.report.wording import instant_text


def evidence_of(history: History) -> tuple[Section, ...]:
    """Return the sections of the evidence, in order; the last is the journal."""
    sections = (
        outcome_section(history),
        rollback_section(history),
        identity_section(history),
        amendments_section(history),
        stages_section(history),
        gates_section(history),
        approvals_section(history),
        answers_section(history),
        checks_section(history),
        actions_section(history),
        incident_section(history),
        pauses_section(history),
        control_section(history),
        rejected_section(history),
        journal_section(history),
    )
    return tuple(section for section in sections if section.blocks)


def journal_section(history: History) -> Section:
    """Return every record with one sentence; pointers of the report lead here."""
    rows = tuple(
        (
            (Anchor(record.seq),),
            (instant_text(record.at),),
            (type(record.event).__name__,),
            (sentence_of(record.event),),
        )
        for record in history.records
    )
    last = history.records[-1]
    note = text(
        f"{len(rows)} records, ",
        refs(history.records[0].seq),
        " to ",
        refs(last.seq),
        ", in the time of the plan (UTC). `gonogo journal verify` checks the chain.",
    )
    table = Table(head=("#", "Plan time", "Event", "What it says"), rows=rows)
    return Section(id="journal", title="Journal", blocks=(Paragraph(text=note), table))
