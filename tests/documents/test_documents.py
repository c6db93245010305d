"""One file per case: a sentence, a document, and what is read from it."""

import pathlib

import pytest
import yaml

from gonogo.document.explain import reading_as_json
from gonogo.document.reader.read import read

CASES = sorted(pathlib.Path(__file__).parent.glob("*.case"))


def parts(path):
    """Return the sentence, the document and the expected elements of a case."""
    sentence, rest = path.read_text(encoding="utf-8").split("=== document\n", 1)
    document, expected = rest.split("=== expected\n", 1)
    return sentence.strip(), document, yaml.safe_load(expected)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_a_document_is_read_as_its_case_says(path):
    """Each key of a case lists all elements of that kind, with the fields it names."""
    sentence, document, expected = parts(path)
    found = reading_as_json(read(document.encode(), path.name))
    for key, wanted in expected.items():
        got = found[key]
        if key == "diagnostics":
            got = [d for d in got if d["severity"] != "info"]
        named = [
            {name: element[name] for name in want}
            for want, element in zip(wanted, got, strict=False)
        ]
        assert (wanted, len(wanted)) == (named, len(got)), f"{sentence} ({key})"
