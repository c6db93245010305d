"""Verification: genuine and recent passes, everything else has a typed answer."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.testing import FakeClock
from hardening.testing.webhooks import Sender
from hardening.webhooks import (
    Delivery,
    Expired,
    InvalidBody,
    InvalidSignature,
    MalformedHeader,
    MissingHeader,
    Verifier,
    WebhookError,
)

NOW = 1_800_000_000
SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()
OLD = bytes(range(32))
BODY = b'{"type": "invoice.paid"}'


def verifier(**settings):
    """Return a verifier at a fixed time."""
    settings = {"secrets": [SECRET], "clock": FakeClock(unix_s=NOW)} | settings
    return Verifier(**settings)


def signed(body=BODY, *, secret=SECRET, identifier="evt_1", sent_s=NOW):
    """Return the headers of a genuine delivery."""
    return Sender(secret).headers(body, identifier=identifier, sent_s=sent_s)


def test_a_genuine_delivery_passes():
    """What the sender signed arrives as it was sent."""
    expected = Delivery("evt_1", NOW, BODY)
    assert expected == verifier().verify(signed(), BODY)
    assert {"type": "invoice.paid"} == expected.json()


def test_names_of_headers_are_the_same_in_upper_and_lower_case():
    """Frameworks differ; HTTP does not."""
    headers = {name.title(): content for name, content in signed().items()}
    assert "evt_1" == verifier().verify(headers, BODY).identifier


def test_pairs_of_bytes_are_headers_too():
    """ASGI's form needs no conversion."""
    pairs = [(name.encode(), text.encode()) for name, text in signed().items()]
    assert "evt_1" == verifier().verify(pairs, BODY).identifier


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_during_a_rotation_both_secrets_are_good(secret):
    """A sender may change its secret without losing a delivery."""
    both = verifier(secrets=[SECRET, OLD])
    assert both.verify(signed(secret=secret), BODY).verified


def test_one_good_signature_among_others_is_enough():
    """A sender in rotation signs with both, and knows newer versions of signatures."""
    headers = signed()
    good = headers["webhook-signature"]
    other = signed(secret=OLD)["webhook-signature"]
    headers["webhook-signature"] = f"v1a,AAAA {other} {good}"
    assert verifier().verify(headers, BODY).verified


def test_another_prefix_is_a_setting():
    """Older senders say svix."""
    headers = Sender(SECRET, prefix="svix").headers(
        BODY, identifier="evt_1", sent_s=NOW
    )
    assert verifier(prefix="Svix").verify(headers, BODY).verified
    with pytest.raises(MissingHeader, match="webhook-id"):
        verifier().verify(headers, BODY)


@pytest.mark.parametrize(
    ("age_s", "passes"),
    [
        (299, True),
        (300, True),
        (300.001, False),
        (301, False),
        (-299, True),
        (-300, True),
        (-300.001, False),
        (-301, False),
    ],
)
def test_the_window_holds_in_both_directions(age_s, passes):
    """Five minutes old, or ahead, is the last that is taken."""
    taking = verifier(clock=FakeClock(unix_s=NOW + age_s))
    if passes:
        assert taking.verify(signed(), BODY).verified
    else:
        with pytest.raises(Expired) as caught:
            taking.verify(signed(), BODY)
        assert (pytest.approx(age_s), 300) == (
            caught.value.age_s,
            caught.value.window_s,
        )


@pytest.mark.parametrize("part", ["id", "timestamp", "signature"])
@pytest.mark.parametrize("content", [None, ""])
def test_a_header_that_is_missing_is_named(part, content):
    """An empty one is missing, too."""
    headers = signed() | {f"webhook-{part}": content}
    present = {name: text for name, text in headers.items() if text is not None}
    with pytest.raises(MissingHeader) as caught:
        verifier().verify(present, BODY)
    assert (f"webhook-{part}", 400) == (caught.value.header, caught.value.status)


@pytest.mark.parametrize("part", ["id", "timestamp", "signature"])
def test_a_header_that_is_there_twice_is_refused(part):
    """Two answers to one question: proxies and applications might read different ones."""
    pairs = [(name.encode(), text.encode()) for name, text in signed().items()]
    pairs.append((f"Webhook-{part}".encode(), b"x"))
    with pytest.raises(MalformedHeader, match=f"webhook-{part}"):
        verifier().verify(pairs, BODY)


@pytest.mark.parametrize(
    "timestamp",
    [
        "inf",
        "-inf",
        "nan",
        "-1",
        "0",
        "01800000000",
        "1e9",
        "1_800_000_000",
        "1800000000.0",
        " 1800000000",
        "1800000000 ",
        "1800000000\n",
        "0x6b49d200",
        "١٨٠٠٠٠٠٠٠٠",
        "\uff11" + "\uff10" * 9,
        "18000000000",
        "9" * 5000,
        "now",
    ],
)
def test_a_time_that_is_none_is_refused(timestamp):
    """Only whole seconds in plain digits are a time; no other spelling of them."""
    with pytest.raises(MalformedHeader, match="webhook-timestamp"):
        verifier().verify(signed() | {"webhook-timestamp": timestamp}, BODY)


@pytest.mark.parametrize("identifier", ["a.b", "a b", "ä", "\x7f", "x" * 257, "a\n"])
def test_an_identifier_that_could_mislead_is_refused(identifier):
    """A full stop within one would give two deliveries the same signature."""
    with pytest.raises(MalformedHeader, match="webhook-id"):
        verifier().verify(signed() | {"webhook-id": identifier}, BODY)


