"""The response: JSON that is JSON, in the shape that was asked for, or a typed error."""

import pickle
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.http import (
    BudgetSpent,
    CircuitOpen,
    ConnectionFailed,
    HttpError,
    InvalidJson,
    InvalidRequest,
    Phase,
    ProviderTimeout,
    Response,
    ResponseTooLarge,
    Unavailable,
    UnknownProvider,
    retry_after,
)


def response(content=b"{}", status=200, **headers):
    """Return an answer."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        provider="p", where="GET /x", status=status, headers=given, content=content
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the body is empty"),
        (b" \n", "the body is empty"),
        (b"<html>hunter2</html>", "Expecting value: line 1, column 1"),
        (b'{"a": "hunter2"', "Expecting ',' delimiter: line 1, column 16"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"\xff\xfe\xfd", "byte"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"1" * 5000, "digits"),
    ],
)
def test_what_is_not_json_is_one_error(content, reason):
    """Where it goes wrong is said, never what stands there; no cause holds the body."""
    with pytest.raises(InvalidJson) as raised:
        response(content).json()
    assert reason in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


@given(st.binary(max_size=60))
def test_no_body_escapes_the_typed_error(content):
    """Whatever a provider sends, it is JSON or `InvalidJson`."""
    with suppress(InvalidJson):
        response(content).json()


@dataclass
class Company:
    """What a test asks for."""

    name: str


def test_json_comes_in_the_type_that_was_asked_for():
    """A provider that changes its answers is found out at the edge, not in the middle."""
    parsed = response(b'{"name": "Acme"}').json_as(lambda held: Company(**held))
    assert Company("Acme") == parsed
    for content in (b"[]", b'{"nom": "Acme"}', b"null"):
        with pytest.raises(InvalidJson, match="of another shape, TypeError") as raised:
            response(content).json_as(lambda held: Company(**held))
        assert isinstance(raised.value.__cause__, TypeError)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text/plain; charset=latin-1", "é"),
        ('text/plain; Charset="ISO-8859-1"', "é"),
        ("text/plain", "\ufffd"),
        ("text/plain; charset=no-such", "\ufffd"),
        ("", "\ufffd"),
    ],
)
def test_text_is_read_in_its_charset(kind, text):
    """An unknown charset, or a wrong one, loses characters and raises nothing."""
    assert text == response(b"\xe9", content_type=kind).text


ERRORS = (
    ProviderTimeout("p", "GET /x", Phase.CONNECT, 1.0),
    ConnectionFailed("p", "GET /x", "refused"),
    HttpError("p", "GET /x", response(b"hunter2", 401, set_cookie="hunter2")),
    Unavailable("p", "GET /x", response(b"hunter2", 503), 7.0),
    CircuitOpen("p", "GET /x", 30.0),
    CircuitOpen("p", "GET /x"),
    BudgetSpent("p", "GET /x", 0.02, 60.0),
    ResponseTooLarge("p", "GET /x", 1000),
    InvalidJson("p", "GET /x", "empty"),
    InvalidRequest("p", "GET /x", "no path"),
    UnknownProvider("p", ("q",)),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_are_said_in_a_sentence_that_holds_no_secret(error):
    """Whoever reads the log knows whom, what and why; nobody reads a key there."""
    for shown in (str(error), repr(error)):
        assert "hunter2" not in shown
    assert str(error).endswith(".")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_cross_processes(error):
    """A job's error is stored and sent; it says the same on the other side."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(error), str(error)) == (type(copy), str(copy))


def test_errors_say_when_to_come_back():
    """A retrier's policy asks one function, of any error."""
    asked = [retry_after(error) for error in (*ERRORS, OSError())]
    assert [None] * 3 + [7.0, 30.0, None, 60.0] + [None] * 5 == asked


@pytest.mark.parametrize(
    ("phase", "fault", "arrived"),
    [
        (Phase.SLOT, False, False),
        (Phase.CONNECT, True, False),
        (Phase.WRITE, True, True),
        (Phase.READ, True, True),
        (Phase.ATTEMPT, True, True),
        (Phase.DEADLINE, True, True),
    ],
)
def test_a_timeout_says_whether_the_call_may_have_arrived(phase, fault, arrived):
    """A payment whose connection was never made can be made again."""
    error = ProviderTimeout("p", "GET /x", phase, 1.0)
    assert (fault, arrived) == (error.is_fault, error.may_have_arrived)
