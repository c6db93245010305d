"""Retry-After: read from a header's text, and from any error with a response."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.retry import RetryAfter, retry_after_s
from hardening.testing import FakeClock

NOON_UNIX_S = 784_123_200.0  # 1994-11-06 12:00:00 GMT

CASES = {
    "seconds": ("120", 120.0),
    "no seconds": ("0", 0.0),
    "spaces around": (" 7 ", 7.0),
    "far more digits than any wait has": ("9" * 5000, float("inf")),
    "a date to come": ("Sun, 06 Nov 1994 12:00:37 GMT", 37.0),
    "this very second": ("Sun, 06 Nov 1994 12:00:00 GMT", 0.0),
    "a date gone by": ("Sun, 06 Nov 1994 11:59:59 GMT", 0.0),
    "the form of RFC 850": ("Sunday, 06-Nov-94 12:00:37 GMT", 37.0),
    "the form of C's asctime": ("Sun Nov  6 12:00:37 1994", 37.0),
    "a fraction is not in the standard": ("1.5", None),
    "nor are negative seconds": ("-1", None),
    "nor other digits": ("١٢", None),
    "no day of any month": ("Sun, 99 Nov 1994 12:00:37 GMT", None),
    "no year of any calendar": ("Sun, 06 Nov 99999999999999999999 12:00:37 GMT", None),
    "no zone of any map": ("Sun, 06 Nov 1994 12:00:37 -9999999999999", None),
    "the last instant there is": ("Fri, 31 Dec 9999 23:59:59 -2359", 252618263939.0),
    "nothing": ("", None),
    "words": ("soon", None),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_the_header_says_how_long_to_wait(text, expected):
    """'A non-negative decimal integer' or an HTTP date; anything else says nothing."""
    assert expected == retry_after_s(text, NOON_UNIX_S)


@given(st.text(max_size=40))
def test_no_header_breaks_the_reader(text):
    """What a server sends is never an error of ours, nor a wait into the past."""
    asked_s = retry_after_s(text, NOON_UNIX_S)
    assert asked_s is None or asked_s >= 0


def error_with(**fields):
    """Return an error with these fields."""
    error = OSError()
    vars(error).update(fields)
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (error_with(response=SimpleNamespace(headers={"Retry-After": "3"})), 3.0),
        (error_with(response=SimpleNamespace(headers={"retry-after": "3"})), 3.0),
        (error_with(response=SimpleNamespace(headers={})), None),
        (error_with(response=None), None),
        (error_with(), None),
    ],
)
def test_the_header_is_found_on_the_error(error, expected):
    """Any error with `.response.headers` will do, and any without is left alone."""
    assert expected == RetryAfter()(error)


def test_a_date_is_compared_with_the_clock():
    """The time of day comes from the clock that is passed in."""
    headers = {"Retry-After": "Sun, 06 Nov 1994 12:00:37 GMT"}
    error = error_with(response=SimpleNamespace(headers=headers))
    assert 37.0 == RetryAfter(FakeClock(unix_s=NOON_UNIX_S))(error)
