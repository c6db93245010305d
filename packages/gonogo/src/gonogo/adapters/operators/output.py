"""
Kept output: its head and its tail, as text that is safe to show and to journal.

Secrets are redacted before the middle is cut out. Otherwise half a secret could stand
at a cut, where nothing would recognise it any more.
"""

import re
from collections.abc import Callable

Redact = Callable[[str], str]

LIMIT = 64 * 1024  # characters; enough for a person, and a journal stays small
_SLACK = 8 * 1024  # kept beyond a cut while redacting: longer than any one secret
KEPT_BYTES = LIMIT // 2 + _SLACK  # of each end: what has to be there to be redacted

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,16}[@-~]|\][^\x07\x1b]{0,512}\x07?)"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ud800-\udfff]")


class KeptOutput:
    """
    Collects bytes in bounded memory.

    Args:
        redact: Takes the secrets out.
        limit: How many characters are kept, half of them from the end.
    """

    def __init__(self, redact: Redact, *, limit: int = LIMIT) -> None:
        self._redact, self._half = redact, limit // 2
        self._head, self._tail = bytearray(), bytearray()
        self._total = 0

    @classmethod
    def of(cls, head: bytes, tail: bytes, total: int, redact: Redact) -> "KeptOutput":
        """Return what somebody else kept: the two ends, of so many bytes in all."""
        output = cls(redact)
        output.feed(head)
        output.feed(tail)
        output._total = total
        return output

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._total += len(data)
        room = self._half + _SLACK - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        # Twice the bound, so that trimming costs nothing per byte.
        if len(self._tail) > 2 * (self._half + _SLACK):
            del self._tail[: -(self._half + _SLACK)]

    def text(self) -> str:
        """Return what was kept, redacted, with a marker where the middle is missing."""
        kept = bytes(self._head + self._tail)
        if self._total <= len(kept):
            return cut(self._redact(printable(kept)), limit=2 * self._half)
        head = self._redact(printable(bytes(self._head)))[: self._half]
        tail = self._redact(printable(bytes(self._tail)))
        # What a secret's first half was cut off from stands at the very beginning.
        tail = tail[max(_SLACK // 2, len(tail) - self._half) :]
        return f"{head}{_marker(self._total - len(head) - len(tail))}{tail}"


def bounded(text: str, redact: Redact, *, limit: int = LIMIT) -> str:
    """Return a text redacted, and without its middle when it is longer than that."""
    if len(text) <= limit:
        return cut(redact(clean(text)), limit=limit)
    output = KeptOutput(redact, limit=limit)
    output.feed(text.encode("utf-8", "replace"))
    return output.text()


def cut(text: str, *, limit: int = LIMIT) -> str:
    """Return a redacted text without its middle when it is longer than the limit."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}{_marker(len(text) - 2 * half)}{text[-half:]}"


def printable(data: bytes) -> str:
    """Return bytes as text; what is no text becomes U+FFFD."""
    return clean(data.decode("utf-8", "replace"))


def clean(text: str) -> str:
    """Return a text without colours and control characters, lines ending in LF."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("�", text)


def _marker(count: int) -> str:
    return f"\n[… {count:,} characters left out …]\n"
