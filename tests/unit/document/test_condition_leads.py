"""Leads of conditions: what teams write above what to go back or to go on upon."""

import pytest

from gonogo.document.reader.words.condition_leads import (
    leads_to_criteria,
    leads_to_triggers,
)
from gonogo.document.reader.words.vocabulary import folded


@pytest.mark.parametrize(
    "title",
    [
        "Revert to the last release if any of the following happens",
        "Decision criteria for aborting",
        "Abort signals",
        "When should we stop the ramp?",
        "Do not promote when",
        "Issues that warrant a rollback",
        "Rollback must be considered in these cases",
        "Do we roll back?",
        "If any of these shows, halt the rollout",
        "Criterios de reversión",
        "Abbrechen, wenn",
    ],
)
def test_a_title_that_leads_to_going_back_is_known_by_its_grammar(title):
    """An answer with an 'if', signs of an answer, a question or a ban lead to triggers."""
    assert leads_to_triggers(folded(title))


@pytest.mark.parametrize(
    "title",
    [
        "Stop the old workers",
        "Halt traffic",
        "Rollback plan",
        "Rollback readiness",
        "Restart the service when done",
        "Success criteria",
    ],
)
def test_deeds_and_plans_lead_to_no_triggers(title):
    """A word for the answer alone is a deed or a plan."""
    assert not leads_to_triggers(folded(title))


@pytest.mark.parametrize(
    "title",
    [
        "Promote to the next ring when all of these are true",
        "All of these must hold",
        "After 24 hours with",
        "The release is a success when",
        "Continuar si",
        "Required pipeline status before merge",
        "Mandatory behaviour",
    ],
)
def test_a_title_that_leads_to_going_on_is_known_by_its_grammar(title):
    """Going on with an 'if', or a demand on all, leads to criteria."""
    assert leads_to_criteria(folded(title))


@pytest.mark.parametrize(
    "title",
    [
        "Required tools",
        "Launch the workers",
        "After the switch",
        "Increase the limits",
        "Moving on",
    ],
)
def test_other_titles_lead_to_no_criteria(title):
    """A deed or a span alone leads to none."""
    assert not leads_to_criteria(folded(title))
