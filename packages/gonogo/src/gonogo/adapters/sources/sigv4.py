"""
AWS Signature Version 4: how a request proves who sends it, with the standard library.

Source: AWS, "Create a signed AWS API request"; the names below are those of its steps.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """
    Who asks, of which region and service.

    Attributes:
        token: Of a session; '' for a user's own key.
    """

    access_key: str
    secret_key: str = field(repr=False)
    region: str
    service: str
    token: str = field(default="", repr=False)


def signed(
    headers: Mapping[str, str],
    *,
    method: str,
    path: str,
    body: bytes,
    at: datetime,
    by: Credentials,
) -> dict[str, str]:
    """
    Return the headers with a date and the signature of the whole request.

    Args:
        headers: All that are signed, `host` among them; names in lower case.
        method: Of HTTP.
        path: From the slash on, without a query: none of our requests has one.
        body: As it is sent.
        at: Now; AWS refuses a signature that is 5 minutes old.
        by: Who signs.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    every = {**headers, "x-amz-date": stamp}
    if by.token:
        every["x-amz-security-token"] = by.token
    names = ";".join(sorted(every))
    scope = f"{stamp[:8]}/{by.region}/{by.service}/aws4_request"
    lines = "".join(f"{name}:{every[name].strip()}\n" for name in sorted(every))
    canonical = "\n".join(
        (method, quote(path), "", lines, names, sha256(body).hexdigest())
    )
    to_sign = "\n".join(
        (_ALGORITHM, stamp, scope, sha256(canonical.encode()).hexdigest())
    )
    signature = hmac.new(_key(by, stamp[:8]), to_sign.encode(), sha256).hexdigest()
    every["authorization"] = (
        f"{_ALGORITHM} Credential={by.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return every


def _key(by: Credentials, day: str) -> bytes:
    """Derive the key of one day, region and service."""
    key = f"AWS4{by.secret_key}".encode()
    for part in (day, by.region, by.service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key
