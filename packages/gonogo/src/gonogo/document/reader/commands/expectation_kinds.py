"""Expectation kinds: by its form, how a stated result is compared."""

import re

from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.model.expectation import ExpectationKind as Kind

_HTTP = re.compile(
    r"^(?:an?\s+)?(?:http[\s/]*(?:[12](?:\.\d)?)?\s*|status(?:\s+code)?[:\s]+)?"
    r"(?P<code>[1-5]\d\d)(?:\s+(?:ok|created|accepted|no content|unauthori[sz]ed"
    r"|forbidden|not found|\(.*|status.*|response.*|redirect.*|bad.*|from.*|for.*"
    r"|with.*|after.*|on .*|when .*|or\s.*|/.*|moved.*|found.*|service.*|internal.*"
    r"|switching.*|too many.*|conflict.*|gone.*|unavailable.*))?[.\s]*$",
    re.IGNORECASE,
)
_HTTP_NAMED = re.compile(
    r"\b(?:HTTP|status)(?:\s+(?:code|/\S+))*\s*[:=]?\s*[1-5]\d\d\b",
    re.IGNORECASE,
)
_ROWS = re.compile(
    r"^(?:at least\s+|exactly\s+)?\d+(?:\s*(?:-|\u2013|to)\s*\d+|\+)?\s+(?:\w+\s+)?"
    r"(?:rows?|items?|records?|entries|entry|containers?|results?|lines?|pods?"
    r"|objects?|tables?|filas?|zeilen?|registros?|linhas?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:always |exactly |sempre |siempre |immer |toujours )?-?\d+(?:\.\d+)?"
    r"(?:\s*\(.*\))?$|^0 \w",
    re.IGNORECASE,
)
_EXIT = re.compile(
    r"^exit(?:s|ed)?(?:\s+(?:with|code|status))*[:=\s]+\d+\b",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"^(?:no|none|nothing|empty|zero|without|not|0 errors?|0 failures?|keine?|nichts"
    r"|ning[uú]n\w*|nada|nenhum\w*|aucune?|rien|nessun\w*|niente|geen)\b|^\(?(?:empty|nothing|no output)\)?$",
    re.IGNORECASE,
)
_JSON = re.compile(
    r'^(?:[{\[]|returns?\s+jsonb?\b|jsonb?\s|"[\w-]+"\s*:)',
    re.IGNORECASE,
)
# '24.0+', 'at least 86400 (a day)'.
_COMPARED = re.compile(
    r"^v?\d+(?:\.\d+)*\+$|^(?:at least|at most|more than|less than|fewer than|over|under"
    r"|min(?:imum)?|max(?:imum)?)\s+v?\d[\d.,]*\s*(?:\(.*\))?$",
    re.IGNORECASE,
)
# Whoever says what is shown or contained does not say that it is all.
_IN_PART = re.compile(
    r"(?:show|includ|contain|display|see|mention|list|print)\w*[\s:`\"'*]{1,6}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|should|must|can|will|completes?|appears?|visible|increase"
    r"|the|with|without|when|after|before|if|and then|than|be|fewer|less|more|lower"
    r"|higher|low|high|stable|similar|same|correct|correctly|successfully|properly)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"\b(?:curl|wget|http|https|Invoke-WebRequest)\b")
_MARKED = re.compile(r"^[✅❌✓✗⚠🔴🟢🟡]", re.MULTILINE)
# A longer value is prose, whatever it looks like.
_SHORT_WORDS = 9
_FEW_WORDS = 3


def classify(value: str, command: str = "") -> Kind:  # noqa: PLR0911 - rules in order
    """
    Return how a stated result is to be compared.

    Args:
        value: The statement without its lead.
        command: What it judges; '200' behind a `curl` is a status.
    """
    bare = value.strip()
    if bare.count("`") == 2 and bare.startswith("`"):  # noqa: PLR2004 - a pair
        # '`deployed` (or later)' is the code, and a remark.
        bare = bare.split("`")[1].strip() or bare
    if _JSON.match(bare):
        return Kind.JSON
    if _ROWS.match(bare):
        return Kind.ROWS
    http = _HTTP.match(bare)
    if _HTTP_NAMED.search(bare) or (http and _is_status(bare, command)):
        return Kind.HTTP_STATUS
    if _NUMBER.match(bare) or _EXIT.match(bare):
        return Kind.NUMBER
    if _ABSENCE.match(bare):
        return Kind.ABSENCE
    threshold = find_threshold(bare)
    if _COMPARED.match(bare):
        return Kind.COMPARATOR
    if threshold is not None and not threshold.start:
        return Kind.COMPARATOR
    return _text_kind(bare)


def in_part(kind: Kind, said: str, value: str) -> Kind:
    """Return `kind`, or contains for a word that a text says to be shown or included."""
    ahead = said.partition(value)[0] if kind is Kind.EXACT else ""
    return Kind.CONTAINS if _IN_PART.search(ahead[-40:]) else kind


def of_lines(values: str) -> Kind:
    """
    Return how several stated lines are to be compared: as JSON, or as they are.

    Lines that someone marked as good or bad are told to a person, not output.
    """
    bare = values.strip()
    if _MARKED.search(values):
        return Kind.HUMAN
    if bare[:1] in {"{", "["} or re.search(r'^"[\w-]+"\s*:', values, re.MULTILINE):
        return Kind.JSON
    return Kind.EXACT


def _is_status(bare: str, command: str) -> bool:
    return not bare.isdigit() or bool(_REQUEST.search(command))


def _text_kind(bare: str) -> Kind:
    words = bare.split()
    if bare[:1] in "\"'“" and bare.count(bare[:1]) > 1:
        return Kind.CONTAINS
    if len(words) == 1:
        return Kind.EXACT
    if len(words) <= _FEW_WORDS and not _SENTENCE.search(bare):
        return Kind.CONTAINS
    coded = bool(re.search(r"[_=:/()\d]|[A-Z]{3,}", bare))
    if len(words) <= _SHORT_WORDS and coded and not _SENTENCE.search(bare):
        return Kind.CONTAINS
    return Kind.HUMAN
