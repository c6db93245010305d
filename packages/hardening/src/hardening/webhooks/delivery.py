"""A delivery: what a sender sent, once its headers can be read."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hardening.webhooks.errors import InvalidBody, MalformedHeader, MissingHeader

Headers = Mapping[str, str] | Iterable[tuple[bytes, bytes]]
"""As frameworks have them: names with texts, or ASGI's pairs of bytes."""

# A full stop parts the signed content; within an identifier it would let two different
# deliveries have one signature (Standard Webhooks, 'Signature scheme').
_ID = re.compile(r"[!-\-/-~]{1,256}", re.ASCII)
# Seconds since 1970, up to the year 2286. `float` would take 'inf', '1_0' and the digits of
# every script.
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_SIGNATURE_MAX = 4096
_SIGNATURES_MAX = 16


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    One delivery.

    Attributes:
        identifier: The sender's, the same at each attempt: the idempotency key.
        sent_s: When this attempt was sent, in whole seconds since 1970.
        body: As it came.
        verified: Whether its signature was looked at; False only with the switch off.
    """

    identifier: str
    sent_s: int
    body: bytes
    verified: bool = True

    def json(self) -> Any:  # noqa: ANN401 - whatever the sender sent
        """
        Return the body's content.

        Raises:
            InvalidBody: It is no JSON, or nested too deeply to be read.
        """
        try:
            return json.loads(self.body)
        except RecursionError:
            why = "it is nested too deeply"
        except UnicodeDecodeError:
            why = "it is not UTF-8"
        except ValueError:
            why = "its form is wrong"
        raise InvalidBody(why)


def read(
    headers: Headers, body: bytes, *, prefix: str = "webhook"
) -> tuple[Delivery, tuple[str, ...]]:
    """
    Return a delivery and its signatures, in base64 as they came.

    Args:
        headers: Of the request; upper and lower case are one.
        body: Of the request.
        prefix: Of the three headers.

    Raises:
        MissingHeader: One of the three is not there, or empty.
        MalformedHeader: One is there twice, too long, or no identifier or time.
    """
    names = tuple(f"{prefix}-{part}" for part in ("id", "timestamp", "signature"))
    identifier, timestamp, signature = _three(headers, names)
    if not _ID.fullmatch(identifier):
        rule = "1 to 256 visible ASCII characters without a full stop"
        raise MalformedHeader(names[0], rule)
    if not _TIMESTAMP.fullmatch(timestamp):
        raise MalformedHeader(names[1], "whole seconds since 1970")
    signatures = tuple(signature.split(" "))
    if len(signature) > _SIGNATURE_MAX or len(signatures) > _SIGNATURES_MAX:
        rule = f"at most {_SIGNATURES_MAX} signatures in {_SIGNATURE_MAX} characters"
        raise MalformedHeader(names[2], rule)
    return Delivery(identifier, int(timestamp), body), signatures


def read_unverified(
    headers: Headers, body: bytes, *, prefix: str = "webhook"
) -> Delivery:
    """Return a delivery as it claims to be; what it does not claim is empty."""
    found = dict(_pairs(headers))
    timestamp = found.get(f"{prefix}-timestamp", "")
    sent_s = int(timestamp) if _TIMESTAMP.fullmatch(timestamp) else 0
    return Delivery(found.get(f"{prefix}-id", ""), sent_s, body, verified=False)


def _three(headers: Headers, names: tuple[str, ...]) -> Iterable[str]:
    """Return the contents of some headers, each of which has to be there once."""
    found = dict.fromkeys(names, "")
    for name, content in _pairs(headers):
        if found.get(name):
            raise MalformedHeader(name, "there once")
        if name in found:
            found[name] = content
    for name, content in found.items():
        if not content:
            raise MissingHeader(name)
    return found.values()


def _pairs(headers: Headers) -> Iterable[tuple[str, str]]:
    """Yield names in lower case with their contents, as text."""
    pairs: Iterable[tuple[str | bytes, str | bytes]]
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    for name, content in pairs:
        yield _text(name).lower(), _text(content)


def _text(content: str | bytes) -> str:
    """Return a header's part as text; HTTP's bytes are Latin-1."""
    return content if isinstance(content, str) else content.decode("latin-1")
