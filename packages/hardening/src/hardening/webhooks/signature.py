"""
Signatures: whether a delivery comes from somebody who knows a secret, and just now.

The signature itself is standardwebhooks' business. Its own verification is not used: it
raises untyped errors on malformed signatures and bodies, takes `1e9` and `inf` for
times, and reads the clock by itself.
"""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime

from hardening.core import SystemClock, WallClock, require
from hardening.webhooks.delivery import Delivery, Headers, read
from hardening.webhooks.errors import Expired, InvalidSignature

_CLOCK = SystemClock()
_PREFIX = "whsec_"
_VERSION = "v1,"
_BYTES_MIN, _BYTES_MAX = 24, 64
_SECRETS_MAX = 10


class Verifier:
    """
    Verifies deliveries by Standard Webhooks; immutable, shared freely.

    Args:
        secrets: One or more, newest first: 'whsec_' with base64, or bytes. During a
            rotation the old and the new one are both valid.
        window_s: How old a delivery may be, and how far in the future; 300 by Standard
            Webhooks. Both limits belong to what is allowed.
        prefix: Of the three headers: 'webhook'; older senders say 'svix'.
        clock: Tells the time.
    """

    __slots__ = ("_clock", "_keys", "_prefix", "_window_s")

    def __init__(
        self,
        secrets: Sequence[str | bytes],
        *,
        window_s: float = 300.0,
        prefix: str = "webhook",
        clock: WallClock = _CLOCK,
    ) -> None:
        from standardwebhooks import Webhook  # noqa: PLC0415 - loaded by its first use

        listed = not isinstance(secrets, str | bytes)
        holds = listed and 1 <= len(secrets) <= _SECRETS_MAX
        rule = f"a list of 1 to {_SECRETS_MAX}"
        require("Verifier.secrets", "what was given", rule, holds=holds)
        holds = 0 < window_s < float("inf")
        require("Verifier.window_s", window_s, "more than 0 and finite", holds=holds)
        require("Verifier.prefix", prefix, "a name", holds=bool(prefix))
        self._keys = tuple(Webhook(key_of(secret)) for secret in secrets)
        self._window_s = window_s
        self._prefix = prefix.lower()
        self._clock = clock

    @property
    def prefix(self) -> str:
        """Of the three headers, in lower case."""
        return self._prefix

    @property
    def window_s(self) -> float:
        """How old, or how far in the future, a delivery may be."""
        return self._window_s

    def verify(self, headers: Headers, body: bytes) -> Delivery:
        """
        Return a delivery that somebody with a known secret sent just now.

        Args:
            headers: Of the request; names in upper or lower case, or ASGI's pairs.
            body: As it came, byte for byte.

        Raises:
            MissingHeader: One of the three is not there.
            MalformedHeader: One is there and cannot be read.
            Expired: It is older or newer than the window allows.
            InvalidSignature: No signature fits; also when it is no base64, and when
                the body is no UTF-8, which nobody signs by Standard Webhooks.
        """
        delivery, signatures = read(headers, body, prefix=self._prefix)
        age_s = self._clock.unix_s() - delivery.sent_s
        if not abs(age_s) <= self._window_s:
            raise Expired(age_s, self._window_s)
        given = tuple(filter(None, map(_digest_in, signatures)))
        if not given or not self._fits(delivery, given):
            raise InvalidSignature
        return delivery

    def _fits(self, delivery: Delivery, given: Sequence[bytes]) -> bool:
        """Tell whether one of the signatures is that of one of the secrets."""
        try:
            text = delivery.body.decode()
        except UnicodeDecodeError:
            return False
        sent = datetime.fromtimestamp(delivery.sent_s, UTC)
        for key in self._keys:
            expected = _digest_in(key.sign(delivery.identifier, sent, text)) or b""
            if any(hmac.compare_digest(expected, digest) for digest in given):
                return True
        return False


def key_of(secret: str | bytes) -> bytes:
    """
    Return a secret's key.

    Raises:
        InvalidSetting: It is no base64, or has not 24 to 64 bytes. It is not shown.
    """
    key = secret if isinstance(secret, bytes) else _decoded(secret)
    rule = f"{_BYTES_MIN} to {_BYTES_MAX} bytes, in base64 after '{_PREFIX}'"
    holds = key is not None and _BYTES_MIN <= len(key) <= _BYTES_MAX
    require("Verifier.secrets", "one that was given", rule, holds=holds)
    return key or b""


def _decoded(secret: str) -> bytes | None:
    """Return the bytes of a secret as senders show it; None when it is none."""
    text = secret.removeprefix(_PREFIX)
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None


def _digest_in(signature: str) -> bytes | None:
    """Return the digest of a signature of our version; None for every other text."""
    if not signature.startswith(_VERSION):
        return None
    try:
        return b64decode(signature[len(_VERSION) :], validate=True)
    except (binascii.Error, ValueError):
        return None
