"""
The encoding: which characters the bytes stand for, decided by the first of them.

Whatever is decided, decoding loses nothing: a byte that stands for no character becomes
a surrogate, so that its row alone is rejected, and encoding the text again gives the
very bytes, which is how the position in the source is known.

Source:
    PEP 383 (surrogateescape); the WHATWG Encoding Standard for byte order marks, and
    for Windows-1252 where old software says Latin-1.
"""

import codecs
from dataclasses import dataclass
from enum import StrEnum

from hardening.core import require
from hardening.csv.errors import EncodingUnsupported

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_UTF_16 = ("utf-16-le", "utf-16-be")
# A Latin script in UTF-16 is zeros in every other byte; a CSV with a few NULs is not.
_ZEROS_LEAST = 0.3
# Bytes that are controls in Latin-1. Five of them stand for nothing in Windows-1252, the
# others for what people write: the euro sign, dashes, curly quotes.
_NOT_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_IN_CP1252 = frozenset(range(0x80, 0xA0)) - _NOT_IN_CP1252
_ALL_BYTES = bytes(range(256))
_WITHOUT_MARK = {"utf-8-sig": "utf-8"}


class Decided(StrEnum):
    """What an encoding or a delimiter was decided by."""

    MARK = "byte order mark"
    BYTES = "first bytes"
    SETTING = "setting"
    HEADER = "header"
    SEP_LINE = "sep= line"


@dataclass(frozen=True, slots=True)
class Encoding:
    """
    How the bytes are read.

    Attributes:
        codec: Python's name for it, one that neither reads nor writes a mark.
        by: What decided on it.
        mark: How many bytes of mark precede the text.
    """

    codec: str
    by: Decided
    mark: int = 0

    @property
    def errors(self) -> str:
        """The handler that keeps what is no text."""
        return "surrogatepass" if self.codec in _UTF_16 else "surrogateescape"

    def decoder(self) -> codecs.IncrementalDecoder:
        """Return what turns pieces of the source into text."""
        return codecs.getincrementaldecoder(self.codec)(self.errors)

    def size(self, text: str) -> tuple[int, bool]:
        """Return how many bytes the text was, and whether some were no text."""
        try:
            return len(text.encode(self.codec)), False
        except UnicodeEncodeError:
            return len(text.encode(self.codec, self.errors)), True


def detect(head: bytes, *, whole: bool) -> Encoding:
    """
    Decide on the encoding.

    Args:
        head: The first bytes of the source; the more, the better.
        whole: Whether there are no others, so that no character is cut at the end.

    Raises:
        EncodingUnsupported: A mark says that it is UTF-32.
    """
    if head.startswith(_UTF_32):
        raise EncodingUnsupported
    for mark, codec in _MARKS.items():
        if head.startswith(mark):
            return Encoding(codec, Decided.MARK, len(mark))
    return Encoding(_utf_16(head) or _by_bytes(head, whole=whole), Decided.BYTES)


def chosen(name: str, head: bytes = b"") -> Encoding:
    """
    Return the encoding that a setting names.

    Raises:
        InvalidSetting: There is none of that name, or none that can be taken back.
    """
    codec = _codec(name)
    for mark, marked in _MARKS.items():
        if head.startswith(mark) and codec in {marked, "utf-16"}:
            return Encoding(marked, Decided.SETTING, len(mark))
    return Encoding("utf-16-le" if codec == "utf-16" else codec, Decided.SETTING)


def _codec(name: str) -> str:
    """Return Python's name of a codec whose text can be turned into its bytes again."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, TypeError):
        found = ""
    codec = _WITHOUT_MARK.get(found, found)
    require(
        "Importer.encoding",
        name,
        "utf-8, utf-16 or a single-byte encoding that Python knows",
        holds=codec in {"utf-16", *_UTF_16} or _keeps_bytes(codec),
    )
    return codec


def _keeps_bytes(codec: str) -> bool:
    """Tell whether text is turned back into the bytes that it was, whatever they were."""
    try:
        text = _ALL_BYTES.decode(codec, "surrogateescape")
        again = text.encode(codec, "surrogateescape")
    except (LookupError, UnicodeError):
        return False
    return again == _ALL_BYTES and len(text) == len(_ALL_BYTES)


def _utf_16(head: bytes) -> str | None:
    """Return the byte order that the zeros show, or None where they show none."""
    pairs = len(head) // 2
    if not pairs:
        return None
    low, high = head[: 2 * pairs : 2].count(0), head[1::2].count(0)
    if high / pairs >= _ZEROS_LEAST and low / pairs < _ZEROS_LEAST / 10:
        return "utf-16-le"
    if low / pairs >= _ZEROS_LEAST and high / pairs < _ZEROS_LEAST / 10:
        return "utf-16-be"
    return None


def _by_bytes(head: bytes, *, whole: bool) -> str:
    """Return UTF-8, unless more of the bytes beyond ASCII deny it than obey it."""
    decoder = codecs.getincrementaldecoder("utf-8")
    try:
        decoder().decode(head, whole)
    except UnicodeDecodeError:
        text = decoder("surrogateescape").decode(head, whole)
    else:
        return "utf-8"
    denying = sum("\udc80" <= character <= "\udcff" for character in text)
    obeying = sum(character > "\x7f" for character in text) - denying
    if denying <= obeying:
        return "utf-8"
    return _by_controls(frozenset(head))


def _by_controls(used: frozenset[int]) -> str:
    """
    Return Windows-1252, unless all of the controls that are used are none of its bytes.

    A stray byte among euro signs costs its own row; as Latin-1 each euro sign would
    become a control, in silence.
    """
    is_latin = used & _NOT_IN_CP1252 and not used & _IN_CP1252
    return "latin-1" if is_latin else "cp1252"
