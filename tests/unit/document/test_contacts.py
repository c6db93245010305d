"""Contacts: which lines name somebody to call."""

import pytest

from gonogo.document.reader.read import read


def names(text):
    """Return line and name of every contact of a document."""
    return [(c.line, c.name) for c in read(text.encode(), "x").contacts]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("- Lead: Jane Doe", "Jane Doe"),
        ("- #deploys", "#deploys"),
        ("1. CTO (critical incidents)", "CTO (critical incidents)"),
        ("- Level 1: Development team", "Development team"),
        ("**Release Manager**: Jane (@jane)", "Jane (@jane)"),
        ("For help contact #platform-oncall.", "For help contact #platform-oncall."),
        ("On-call → Team lead → CTO", "On-call → Team lead → CTO"),
    ],
)
def test_a_line_under_contacts_names_somebody(line, name):
    """Roles, handles, channels and paths of escalation are contacts."""
    assert [(5, name)] == names(f"# R\n\n## Contacts\n\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "- Fix report: `/docs/REPORT.md`",
        "- User guide: https://docs.corp.example/guide",
        "- Security breach",
        "- Data loss",
        "- [ ] Review access logs",
        "**Last updated**: 2031-04-05",
        "**Owner:** Platform team",
    ],
)
def test_other_lines_under_contacts_call_nobody(line):
    """Files, events, tasks and a document's foot are no contacts."""
    assert [] == names(f"# R\n\n## Support and escalation\n\n{line}\n")


def test_a_role_with_a_handle_is_a_contact_anywhere():
    """'Release lead: @kim' needs no title; a name alone does."""
    assert [(3, "@kim")] == names("# R\n\n- Release lead: @kim\n- DBA: Jo\n")


def test_fields_under_a_title_are_one_contact():
    """'Name', 'Phone' and 'Email' of one person are one contact; a name opens the next."""
    text = "## Contacts\n\n- Name: Ann\n- Phone: 1\n- Name: Bo\n- Email: b@x.example\n"
    assert [(3, "Ann"), (5, "Bo")] == names(text)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("- Release owner: @kim (or a stand-in)", "@kim (or a stand-in)"),
        ("- On-call for the way back: Backend lead", "Backend lead"),
    ],
)
def test_owners_are_contacts_beside_those_who_approve(line, name):
    """A title of owners and approvals has both."""
    assert [(3, name)] == names(f"## Owners and approvals\n\n{line}\n")
    assert [] == names(f"## Approvals\n\n{line}\n")


def test_duties_of_those_on_call_are_no_contacts():
    """What they have to do names nobody to call."""
    text = (
        "## On-call\n\n**On-call responsibilities:**\n\n- Hand over to next on-call\n"
    )
    assert [] == names(text)


def test_what_was_done_about_contacts_names_nobody():
    """A table of tasks with their status is no list of people."""
    table = "| Item | Owner | Status |\n|-|-|-|\n| Paths documented | Lead | ok |"
    assert [] == names(f"## Contact framework\n\n{table}\n")
