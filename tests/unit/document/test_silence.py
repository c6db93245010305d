"""The diagnostics that a project does not want to be told."""

import pytest

from gonogo.document import Beside, compile_document

DOCUMENT = b"# The cart\n\n## Stage 1: Enable\n\n- [ ] Enable it\n\nSome words.\n"


def codes(bindings):
    """Return the diagnostics of the document with these bindings, by code."""
    beside = Beside(name="rollout.bindings.yaml", text=bindings)
    found = compile_document(DOCUMENT, name="rollout.md", beside=beside)[1].diagnostics
    return {each.code: each for each in found}


def test_a_silenced_code_is_not_told():
    """What the bindings name is left out, and nothing else."""
    assert ["GNG130"] == list(codes(""))
    assert {} == codes("lint: {ignore: [GNG130]}")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("GNG129", "there is no such code"),
        ("GNG203", "it is an error"),
        ("warnings", "there is no such code"),
    ],
    ids=["unknown", "an error", "no code"],
)
def test_what_cannot_be_silenced_is_refused(code, why):
    """A slip would silence nothing, in silence."""
    refused = codes(f"lint: {{ignore: [{code}]}}")["GNG220"]
    assert f"'{code}' is not left out: {why}" in refused.message
    assert ("rollout.bindings.yaml", "lint.ignore") == (refused.file, refused.path)


def test_an_error_is_told_although_it_is_silenced():
    """It keeps the document from running, so that people have to know."""
    assert "GNG203" in codes("lint: {ignore: [GNG203]}\nservice_of: x")
