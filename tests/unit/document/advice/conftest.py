"""What the tests of advice share: a document, and what is remarked on it."""

from textwrap import dedent

import pytest

from gonogo.document import Beside, compile_document


@pytest.fixture
def advised():
    """Give a function: a document's advice, as pairs of code and line."""

    def look(document, bindings=""):
        text = "# The cart\n\n" + dedent(document).strip("\n") + "\n"
        beside = Beside(name="rollout.bindings.yaml", text=dedent(bindings))
        _, compiled = compile_document(text.encode(), name="rollout.md", beside=beside)
        found = compiled.diagnostics
        assert [] == [each for each in found if each.severity == "error"]
        return [(each.code, each.line) for each in found if each.code > "GNG4"]

    return look
