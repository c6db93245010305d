"""Approvals: which lines have a person say yes, and who."""

import pytest

from gonogo.document.reader.read import read


def roles(text):
    """Return line and role of every approval of a document."""
    return [(a.line, a.role) for a in read(text.encode(), "x").approvals]


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("[ ] Change request approved by CAB", "CAB"),
        ("[ ] Obtain approval from the DBA", "DBA"),
        ("[ ] Legal sign-off", "Legal"),
        ("[ ] QA team has signed off on staging", "QA team"),
        ("[ ] Change window approved", None),
        ("[ ] Final go/no-go meeting held", None),
        ("[ ] Team lead confirms go", "Team lead"),
        ("[ ] Aprobación del responsable obtenida", "responsable"),
        ("Do not proceed until the release manager confirms.", "release manager"),
        ("Proceed only after QA sign-off.", "QA"),
        ("For production, approve the manual gate", None),
        ("Once approved, merge the change", None),
        ("Type `approve` in the comment", None),
        ("Merge requires 2 approving reviews", None),
        ("**Go/No-Go Decision Point:** Deployment Lead says yes", "Deployment Lead"),
        ("Decision maker: Release captain", "Release captain"),
    ],
)
def test_a_sentence_has_somebody_approve(sentence, role):
    """Consent obtained, waited for or named is an approval of whom it names."""
    assert [(3, role)] == roles(f"## Step 1\n\n- {sentence}\n")


@pytest.mark.parametrize(
    "sentence",
    [
        "[ ] Verify the approval workflow works",
        "[ ] Sign-off page loads",
        "The approval process is described elsewhere.",
        "Run it with -auto-approve",
        "All tags are signed tags",
        "[ ] Consent withdrawal fields are audited",
        "**Go/No-Go Criteria:** all checks pass",
    ],
)
def test_what_only_speaks_of_approval_asks_nobody(sentence):
    """Parts of a product and descriptions are no consent."""
    assert [] == roles(f"## Step 1\n\n- {sentence}\n")


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("- [ ] **Data Owner**: ____________ Date: ____", "Data Owner"),
        ("- [ ] **QA:** regression suite is through", "QA"),
        ("- [ ] Security (@sec)", "Security"),
        ("- [ ] DevOps Team", "DevOps Team"),
        ("**Verification completed by:** ________", None),
        ("- [ ] **Week 1 review**: _________ Date: ____", None),
        ("Engineering Lead: _________ Date: ____", "Engineering Lead"),
        ("**Approved By:** ________ (CTO)", "CTO"),
    ],
)
def test_a_form_is_signed_line_by_line(line, role):
    """Under a sign-off each role, and each dated line to sign, is an approval."""
    assert [(5, role)] == roles(f"## Step 1\n\n## Sign-off\n\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "**Date:** ________",
        "**Deployed by:** ____ **Date:** ____",
        "All steps done: ____",
        "- a note",
    ],
)
def test_other_lines_of_a_form_are_no_signatures(line):
    """A date to fill in, or who did the work, is no consent."""
    assert [] == roles(f"## Step 1\n\n## Sign-off\n\n{line}\n")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("| Gate | Decision Maker |\n|---|---|\n| A | Tech Lead |\n| B | N/A |", [(5, "Tech Lead")]),
        ("| Stage | Flip | Sign-off |\n|---|---|---|\n| 1 | on | ____ |", [(5, None)]),
    ],
)  # fmt: skip
def test_a_table_may_have_each_row_signed(table, expected):
    """A column for a sign-off or a decision maker asks once a row, save for nobody."""
    assert expected == roles(f"# R\n\n{table}\n")


@pytest.mark.parametrize(
    "table",
    [
        "| # | Document | Status | Owner | Date |\n|-|-|-|-|-|\n| 1 | Guide | ok | Docs | 5 May |",
        "| Date | Primary | Backup | Contact |\n|-|-|-|-|\n| 5 May | Kim | Lee | #ops |",
    ],
    ids=["papers", "shifts"],
)
def test_a_date_alone_is_no_signature(table):
    """Papers have owners and dates, and so have shifts; nobody signs there."""
    assert [] == roles(f"## Step 1\n\n{table}\n")


def test_a_dated_row_of_a_person_is_a_signature():
    """Who stands first in a table with a date signs on that date."""
    table = "| Role | Name | Date |\n|-|-|-|\n| QA | | |"
    assert [(5, "QA")] == roles(f"## Step 1\n\n{table}\n")


def test_a_consent_under_a_rule_of_approval_is_asked_for():
    """A title that speaks of risk tells of consents, unless it is of approval too."""
    line = "Apply the label only after explicit DBA review."
    assert [(3, "DBA")] == roles(f"## Approval of risks\n\n- {line}\n")
    assert [] == roles(f"## Risks\n\n- {line}\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "- [ ] **Gate A = GO** — signed: tech lead ____  accountant ____",
            ["tech lead", "accountant"],
        ),
        ("Signatures: Owner ______ Warehouse ______", ["Owner", "Warehouse"]),
        (
            "Approved by: QA lead ____ / Release manager ____",
            ["QA lead", "Release manager"],
        ),
        ("GO / ROLLBACK: duty officer ____", ["duty officer"]),
    ],
)
def test_several_people_sign_on_one_line(line, expected):
    """Each name with a blank behind a word of consent is an approval of its own."""
    assert expected == [role for _, role in roles(f"## Step 1\n\n{line}\n")]


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Accountant ____ Warehouse ____ Owner ____", 3),
        ("Record the date, the build and your initials.", 1),
        ("Build SHA ______ Start time ______", 0),
        ("Batch ____ Pallets ____ Cartons ____", 0),
        ("Record the date and the build.", 0),
    ],
)
def test_a_form_may_have_its_roles_side_by_side(line, count):
    """Under a sign-off roles with blanks sign; what is measured or dated does not."""
    assert count == len(roles(f"## Step 1\n\n## Sign-off\n\n{line}\n"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Stock stays frozen until step 37 is signed off.",
        "Do not treat a green build as an approval by itself.",
        "Tech lead ____ Accountant ____",
        "Signed packages ____ are used",
    ],
)
def test_who_is_named_or_told_of_elsewhere_signs_nothing(sentence):
    """A consent of another step, a denial and a list of people ask for none."""
    assert not roles(f"## Step 1\n\n{sentence}\n")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("Accountant approves the correction", [(5, "Accountant")]),
        ("Obtain sign-off from the DBA", [(5, "DBA")]),
        ("Test the approval page", []),
        ("Copy the tables", []),
    ],
)
def test_a_row_of_a_table_of_steps_may_ask_for_consent(step, expected):
    """The step's own words decide, not who owns it."""
    table = f"| # | Step | Owner |\n|---|---|---|\n| 1 | {step} | Owner |\n"
    assert expected == roles(f"## Cutover\n\n{table}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("QA sign-off by: ________", [(6, "QA")]),
        ("Approved by: ________", [(6, None)]),
        ("Build SHA: ________", []),
        ("QA sign-off by: nobody yet", []),
    ],
)
def test_a_fenced_form_is_signed(line, expected):
    """In a form to be posted, a labelled blank of consent is an approval."""
    assert expected == roles(f"## Step 1\n\nFill in:\n\n```\n{line}\n```\n")
