"""The way back in words: titles, labels and cells that are one, or speak of one."""

import pytest

from gonogo.document.reader.staging.way_back import (
    goes_back,
    is_label,
    is_way_back,
    is_whole_way_back,
    names_a_case,
    reverses,
    says_it_failed,
)
from gonogo.document.reader.words.vocabulary import vocabulary

KNOWN = vocabulary()


@pytest.mark.parametrize(
    ("want", "title"),
    [
        (True, "Rollback Procedure"),
        (True, "Phase 2 Rollback: New Metrics"),
        (True, "How to turn it off"),
        (True, "Cómo apagarlo"),
        (True, "Kill switch"),
        (False, "Rollback Metrics"),
        (False, "Rollback objectives"),
        (False, "Riesgos del rollback"),
        (False, "Quando reverter"),
        (False, "How to prevent a rollback"),
        (False, "Post-Rollback Checklist"),
    ],
)
def test_a_way_back_is_told_from_what_speaks_of_one(want, title):
    """What stands before a colon is the title; what follows says of what."""
    assert is_way_back(title, KNOWN) is want


@pytest.mark.parametrize(
    ("want", "title"),
    [
        (True, "Rollback Plan"),
        (True, "Plano de Rollback \u2014 A \u2192 B/C"),
        (False, "Deployment & Rollback Plan"),
        (False, "Releases and Rollbacks"),
    ],
)
def test_a_document_is_one_way_back_by_its_title(want, title):
    """What is joined to it in the name makes it more than that."""
    assert is_whole_way_back(title, KNOWN) is want


@pytest.mark.parametrize(
    ("want", "text"),
    [
        (True, "If a migration fails:"),
        (True, "In case of errors during the load, do this:"),
        (True, "Bei einem Fehler in der Migration:"),
        (True, "Si la migración falla:"),
        (False, "If a migration fails, call the desk."),
        (False, "If you have the keys:"),
        (False, "The job fails when empty:"),
    ],
)
def test_a_failure_leads_what_is_done_on_it(want, text):
    """It ends in a colon; what stands under it decides whether it goes back."""
    assert says_it_failed(text) is want


def test_commands_that_go_back_are_known():
    """Looking at the logs takes nothing back."""
    assert reverses("./migrate downgrade -1")
    assert reverses("git reset --hard v1")
    assert not reverses("./show logs")


@pytest.mark.parametrize(
    ("want", "cell"),
    [
        (True, "**Immediate rollback**"),
        (True, "Redeploy the tag"),
        (False, "Patch forward"),
        (False, "Fix data; no rollback needed"),
        (False, "Roll back if exposed"),
        (False, "3"),
        (False, "N/A"),
    ],
)
def test_a_cell_goes_back_on_no_further_condition(want, cell):
    """Counts, blanks and other answers stand in the same columns."""
    assert goes_back(cell) is want


def test_a_label_that_names_a_document_is_no_way_back():
    """It says where to read it."""
    assert is_label("Rollback", "redeploy the tag", alone=False, known=KNOWN)
    assert not is_label("Rollback runbook", "the wiki", alone=False, known=KNOWN)


def test_a_file_to_change_is_no_case():
    """'.env.local:' above a block says where the lines go."""
    assert names_a_case("The schema is broken", KNOWN)
    assert not names_a_case(".env.local:", KNOWN)
    assert not names_a_case("config/flags.yml:", KNOWN)
