"""The snapshot: what a flag says for a key, and what is wrong with a document."""

import json

import pytest

from gonogo_flags import FlagDocumentInvalid, Snapshot, bucket

VARIANTS = {"on": True, "off": False}


def flag(**changes):
    """Return a flag at 5 %, with changes."""
    plain = {
        "state": "ENABLED",
        "variants": VARIANTS,
        "defaultVariant": "off",
        "targeting": {"fractional": [["on", 5], ["off", 95]]},
    }
    return {k: v for k, v in {**plain, **changes}.items() if v is not ...}


def parse(**changes):
    """Return the snapshot of a document with the one flag `f`."""
    return Snapshot.parse(json.dumps({"flags": {"f": flag(**changes)}}))


def problems_of(text):
    """Return where a document is wrong."""
    with pytest.raises(FlagDocumentInvalid) as caught:
        Snapshot.parse(text, source="flags.json")
    return [problem.where for problem in caught.value.problems]


def test_fractional_flag_is_on_for_the_first_buckets():
    """A flag at 5 % is on for exactly the keys in the first five of 100 buckets."""
    snapshot = parse()
    for key in map(str, range(2_000)):
        assert (bucket("f", key, 100) < 5) is snapshot.is_on("f", key)


def test_order_of_the_variants_is_that_of_the_document():
    """With 'off' first, 'on' covers the last buckets, as in flagd."""
    snapshot = parse(targeting={"fractional": [["off", 95], ["on", 5]]})
    for key in map(str, range(2_000)):
        assert (bucket("f", key, 100) >= 95) is snapshot.is_on("f", key)


def test_three_variants_share_by_weight():
    """Any number of variants is cut by cumulative weight."""
    parts = [["a", 1], ["b", 0], ["c", 3]]
    snapshot = parse(
        variants={"a": 1, "b": 2, "c": 3},
        defaultVariant="a",
        targeting={"fractional": parts},
    )
    for key in map(str, range(500)):
        expected = "a" if bucket("f", key, 4) < 1 else "c"
        assert expected == snapshot.variant("f", key)


def test_bare_variant_weighs_one_and_the_written_out_bucketing_is_the_default():
    """The two shorthands of flagd mean what their long forms mean."""
    by = {"cat": [{"var": "$flagd.flagKey"}, {"var": "targetingKey"}]}
    short = parse(targeting={"fractional": [["on"], ["off"]]})
    long = parse(targeting={"fractional": [by, ["on", 1], ["off", 1]]})
    for key in map(str, range(200)):
        assert short.is_on("f", key) is long.is_on("f", key)


DEFAULTS = {
    "unknown flag": ({}, "other"),
    "disabled flag": ({"state": "DISABLED"}, "f"),
    "no default variant": ({"defaultVariant": ..., "targeting": ...}, "f"),
    "variant that is no boolean": (
        {"variants": {"on": "yes", "off": "no"}, "targeting": {}},
        "f",
    ),
}


@pytest.mark.parametrize(("changes", "name"), DEFAULTS.values(), ids=DEFAULTS)
@pytest.mark.parametrize("default", [True, False])
def test_caller_default_answers_where_the_flag_does_not(changes, name, default):
    """Unknown, disabled and non-boolean flags hand back what the caller named."""
    assert default is parse(**changes).is_on(name, "key", default=default)


@pytest.mark.parametrize("variant", ["on", "off"])
def test_without_targeting_the_default_variant_answers(variant):
    """A flag without targeting is on or off for everybody."""
    snapshot = parse(defaultVariant=variant, targeting=...)
    assert VARIANTS[variant] is snapshot.is_on("f", "key", default=True)
    assert variant == snapshot.variant("f", "key")


def test_empty_key_gets_the_default_variant():
    """Who has no key is in no bucket, as in flagd."""
    snapshot = parse(targeting={"fractional": [["on", 100], ["off", 0]]})
    assert (False, "off") == (snapshot.is_on("f", ""), snapshot.variant("f", ""))
    assert snapshot.is_on("f", "key")


BAD = {
    "no JSON": ('{"flags": ', "line 1, column 11"),
    "no object": ("[]", "document"),
    "empty": ("", "line 1, column 1"),
    "too deep": ("[" * 100_000, "document"),
    "flag twice": ('{"flags":{"f":{},"f":{}}}', "document"),
    "no flags": ("{}", "flags"),
    "flags of another kind": ('{"flags": []}', "flags"),
    "flag of another kind": ('{"flags": {"f": 1}}', "flags.f"),
}


@pytest.mark.parametrize(("text", "where"), BAD.values(), ids=BAD)
def test_bad_document_is_named_with_its_place(text, where):
    """A document that is no flag document says where it is wrong."""
    assert [where] == problems_of(text)


BAD_FLAGS = {
    "state": ({"state": "on"}, "state"),
    "state missing": ({"state": ...}, "state"),
    "default variant": ({"defaultVariant": "maybe"}, "defaultVariant"),
    "default of a kind": ({"defaultVariant": ["on"]}, "defaultVariant"),
    "targeting by rule": ({"targeting": {"if": [True, "on"]}}, "targeting"),
    "targeting of a kind": ({"targeting": "on"}, "targeting"),
    "empty fractional": ({"targeting": {"fractional": []}}, "targeting.fractional"),
    "bucketing by another": (
        {"targeting": {"fractional": [{"var": "email"}, ["on", 1]]}},
        "targeting.fractional[0]",
    ),
    "unknown variant": (
        {"targeting": {"fractional": [["on", 1], ["red", 1]]}},
        "targeting.fractional[1]",
    ),
    "negative weight": (
        {"targeting": {"fractional": [["on", -1], ["off", 5]]}},
        "targeting.fractional[0]",
    ),
    "broken weight": (
        {"targeting": {"fractional": [["on", 0.5]]}},
        "targeting.fractional[0]",
    ),
    "boolean weight": (
        {"targeting": {"fractional": [["on", True]]}},
        "targeting.fractional[0]",
    ),
    "weights of nothing": (
        {"targeting": {"fractional": [["on", 0], ["off", 0]]}},
        "targeting.fractional",
    ),
    "weights too large": (
        {"targeting": {"fractional": [["on", 2**31 - 1], ["off", 1]]}},
        "targeting.fractional",
    ),
}


@pytest.mark.parametrize(("changes", "where"), BAD_FLAGS.values(), ids=BAD_FLAGS)
def test_bad_flag_is_named_with_its_path(changes, where):
    """A flag that cannot be evaluated says where, and never half works."""
    text = json.dumps({"flags": {"f": flag(**changes), "good": flag()}})
    assert [f"flags.f.{where}"] == problems_of(text)


def test_all_problems_are_reported_together():
    """Whoever corrects a document sees everything at once, with what to do."""
    text = json.dumps({"flags": {"a": flag(state="?"), "b": flag(variants={})}})
    with pytest.raises(FlagDocumentInvalid) as caught:
        Snapshot.parse(text, source="flags.json")
    assert {"flags.a.state", "flags.b.variants"} <= {
        problem.where for problem in caught.value.problems
    }
    assert "flags.json: flags.a.state: '?' is no state. Write" in str(caught.value)
