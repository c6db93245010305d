"""The JSON Schema of bindings: the grammar's tables, as the reader reads by them."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from gonogo.document.bindings.grammar import KEYS, REQUIRED
from gonogo.document.bindings.schema import bindings_schema
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.reading import Reading

SCHEMA = bindings_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
OF_A_METRIC = {"arm", "traffic"}
FORM = {"GNG203", "GNG204", "GNG205", "GNG206", "GNG207", "GNG208"}

WHOLE = {
    "migrate": "{up: a.sql}",
    "flag": "{file: f, name: x, percentage: 5}",
    "kill_flags": "{file: f, flags: [x]}",
    "http": "{url: u}",
    "read_flag": "{file: f, name: x}",
    "metric": "{name: m}",
    "wait": "{for: 1h}",
    "approve": "{role: r}",
    "ignore": "{reason: r}",
}


def is_read(text):
    """Tell whether the reader has nothing to say about the form of bindings."""
    beside = Beside(name="r.bindings.yaml", text=text)
    _, found = read_bindings(Reading(name="r.md", digest=""), beside)
    return [] == [one for one in found if one.code in FORM]


def is_valid(text):
    """Tell whether the bindings fit the schema."""
    return VALIDATOR.is_valid(yaml.safe_load(text))


def test_the_schema_is_one():
    """A validator takes it, and every mapping of the grammar is defined."""
    Draft202012Validator.check_schema(SCHEMA)
    assert set(KEYS) <= set(SCHEMA["$defs"])


def test_the_keys_are_those_of_the_grammar():
    """A key that is added to the grammar is in the schema at once."""
    for name, keys in KEYS.items():
        part = SCHEMA["$defs"][name]
        part = part.get("anyOf", [part])[0]
        assert list(keys) == list(part["properties"])


BINDINGS = {
    "service: shop": True,
    "gonogo: {service: shop}": True,
    "servicex: shop": False,
    "gonogo: {servicex: shop}": False,
    "people: {Dev: [a, b], Ops: c}": True,
    "people: {Dev: {a: b}}": False,
    "approvals: {timeout: 2d}": True,
    "approvals: {timeout: 2}": False,
    "defaults: {every: 1m, deadline: PT5M}": True,
    "defaults: {every: often}": False,
    "values: {A: {env: A, secret: true}, B: 5}": True,
    "values: {A: {env: A, secret: maybe}}": False,
    "connections: {qc: {env: X}, local: 'sqlite:///x'}": True,
    "connections: {qc: {url: X}}": False,
    "steps: {X: {shell: ./x.sh}}": True,
    "steps: {X: {shell: true}}": True,
    "steps: {X: {shell: {run: x, deadline: 5m}}}": True,
    "steps: {X: {shell: {run: x, dedline: 5m}}}": False,
    "steps: {X: {shell: x, http: y}}": False,
    "steps: {X: {expect: 5}}": False,
    "steps: {X: {http: u, expect: '< 5', attempts: 3}}": True,
    "steps: {X: {http: u, expect: {status: 200, json: {a: [1]}}}}": True,
    "steps: {X: {http: u, expect: {statusx: 200}}}": False,
    "steps: {X: {http: u, attempts: 0}}": False,
    "steps: {X: {http: u, attempts: 1}}": True,
    "steps: {X: {http: u, check: {sql: {query: q}}}}": True,
    "steps: {X: {http: u, check: {ask: true}}}": False,
    "steps: {X: {wait: 24h}}": True,
    "steps: {X: {wait: long}}": False,
    "rollbacks: {X: {covered: true}}": True,
    "rollbacks: {X: {wait: 24h}}": False,
    "incident: {X: {ask: {role: Ops}}}": True,
    "incident: {X: {covered: true}}": False,
    "metrics: {E: {shell: x, every: 1m, floor: 0.1, errors: 3}}": True,
    "metrics: {E: {same_as: F}}": True,
    "metrics: {E: {shell: x, measures: speed}}": False,
    "metrics: {E: {every: 1m}}": False,
    "metrics: {E: {shell: x, consecutive: 1.5}}": False,
    "variants: {platform: Heroku}": True,
    "sources: {prom: {kind: prometheus, url: u, options: {a: b}}}": True,
    "sources: {lab: csv}": True,
    "sources: {prom: {url: u}}": False,
    "alpha: 0.01": True,
    "alpha: few": False,
    "metrics: {E: {source: s, kind: count, canary: q}}": True,
    "metrics: {E: {source: s, kind: sum, canary: q}}": False,
    "metrics: {E: {source: s, kind: count, canary: {events: q, exposure: e}}}": True,
    "metrics: {E: {source: s, kind: count, canary: {exposure: e}}}": False,
    "metrics: {E: {source: s, http: u, kind: count, canary: q}}": False,
    "metrics: {E: {source: s, ready: lag, canary: 'a=1'}}": True,
    "metrics: {E: {source: s, kind: count, canary: q, judge: kayenta}}": True,
    "metrics: {E: {source: s, kind: count, canary: q, judge: jury}}": False,
    "metrics: {E: {source: s, kind: count, canary: q, noise: {phi: 2}}}": True,
    "metrics: {E: {source: s, kind: count, canary: q, noise: {fi: 2}}}": False,
    "metrics: {E: {source: s, kind: count, canary: q, extensions: 0}}": True,
    "metrics: {E: {source: s, kind: count, canary: q, extensions: 0.5}}": False,
    "metrics: {E: {shell: x, failure_limit: 2, window: 5m, tolerance: 0.1}}": True,
    "metrics: {E: {shell: x, failure_limit: -1}}": False,
    "lint: {ignore: [GNG303]}": True,
    'windows: [{rule: FREQ=DAILY, for: 8h, zone: UTC, except: ["2026-12-24"]}]': True,
    "windows: {rule: FREQ=DAILY, for: 8h, zone: UTC, holidays: de.ics}": True,
    "windows: [{rule: FREQ=DAILY, for: soon, zone: UTC}]": False,
    "stages: {X: {windows: [{rule: FREQ=DAILY, for: 8h, zone: UTC}]}}": True,
    "stages: {X: {window: []}}": False,
    "on_failure: ask": True,
    "on_failure: wait": False,
    "steps: {X: {shell: x, on_failure: back}}": True,
    "lint: {ignorex: [GNG303]}": False,
}


@pytest.mark.parametrize(("text", "expected"), BINDINGS.items())
def test_schema_and_reader_agree(text, expected):
    """What an editor marks is refused, and what it lets pass is read."""
    assert (expected, expected) == (is_valid(text), is_read(text))


@pytest.mark.parametrize(
    ("word", "key"), [(word, key) for word, keys in REQUIRED.items() for key in keys]
)
def test_a_key_that_has_to_be_there_is_missed_by_both(word, key):
    """The table says of each word what the reader of the word says."""
    sections = {"connection": "connections", "value": "values", "sources": "sources"}
    section = sections.get(word)
    if section is not None:
        text = f"{section}: {{X: {{}}}}"
    elif word in OF_A_METRIC:
        fields = {"arm": {"canary": {}}}.get(word, {"canary": "q", word: {}})
        fields = {"source": "s", "kind": "count", **fields}
        text = yaml.safe_dump({"metrics": {"X": fields}})
    elif word == "window":
        known = {"rule": "FREQ=DAILY", "for": "8h", "zone": "UTC"}
        text = yaml.safe_dump({"windows": [known | {key: None}]})
    else:
        fields = yaml.safe_load(WHOLE[word])
        del fields[key]
        text = yaml.safe_dump({"steps": {"X": {word: fields}}})
    assert (False, False) == (is_valid(text), is_read(text))


@pytest.mark.parametrize("word", WHOLE)
def test_nothing_else_has_to_be_there(word):
    """A mapping with the keys of the table is enough."""
    text = f"steps: {{X: {{{word}: {WHOLE[word]}}}}}"
    assert (True, True) == (is_valid(text), is_read(text))
