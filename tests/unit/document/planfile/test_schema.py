"""The JSON Schema of plan files: it says what the reader says."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gonogo.document.planfile.read import read_plan
from gonogo.document.planfile.schema import plan_schema
from gonogo.document.planfile.write import plan_as_json
from gonogo.testing.strategies import plans

SCHEMA = plan_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
# What takes two places to see is no business of a schema.
BEYOND = {"GNG213", "GNG214", "GNG215", "GNG221"}
BEYOND |= {"GNG502", "GNG503", "GNG504", "GNG505"}
BEYOND_BY_HAND = {"document", "document_digest"}
# Texts with a grammar of their own: when a change window opens, and by which clock.
OF_THEIR_OWN = {"rule", "zone"}


def is_read(value):
    """Tell whether the reader has nothing to say about the form of a plan."""
    text = json.dumps(value)
    _, found = read_plan(text.encode(), name="plan.json")
    return [] == [one for one in found if one.code not in BEYOND]


def places(value, path=()):
    """Yield the path of every value of a plan."""
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(value, path, change):
    """Return a copy of a plan with one place changed."""
    new = copy.deepcopy(value)
    inner = new
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return new


def test_the_schema_is_one():
    """A validator takes it, and every definition is referred to."""
    Draft202012Validator.check_schema(SCHEMA)
    text = json.dumps(SCHEMA)
    unused = [name for name in SCHEMA["$defs"] if f'#/$defs/{name}"' not in text]
    assert [] == unused


@settings(max_examples=25)
@given(plan=plans())
def test_what_is_written_fits_the_schema(plan):
    """An editor has nothing to mark in a compiled plan."""
    assert [] == list(VALIDATOR.iter_errors(json.loads(plan_as_json(plan))))


def put(new):
    """Return a change that puts a value in the place of another."""
    return lambda inner, key: inner.__setitem__(key, new)


CHANGES = {
    "left out": lambda inner, key: inner.pop(key),
    "misspelt": lambda inner, key: (
        inner.__setitem__(f"{key}x", inner.pop(key)) if isinstance(key, str) else None
    ),
    "a list": put(["x"]),
    "nothing in a list": put([]),
    "a mapping": put({"x": "y"}),
    "a word": put("word"),
    "a number": put(2.5),
    "a negative": put(-1),
    "a truth": put(new=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@settings(max_examples=25)
@given(plan=plans(), data=st.data())
def test_schema_and_reader_agree(change, plan, data):
    """What an editor marks is refused, and what it lets pass is read."""
    value = json.loads(plan_as_json(plan))
    path = data.draw(st.sampled_from(list(places(value))))
    if path[0] in BEYOND_BY_HAND or path[-1] in OF_THEIR_OWN:
        return
    other = changed(value, path, change)
    assert VALIDATOR.is_valid(other) is is_read(other), path


@pytest.mark.parametrize("name", ["Plan", "Action", "Soak", "Gate", "Metric"])
def test_what_the_types_say_of_themselves_is_in_the_schema(name):
    """An editor shows what a key means, in the words of the code."""
    part = SCHEMA if name == "Plan" else SCHEMA["$defs"][name]
    assert part["description"].endswith(".")
    assert any("description" in key for key in part["properties"].values())


def test_a_default_is_shown():
    """Who leaves a key out knows what is meant."""
    found = SCHEMA["$defs"]["Http"]["properties"]
    assert ("10s", "GET") == (found["deadline"]["default"], found["method"]["default"])
