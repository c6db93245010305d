"""Advice about consent and contacts."""

import pytest

APPROVALS = """
## Stage 1: Enable

- [ ] Approved by Dev Lead
- [ ] Approved by Ops On-Call
- [ ] Enable it
"""


@pytest.mark.parametrize(
    ("lead", "ops", "found"),
    [
        ("[kim]", "[kim]", [("GNG442", 6)]),
        ("[kim]", "[sam]", []),
        ("[kim]", "[kim, sam]", []),
    ],
    ids=["one person", "two", "a choice"],
)
def test_two_roles_are_two_people(advised, lead, ops, found):
    """The same head behind two roles looks once."""
    people = f"people: {{Dev Lead: {lead}, Ops On-Call: {ops}}}"
    assert found == advised(APPROVALS, people)


WHERE = """
## Stage 1: Enable

- [ ] Enable it

## Approval

- [ ] Approval by Dev Lead {words}
"""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("to start Stage 1", [("GNG440", 9)]),
        ("before Stage 1", [("GNG440", 9)]),
        ("before Stage 2", []),
        ("of all that was done", []),
    ],
)
def test_consent_to_a_stage_comes_before_it(advised, words, found):
    """What guards the beginning of a stage stands in front of it."""
    document = WHERE.format(words=words)
    assert found == advised(document, "people: {Dev Lead: [kim]}")


INCIDENT = """
## Stage 1: Enable

- [ ] Enable it

## Incident Response

1. **Within 5 minutes:**
   - Page the on-call
"""
CONTACTS = """
## Contacts

| Issue | Contact | Method |
|-------|---------|--------|
| Cart | Kim | phone |
"""


@pytest.mark.parametrize(
    ("document", "found"),
    [(INCIDENT, [("GNG441", 9)]), (INCIDENT + CONTACTS, [])],
    ids=["nobody named", "a contact"],
)
def test_whoever_has_to_act_is_told_whom_to_call(advised, document, found):
    """An incident response of people goes with a table of contacts."""
    assert found == advised(document)
