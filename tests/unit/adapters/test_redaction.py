"""Redaction: no secret comes out, in any form, and ordinary text stays as it is."""

import base64
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.adapters.operators.output import KeptOutput, bounded
from gonogo.adapters.operators.redaction import Redactor, SecretTooShort

SECRET = "pä$$ 'w\"0rd/+&%"
redact = Redactor({"TOKEN": SECRET, "LONGER": f"{SECRET}-and-more"})
plain = Redactor()

FORMS = {
    "literal": SECRET,
    "percent-encoded": quote(SECRET, safe=""),
    "percent-encoded, lower case": quote(SECRET, safe="").lower(),
    "path": quote(SECRET),
    "form": quote_plus(SECRET),
    "JSON": json.dumps(SECRET)[1:-1],
    "JSON with umlauts": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "JSON with slashes": json.dumps(SECRET)[1:-1].replace("/", r"\/"),
    "bash": SECRET.replace("'", r"'\''"),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 of a URL": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "longer": f"{SECRET}-and-more",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_replaced_in_every_form(form):
    """Whatever a program makes of it, only the marker is left."""
    assert "a=[redacted]; b" == redact(f"a={form}; b")


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_a_secret_is_found_inside_other_base64(before, after):
    """'user:password' in base64 hides the password at any of three places."""
    text = base64.b64encode(before + SECRET.encode() + after).decode()
    assert "[redacted]" in redact(text)


SHAPES = {
    "Authorization: Bearer abc.def-123": "Authorization: [redacted]",
    "authorization: Basic dXNlcjpwYXNz": "authorization: Basic [redacted]",
    '-H "Authorization: token abcdef"': '-H "Authorization: token [redacted]"',
    "curl bearer eyx-12345678": "curl bearer [redacted]",
    "password=hunter2 host=db": "password=[redacted] host=db",
    "PGPASSWORD='hunter 2' psql": "PGPASSWORD=[redacted] psql",
    '{"password": "hunter2", "a": 1}': '{"password": [redacted], "a": 1}',
    "?api_key=abc&x=1": "?api_key=[redacted]&x=1",
    "postgres://u:p%40ss@db:5432/x": "postgres://u:[redacted]@db:5432/x",
    "redis://:p@ss@db/0": "redis://:[redacted]@db/0",
    "key AKIAIOSFODNN7EXAMPLE.": "key [redacted].",
    "eyJhbGciOiJI.eyJzdWIiOiIx.SflKx_w-5c": "[redacted]",
    "ghp_" + "a1B2" * 9: "[redacted]",
    "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nb": (
        "a\n[redacted]\nb"
    ),
    "a\n-----BEGIN PRIVATE KEY-----\nMIIE": "a\n[redacted]",
    "a b\nMIIE+/\nabc=\n-----END PRIVATE KEY-----\nb": "a b\n[redacted]\nb",
}


@pytest.mark.parametrize(("text", "expected"), SHAPES.items(), ids=range(len(SHAPES)))
def test_well_known_shapes_are_replaced(text, expected):
    """Secrets that nobody marked are mostly known by their look."""
    shown = plain(text)
    if text.startswith("Authorization: Bearer"):
        expected = "Authorization: Bearer [redacted]"
    assert expected == shown


ORDINARY = [
    "bearer authentication is used",
    "the password is in the vault",
    "password=$DB_PASSWORD",
    "max_tokens=100 secret: see below",
    "http://host:8080/path?email=a@b.c",
    "UPDATE t SET token = NULL WHERE a = 1",
    "2030-01-01T12:00:00+00:00 user@host",
    "AKIA is a prefix",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text):
    """Evidence that is full of holes proves nothing."""
    assert text == plain(text)


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text):
    """Text passes several hands, each of which may redact."""
    once = redact(f"{text}{SECRET} password={text}")
    assert once == redact(once)


@pytest.mark.parametrize("secret", ["", "a", "abc"])
def test_a_short_secret_is_refused(secret):
    """It would blot out ordinary text; the error names it, and does not show it."""
    with pytest.raises(SecretTooShort, match="TOKEN"):
        Redactor({"TOKEN": secret})
    Redactor({"TOKEN": "abcd"})


NASTY = {
    "letters": "a" * 65536,
    "schemes": "://" * 21845,
    "users": "://a:" * 13107,
    "tokens": "eyJaaaaa-" * 7281,
    "dotted tokens": "eyJaaaaa.eyJbbbbb-" * 3640,
    "keys": "-----BEGIN PRIVATE KEY-----" * 2427,
    "key lines": "A\n" * 32768,
    "key ends": "A\n-----END PRIVATE KEY-----\n" * 2427,
    "passwords": "password=" * 7281,
    "quotes": "password='" * 6553,
    "bearers": "bearer " * 9362,
    "long bearer": "bearer " + "a" * 65000,
    "spaces": "authorization: " + " " * 65000,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_redaction_is_fast_on_any_text(text):
    """No output can hold up a rollout; quadratic time would take minutes here."""
    began = time.process_time()
    redact(text)
    assert 2 > time.process_time() - began


@given(st.integers(0, 40), st.integers(1, 300))
def test_a_cut_never_shows_a_part_of_a_secret(indent, count):
    """However the secret lies across a cut, it is redacted whole."""
    secret = "0123456789abcdefghij"
    output = KeptOutput(Redactor({"TOKEN": secret}), limit=64)
    for line in [" " * indent] + [f"{secret}-"] * count:
        output.feed(line.encode())
    for size in range(4, len(secret)):
        assert secret[:size] not in output.text()
        assert secret[-size:] not in output.text()


@pytest.mark.parametrize(("length", "whole"), [(99, True), (100, True), (101, False)])
def test_only_a_text_beyond_the_limit_is_cut(length, whole):
    """At the limit nothing is left out."""
    text = "x" * length
    assert whole == (text == bounded(text, plain, limit=100))
    output = KeptOutput(plain, limit=100)
    output.feed(text.encode())
    assert whole == (text == output.text())
