"""Keys read from Kafka messages, of either client."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.dedup import by_header, by_json_field, by_message_key


def confluent(**parts):
    """Return a message whose parts are methods."""
    whole = {"headers": None, "key": None, "value": None} | parts
    return SimpleNamespace(**{n: (lambda p=part: p) for n, part in whole.items()})


def aiokafka(**parts):
    """Return a record whose parts are fields."""
    return SimpleNamespace(**({"headers": (), "key": None, "value": None} | parts))


CASES = {
    "a header": (by_header("id"), {"headers": [("id", b"7")]}, b"7"),
    "the last of two headers": (
        by_header("id"),
        {"headers": [("id", b"7"), ("id", b"8")]},
        b"8",
    ),
    "another header": (by_header("id"), {"headers": [("ID", b"7")]}, None),
    "an empty header": (by_header("id"), {"headers": [("id", b"")]}, None),
    "a header without content": (by_header("id"), {"headers": [("id", None)]}, None),
    "no headers": (by_header("id"), {}, None),
    "the message's key": (by_message_key(), {"key": b"k"}, b"k"),
    "a key that is parsed already": (by_message_key(), {"key": 7}, "7"),
    "a key of theirs": (by_message_key(), {"key": {"id": 7}}, None),
    "no key": (by_message_key(), {"key": None}, None),
    "an empty key": (by_message_key(), {"key": b""}, None),
    "a field of JSON": (by_json_field("id"), {"value": b'{"id": "7"}'}, "7"),
    "a number": (by_json_field("id"), {"value": b'{"id": 7}'}, "7"),
    "a field below": (
        by_json_field("payload", "id"),
        {"value": b'{"payload": {"id": "7"}}'},
        "7",
    ),
    "a field that is missing": (by_json_field("id"), {"value": b"{}"}, None),
    "a field of a list": (by_json_field("id"), {"value": b"[1]"}, None),
    "an empty field": (by_json_field("id"), {"value": b'{"id": ""}'}, None),
    "a truth is no number": (by_json_field("id"), {"value": b'{"id": true}'}, None),
    "a fraction names nothing": (by_json_field("id"), {"value": b'{"id": 1.5}'}, None),
    "no JSON": (by_json_field("id"), {"value": b"\xff{"}, None),
    "no value": (by_json_field("id"), {"value": None}, None),
    "JSON without end": (by_json_field("id"), {"value": b"[" * 100_000}, None),
}


@pytest.mark.parametrize("message", [confluent, aiokafka])
@pytest.mark.parametrize(("read", "parts", "expected"), CASES.values(), ids=CASES)
def test_a_key_is_read(message, read, parts, expected):
    """Each row reads: this reader finds this key in this message, or none."""
    assert expected == read(message(**parts))


PARSED = {
    "a field": ("id", {"id": "7"}, "7"),
    "a number": ("id", {"id": 7}, "7"),
    "text": ("id", '{"id": "7"}', "7"),
    "no such field": ("id", {}, None),
    "a list": ("id", [{"id": "7"}], None),
    "an object of theirs": ("id", SimpleNamespace(id="7"), None),
}


@pytest.mark.parametrize("message", [confluent, aiokafka])
@pytest.mark.parametrize(("name", "value", "key"), PARSED.values(), ids=PARSED)
def test_a_field_is_read_of_a_value_that_is_parsed_already(message, name, value, key):
    """Aiokafka's `value_deserializer` gives whatever it returns; none is an error."""
    assert key == by_json_field(name)(message(value=value))


@given(st.binary(max_size=60))
def test_no_value_breaks_the_reader(value):
    """Whatever a producer sends, the consumer goes on."""
    read = by_json_field("id")
    assert read(aiokafka(value=value)) in (None, read(confluent(value=value)))
