"""States: words that tell how something is, in the languages that teams write."""

import pytest

from gonogo.document.reader.limits.states import is_deed, state_of


@pytest.mark.parametrize(
    "text",
    [
        "All orders have valid numbers",
        "Addresses are valid",
        "Names are unique",
        "Row counts match the source",
        "The ledger reports tie",
        "The dead-letter list stays empty",
        "Backup succeeded and was copied",
        "No hay errores",
        "Verificar que no hay filas perdidas",
        "Não há telas em branco",
        "Sem quebras",
        "Keine Fehler",
        "Aucune erreur",
    ],
)
def test_a_state_is_known_by_its_words(text):
    """What is, agrees or is absent can be judged by a person."""
    assert state_of(text)


@pytest.mark.parametrize(
    "text",
    ["Backup created", "Incognito + normal: a page shows", "Match the label colours"],
)
def test_deeds_and_other_words_are_no_states(text):
    """A deed and a word of another sense assert nothing."""
    assert not state_of(text)


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("Restore drill passed", False),
        ("Build & Package complete", False),
        ("Restore the copy that passed", True),
        ("Have three browsers open", True),
    ],
)
def test_a_noun_with_its_outcome_is_no_deed(text, deed):
    """'Restore drill passed' begins with a word that elsewhere tells what to do."""
    assert is_deed(text) == deed
