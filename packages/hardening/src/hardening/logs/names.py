"""
Names: which field of an event holds a secret, told by what the field is called.

Spelling does not matter: `apiKey`, `API_KEY`, `x-api-key` and `apikey` are one name. A
name is read as words, so that `token` is a secret and `max_tokens`, `token_count` and
`InvalidTokenError` are none.
"""

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Wherever these stand, in one word or in several, the field is a secret.
_STRONG = (
    "accesstoken",
    "apikey",
    "apitoken",
    "authtoken",
    "authorization",
    "bearertoken",
    "clientsecret",
    "connectionstring",
    "creditcard",
    "credential",
    "csrfmiddlewaretoken",
    "csrftoken",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "secret",
    "sessid",
    "sessionid",
    "sessiontoken",
    "xsrftoken",
)
# Written as one word they are secrets where the name ends with them; the identifier of a
# signing key is none.
_ENDINGS = ("encryptionkey", "hmackey", "idtoken", "signingkey")
# These are secrets when they are what the name is about: its last word, or nearly so.
_NOUNS = frozenset(
    (
        "auth",
        "bearer",
        "cookie",
        "cookies",
        "csrf",
        "cvc",
        "cvv",
        "jwt",
        "otp",
        "pin",
        "pwd",
        "sig",
        "signature",
        "ssn",
        "token",
        "tokens",
    )
)
# 'key' alone is what a cache or a table has; these make it a secret.
_KEYS_OF = frozenset(
    (
        "access",
        "account",
        "api",
        "app",
        "auth",
        "encryption",
        "hmac",
        "master",
        "private",
        "secret",
        "shared",
        "signing",
        "ssh",
        "storage",
        "webhook",
    )
)
# A noun may be followed by these and stays the noun.
_TRAILERS = frozenset(
    (
        "base",
        "b",
        "confirm",
        "confirmation",
        "current",
        "data",
        "encrypted",
        "hash",
        "hashed",
        "header",
        "hex",
        "new",
        "old",
        "pem",
        "plain",
        "plaintext",
        "raw",
        "string",
        "text",
        "value",
    )
)
# With one of these, the field tells something about a secret and holds none.
_ABOUT = frozenset(
    (
        "age",
        "alg",
        "algorithm",
        "at",
        "budget",
        "count",
        "counts",
        "denied",
        "enabled",
        "endpoint",
        "error",
        "errors",
        "exception",
        "expired",
        "expires",
        "expiry",
        "expiration",
        "failed",
        "failure",
        "failures",
        "file",
        "has",
        "invalid",
        "is",
        "length",
        "limit",
        "limiter",
        "max",
        "method",
        "min",
        "missing",
        "name",
        "path",
        "policy",
        "required",
        "retries",
        "secretary",
        "secretariat",
        "size",
        "state",
        "status",
        "total",
        "ttl",
        "type",
        "uri",
        "url",
        "usage",
        "used",
        "valid",
        "version",
    )
)


def is_secret_name(name: str) -> bool:
    """
    Tell whether a field of this name holds a secret.

    Args:
        name: A key of an event, a header, a parameter of a URL; any spelling.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or not _ABOUT.isdisjoint(words):
        return False
    squashed = "".join(words)
    if any(strong in squashed for strong in _STRONG):
        return True
    while len(words) > 1 and words[-1] in _TRAILERS:
        words.pop()
    return _ends_in_a_secret(words)


def counts_tokens(name: str) -> bool:
    """Tell whether a number below this name is a count: 'prompt_tokens'."""
    return name.lower().endswith("tokens")


def _ends_in_a_secret(words: list[str]) -> bool:
    """Tell whether the last word, with the one before it, is a secret."""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last.endswith(_ENDINGS):
        return True
    if last in {"key", "keys"}:
        return before in _KEYS_OF
    # DB_PASS is a password; a test's 'pass' is a verdict.
    return last in _NOUNS or (last == "pass" and bool(before))
