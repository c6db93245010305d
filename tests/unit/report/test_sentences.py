"""Sentences: one for every event, and none that says more than the event."""

from typing import get_args

import pytest

from gonogo.model.event import Event
from gonogo.report.sentences import UnknownEvent, _say, sentence_of


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_has_a_sentence(kind):
    """A new event cannot be added without saying what it means."""
    assert kind in _say.registry


def test_unknown_event_is_a_defect_with_a_name():
    """What has no sentence is never passed over in silence."""
    with pytest.raises(UnknownEvent, match="object"):
        sentence_of(object())


def test_sentences_of_a_whole_journal_fit_on_a_line(drive, breach):
    """Each record of a real rollout gives one line that ends like a sentence."""
    driven = drive(measure=breach, undo_fails=1)
    said = [sentence_of(record.event) for record in driven.records]
    assert [] == [line for line in said if not line or "\n" in line]


def test_word_of_a_person_is_told_as_their_word(drive):
    """An answer names who gave it, and through what."""
    said = [sentence_of(record.event) for record in drive(until=1).records]
    assert "bob (command line) answered 'yes' to 'backup'." in said
