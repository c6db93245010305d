"""The request: what cannot be sent is refused before anything is, and not repeated."""

import math

import pytest

from hardening.http.request import request_of

KEY = "Idempotency-Key"


def refused(method="GET", path="/v1", **options):
    """Return why a call is refused."""
    with pytest.raises(ValueError, match=r"[a-z]") as raised:
        request_of(method, path, options, KEY)
    return str(raised.value)


@pytest.mark.parametrize(
    "path",
    [
        "v1/find",
        "",
        "//evil.example/../x",
        "/v1/../admin",
        "/v1/%2e%2e/admin",
        "/v1/x%2f..%2fadmin",
        "/v1/x%2F%2E%2E%2Fadmin",
        "/v1/x%5c..%5cadmin",
        "/v1/find?key=hunter2",
        "/v1/find#top",
        "/v1/a b",
        "/v1/é",
        "/v1/a\r\nhost: evil",
        "/v1\\..\\admin",
        "http://evil.example/",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path):
    """What comes from outside cannot leave the path it was put into."""
    assert "hunter2" not in refused(path=path)


@pytest.mark.parametrize(
    "headers",
    [{"x-key": "a\r\nb: c"}, {"x key": "a"}, {"x-key": "hunter2\x00"}, {"x": "é"}],
)
def test_a_header_that_would_split_the_message_is_refused(headers):
    """A line break in a header is another header; its content is not repeated."""
    assert "hunter2" not in refused(headers=headers)


def test_a_body_is_given_in_one_way():
    """Two bodies are a mistake, and JSON cannot hold everything."""
    assert "one of" in refused("POST", json={}, form={})
    assert "cannot be encoded" in refused("POST", json={"x": math.nan})
    assert "cannot be encoded" in refused("POST", json={"x": object()})


def test_bodies_have_their_content_type():
    """JSON is compact UTF-8; a form is encoded; a content type of one's own counts."""
    sent = request_of("post", "/v1", {"json": {"a": "é"}}, KEY)
    assert ("POST", '{"a":"é"}'.encode()) == (sent.method, sent.content)
    assert "application/json" == sent.headers["content-type"]
    sent = request_of("POST", "/v1", {"form": {"a": "1 2"}}, KEY)
    assert b"a=1+2" == sent.content
    options = {"json": 1, "headers": {"Content-Type": "application/vnd.api+json"}}
    sent = request_of("POST", "/v1", options, KEY)
    assert {"content-type": "application/vnd.api+json"} == sent.headers


@pytest.mark.parametrize(
    ("method", "repeatable"),
    [("GET", True), ("PUT", True), ("DELETE", True), ("POST", False), ("PATCH", False)],
)
def test_only_what_may_be_repeated_is_tried_again(method, repeatable):
    """RFC 9110: idempotent methods mean the same when sent twice; others need a key."""
    assert repeatable == request_of(method, "/v1", {}, KEY).is_repeatable
    keyed = request_of(method, "/v1", {"idempotency_key": "order-17"}, KEY)
    assert keyed.is_repeatable
    assert "order-17" == keyed.headers["idempotency-key"]


@pytest.mark.parametrize("wrong", [0, -1, math.nan, math.inf])
def test_a_deadline_is_more_than_nothing(wrong):
    """A call without time, or with all the time in the world, is a mistake."""
    assert "deadline_s" in refused(deadline_s=wrong)


@pytest.mark.parametrize(
    "name",
    ["params", "headers", "form", "content", "deadline_s", "idempotency_key", "cost"],
)
def test_none_is_as_good_as_not_given(name):
    """A wrapper hands on what it was given, and need not leave out what it was not."""
    assert request_of("POST", "/v1", {}, KEY) == request_of(
        "POST", "/v1", {name: None}, KEY
    )


def test_none_as_json_is_null():
    """JSON has a word for it, so it is sent."""
    assert b"null" == request_of("POST", "/v1", {"json": None}, KEY).content


def test_an_encoded_slash_alone_climbs_nowhere():
    """A name with a slash in it is a name."""
    assert "/v1/a%2fb" == request_of("GET", "/v1/a%2fb", {}, KEY).path


def test_a_request_shows_no_secret():
    """Whatever logs a request logs its method and path."""
    options = {"headers": {"x-key": "hunter2"}, "params": {"key": "hunter2"}}
    shown = repr(request_of("POST", "/v1", {"json": "hunter2", **options}, KEY))
    assert "hunter2" not in shown
    assert "/v1" in shown
