"""
Redaction: secrets are replaced before a text leaves the operators (law 10).

Two nets: the values that the plan marks secret, in every form in which programs print
them; and the shapes that secrets commonly have, for those that nobody marked. Every
pattern is linear in the text, which may be anything: repetitions are bounded, or can
start in one place only.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

_SHORTEST = 4
_SHORTEST_LINE = 16  # of a secret of several lines: each such line is a secret too
_SHORTEST_BASE64 = 8  # shorter pieces of base64 occur by chance


class SecretTooShort(ValueError):
    """A secret is so short that redacting it would blot out ordinary text."""

    def __init__(self, name: str) -> None:
        """Compose the message from the secret's name."""
        self.name = name
        super().__init__(
            f"The secret '{name}' is shorter than {_SHORTEST} characters, too short to "
            "be redacted. Use a longer one, or do not mark it secret."
        )


class Redactor:
    """
    Replaces secrets in a text by `[redacted]`. Redacting twice changes nothing more.

    Args:
        secrets: The values to hide, by the name that an error may mention.

    Raises:
        SecretTooShort: One has fewer than four characters.
    """

    def __init__(self, secrets: dict[str, str] | None = None) -> None:
        secrets = secrets or {}
        for name, secret in secrets.items():
            if len(secret) < _SHORTEST:
                raise SecretTooShort(name)
        forms = {form for secret in secrets.values() for form in _forms(secret)}
        self.longest = max(map(len, forms), default=0)
        self._secrets = _any_of(forms)

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        if self._secrets is not None:
            text = self._secrets.sub(REDACTED, text)
        for pattern, replacement in _SHAPES:
            text = pattern.sub(replacement, text)
        return _without_key_ends(text)


def _any_of(forms: Iterable[str]) -> re.Pattern[str] | None:
    """Return what matches any of the forms, the longest first; None without any."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def _forms(secret: str) -> Iterator[str]:
    """Yield every form in which programs print a secret."""
    yield secret
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    for as_json in (json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        yield as_json[1:-1]
        yield as_json[1:-1].replace("/", r"\/")
    yield secret.replace("'", r"'\''")  # as bash prints it under `set -x`
    yield from _in_base64(secret)
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _SHORTEST_LINE)


def _in_base64(secret: str) -> Iterator[str]:
    """Yield a secret's base64, alone and at each place within a longer text."""
    data = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(data).decode()
        yield whole
        if len(whole.rstrip("=")) >= _SHORTEST_BASE64:
            yield whole.rstrip("=")
        for offset in range(3):
            # Characters that hold bits of what stands before or after are left out.
            first = (offset * 8 + 5) // 6
            last = (offset + len(data)) * 8 // 6
            part = encode(bytes(offset) + data).decode()[first:last]
            if len(part) >= _SHORTEST_BASE64:
                yield part


# What is plainly no secret: a reference to one, a blank, or one redacted before.
_HARMLESS = r"(?!\$|\?|\*|%s|null\b|\[redacted)"
_VALUE = rf"""{_HARMLESS}(?:"[^"\n]+"|'[^'\n]+'|[^\s"'&,;)}}<]+)"""

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Private keys, to their end or, when cut off, to the end of the text.
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?"
            r"(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
        REDACTED,
    ),
    # https://user:password@host: the password, up to the last @ before the path.
    (
        re.compile(r"""(://[^\s/:@"'<>]{0,200}:)(?!\[redacted\]@)[^\s/"'<>]{1,500}@"""),
        rf"\1{REDACTED}@",
    ),
    # Authorization: Basic …
    (
        re.compile(
            r"""(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z]{1,20}\s{1,4})?)"""
            rf"""{_HARMLESS}[^\s"',;]{{4,}}""",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # Bearer …: words like 'bearer authentication' have no digit.
    (
        re.compile(
            r"\b(bearer\s{1,4})(?=[a-z._~+/=-]{0,300}\d)[a-z0-9._~+/=-]{6,}",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # password=…, PGPASSWORD = '…', "api_key": "…"
    (
        re.compile(
            rf"((?:password|passwd|passphrase)[\"']?\s{{0,3}}=\s{{0,3}}){_VALUE}",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    (
        re.compile(
            r"((?:secret|token|api[_-]?key|access[_-]?key)=|"
            r"(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key)"
            rf"[\"']\s{{0,3}}:\s{{0,3}}){_VALUE}",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # Keys of AWS, tokens of GitHub and Slack.
    (
        re.compile(
            r"\b(?:A[KS]IA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,255}"
            r"|xox[abprs]-[A-Za-z0-9-]{10,255})\b"
        ),
        REDACTED,
    ),
    # JSON web tokens.
    (
        re.compile(
            r"(?<![\w-])eyJ[\w-]{5,1000}\.eyJ[\w-]{5,}\.[\w-]*",
            re.ASCII,
        ),
        REDACTED,
    ),
)

_KEY_END = re.compile(r"-----END [A-Z ]{0,30}PRIVATE KEY-----")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{1,80}\r?")


def _without_key_ends(text: str) -> str:
    """Return the text without private keys whose beginning was cut off."""
    kept: list[str] = []
    for line in text.split("\n"):
        end = _KEY_END.search(line)
        if end is None:
            kept.append(line)
            continue
        while kept and _KEY_LINE.fullmatch(kept[-1]):
            kept.pop()
        kept.append(REDACTED + line[end.end() :])
    return "\n".join(kept)
