"""Signatures of requests to AWS."""

from datetime import UTC, datetime

from gonogo.adapters.sources.sigv4 import Credentials, signed

AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
EXAMPLE = Credentials(
    access_key="AKIDEXAMPLE",
    secret_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    region="us-east-1",
    service="service",
)


def test_a_signature_is_that_of_the_published_example():
    """The first request of AWS' own examples is signed as AWS signs it."""
    headers = {"host": "example.amazonaws.com"}
    found = signed(headers, method="GET", path="/", body=b"", at=AT, by=EXAMPLE)
    assert found["authorization"] == (
        "AWS4-HMAC-SHA256 "
        "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature="
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )


def test_a_session_is_signed_with_its_token():
    """The token of a session is sent, and is covered by the signature."""
    by = Credentials(
        access_key="A", secret_key="S", region="r", service="s", token="session"
    )
    found = signed({"host": "h"}, method="POST", path="/", body=b"x", at=AT, by=by)
    assert found["x-amz-security-token"] == "session"
    assert (
        "SignedHeaders=host;x-amz-date;x-amz-security-token" in found["authorization"]
    )


def test_keys_are_not_shown():
    """Neither secret nor token stands in what a traceback would print."""
    assert "wJalr" not in repr(EXAMPLE)
