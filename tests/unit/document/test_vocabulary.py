"""The vocabulary: folded phrases, found as whole words, added to by a team."""

import pytest

from gonogo.document import Beside, compile_document, read
from gonogo.document.reader.words.vocabulary import Topic, folded, vocabulary

OWN = vocabulary()


@pytest.mark.parametrize(
    ("want", "text"),
    [
        ({Topic.BEFORE, Topic.DEPLOY}, "Pre-Deployment"),
        ({Topic.DEPLOY}, "**Déploiement**"),
        ({Topic.ROLLBACK}, "Rückfallplan"),
        ({Topic.ROLLBACK, Topic.DEPLOY}, "切り戻し手順"),
        ({Topic.TRIGGER, Topic.ROLLBACK}, "ROLLBACK-TRIGGERS"),
        (set(), "Predeployments"),
        (set(), ""),
    ],
)
def test_a_text_names_its_topics(want, text):
    """Case, accents and punctuation do not matter; a part of a word is no word."""
    assert want == OWN.topics(text)


def test_every_phrase_of_the_package_is_stored_folded():
    """The file is read without folding, so what is not folded would never be found."""
    phrases = [*OWN.whole, *OWN.stems, *OWN.anywhere, *OWN.stages]
    assert [] == [phrase for phrase in phrases if folded(phrase) != phrase]


def test_added_words_are_found_beside_the_own():
    """A team writes them as it spells them; a star stands for any ending."""
    more = vocabulary({"rollback": ["Der Rückzug", "Kehrt*"], "contact": ["Kehrt*"]})
    assert {Topic.ROLLBACK} == more.topics("der RUCKZUG!")
    assert {Topic.ROLLBACK, Topic.CONTACT} == more.topics("Kehrtwende")
    assert {Topic.ROLLBACK} == more.topics("rollback")
    assert frozenset() == OWN.topics("Der Rückzug")


def test_added_words_for_stages_name_parts():
    """'Abschnitt 2' is a stage once a team says so."""
    text = b"# A\n\n## Abschnitt 1\n\nx\n\n## Abschnitt 2\n\ny\n"
    words = {"stage": ["Abschnitt"]}
    assert [] == [s.line for s in read(text, "x").stages]
    assert [3, 7] == [s.line for s in read(text, "x", words).stages]


DOCUMENT = """---
gonogo:
  vocabulary: {stage: Abschnitt}
---
# Umzug

## Abschnitt 1: Kopieren

- [ ] Kopieren

### Kehrtwende

- Nichts

## Abschnitt 2: Schalten

- [ ] Schalten
"""


def test_words_in_the_bindings_change_what_is_read():
    """The front matter and the file beside the document add up, topic by topic."""
    beside = Beside(name="x.bindings.yaml", text="vocabulary: {rollback: [Kehrtwende]}")
    reading, compiled = compile_document(DOCUMENT.encode(), name="x.md", beside=beside)
    assert [7, 15] == [s.line for s in reading.stages]
    assert [(11, 7)] == [(r.line, r.stage_line) for r in reading.rollbacks]
    assert [] == [d.code for d in compiled.diagnostics if d.severity == "error"]


def test_an_unknown_topic_is_refused():
    """It says which topics there are."""
    beside = Beside(name="x.bindings.yaml", text="vocabulary: {rolback: [Kehrtwende]}")
    _, compiled = compile_document(b"# A\n\n- [ ] a\n", name="x.md", beside=beside)
    (told,) = [d for d in compiled.diagnostics if d.severity == "error"]
    assert ("GNG203", 1) == (told.code, told.line)
    assert "Did you mean 'rollback'?" in told.message
