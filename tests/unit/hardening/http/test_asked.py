"""Retry-After: seconds or a date; what is neither asks for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.http.asked import ASKED_MAX_S, asked_s

NOON = 784_111_777.0  # Sun, 06 Nov 1994 08:49:37 GMT, the standard's own example


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("86401", ASKED_MAX_S),
        ("9" * 5000, ASKED_MAX_S),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sun Nov  6 08:49:47 1994", 10.0),
        ("Sun, 06 Nov 1994 08:49:27 GMT", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:47 -9999999999999", None),
    ],
)
def test_what_a_provider_asks_for(text, asked):
    """RFC 9110, 10.2.3: a whole number of seconds, or an HTTP date."""
    assert asked == asked_s(text, NOON)


@given(st.text(max_size=40))
def test_no_text_is_an_error(text):
    """A provider's header is read, or ignored."""
    asked = asked_s(text, NOON)
    assert asked is None or 0 <= asked <= ASKED_MAX_S
