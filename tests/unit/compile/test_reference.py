"""The reference page of bindings: every key is there, and every example is right."""

import re
from pathlib import Path

import pytest
import yaml

from gonogo.document.bindings.grammar import KEYS
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.reading import Reading

PAGE = Path(__file__).parents[3] / "docs/reference/bindings.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)


def keys_in(node: object) -> set[str]:
    """Return every key of a tree of examples."""
    if isinstance(node, dict):
        return {str(key) for key in node}.union(*map(keys_in, node.values()))
    if isinstance(node, list):
        return set().union(*map(keys_in, node))
    return set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_read_without_a_word(example: str):
    """What the page shows can be copied."""
    if example.startswith("expect:"):
        example = f"steps: {{X: {{shell: x, {yaml.safe_dump(yaml.safe_load(example), default_flow_style=True)[1:-2]}}}}}"
    reading = Reading(name="r.md", digest="")
    _, told = read_bindings(reading, Beside(name="page", text=example))
    assert () == told


def test_every_key_of_the_grammar_has_an_example():
    """A key that nobody finds is not there."""
    shown = set().union(*(keys_in(yaml.safe_load(example)) for example in EXAMPLES))
    wanted = {key for keys in KEYS.values() for key in keys}
    assert set() == wanted - shown