def test_the_longest_identifier_is_taken():
    """The limit belongs to what is allowed."""
    headers = signed(identifier="x" * 256)
    assert verifier().verify(headers, BODY).verified


@pytest.mark.parametrize(
    "signature",
    [
        "v1",
        "v1,",
        "v1,!",
        "v1,AAA",
        "v1,ä",
        "v2,AAAA",
        "v1a,AAAA",
        "AAAA",
        "," * 9,
        "v1,\x00",
        " ",
        "v1," + "A" * 44,
        "�",
    ],
)
def test_a_malformed_signature_is_unauthorised_and_no_failure(signature):
    """Whatever stands in the header, the answer is 401."""
    with pytest.raises(InvalidSignature) as caught:
        verifier().verify(signed() | {"webhook-signature": signature}, BODY)
    assert 401 == caught.value.status


@pytest.mark.parametrize(
    "signature", ["v1,AAAA " * 17, "v1," + "A" * 4094], ids=["many", "long"]
)
def test_a_huge_signature_is_refused_before_it_is_computed(signature):
    """Sixteen signatures in four kilobytes are enough for every rotation."""
    with pytest.raises(MalformedHeader, match="webhook-signature"):
        verifier().verify(signed() | {"webhook-signature": signature}, BODY)


def test_sixteen_signatures_are_looked_at():
    """The limit belongs to what is allowed."""
    headers = signed()
    headers["webhook-signature"] = "v1,AAAA " * 15 + headers["webhook-signature"]
    assert verifier().verify(headers, BODY).verified


@pytest.mark.parametrize("body", [b"\xff\xfe", BODY + b" ", b""])
def test_another_body_than_the_signed_one_is_unauthorised(body):
    """One byte more is another body; bytes that are no UTF-8 were never signed."""
    with pytest.raises(InvalidSignature):
        verifier().verify(signed(), body)


def test_a_signature_of_another_delivery_is_unauthorised():
    """The identifier and the time are signed, too."""
    for change in ({"webhook-id": "evt_2"}, {"webhook-timestamp": str(NOW + 1)}):
        with pytest.raises(InvalidSignature):
            verifier().verify(signed() | change, BODY)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"1" * 5000, b""])
def test_a_signed_body_that_is_no_json_is_a_bad_request(body):
    """Even a genuine sender cannot make the service fail."""
    with pytest.raises(InvalidBody) as caught:
        Delivery("evt_1", NOW, body).json()
    assert 400 == caught.value.status


HEADER = st.one_of(
    st.text(max_size=80), st.sampled_from([str(NOW), "evt_1", "v1,AAAA"])
)


@given(HEADER, HEADER, HEADER, st.binary(max_size=200))
@example("evt_1", "1e308", "v1,AAAA", b"")
def test_no_input_of_a_stranger_is_a_failure(identifier, timestamp, signature, body):
    """Whatever comes is refused with a status from 400 to 413, and never passes."""
    headers = {
        "webhook-id": identifier,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
    }
    with pytest.raises(WebhookError) as caught:
        verifier().verify(headers, body)
    assert caught.value.status in {400, 401}


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=20)), max_size=6))
def test_no_headers_of_a_stranger_are_a_failure(pairs):
    """Bytes that are no text are headers of nobody."""
    with pytest.raises(MissingHeader):
        verifier().verify(pairs, BODY)


@given(
    st.text(),
    st.text(
        alphabet=st.characters(min_codepoint=33, max_codepoint=126),
        min_size=1,
        max_size=256,
    ),
)
def test_whatever_a_sender_signs_passes(text, identifier):
    """What standardwebhooks signs, we verify: any text, any allowed identifier."""
    identifier = identifier.replace(".", "-")
    try:
        body = text.encode()
    except UnicodeEncodeError:
        return
    headers = signed(body, identifier=identifier)
    assert Delivery(identifier, NOW, body) == verifier().verify(headers, body)


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("secrets", {"secrets": []}),
        ("secrets", {"secrets": SECRET}),
        ("secrets", {"secrets": [SECRET] * 11}),
        ("secrets", {"secrets": ["whsec_!!!!"]}),
        ("secrets", {"secrets": [bytes(23)]}),
        ("secrets", {"secrets": [bytes(65)]}),
        ("window_s", {"window_s": 0}),
        ("window_s", {"window_s": float("inf")}),
        ("window_s", {"window_s": float("nan")}),
        ("prefix", {"prefix": ""}),
    ],
)
def test_a_wrong_setting_is_said_with_its_name_and_without_the_secret(field, settings):
    """Wrong configuration fails where it is made, and shows no secret."""
    with pytest.raises(InvalidSetting, match=rf"Verifier\.{field}") as caught:
        verifier(**settings)
    assert "!!!!" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("size", [24, 64])
def test_the_shortest_and_longest_secret_are_taken(size):
    """The limits belong to what is allowed."""
    key = bytes(size)
    assert verifier(secrets=[key]).verify(signed(secret=key), BODY).verified


def test_a_secret_without_its_padding_is_taken():
    """Some senders show base64 without the equal signs."""
    key = bytes(range(25))
    shown = "whsec_" + base64.b64encode(key).decode().rstrip("=")
    assert verifier(secrets=[shown]).verify(signed(secret=key), BODY).verified


def test_no_message_shows_a_signature_or_a_body():
    """Errors go to logs; what they tell helps nobody to forge."""
    with pytest.raises(InvalidSignature) as caught:
        verifier().verify(signed() | {"webhook-signature": "v1,c2VjcmV0"}, b"body")
    assert "c2VjcmV0" not in str(caught.value)
    assert SECRET not in repr(verifier())
