"""Expectations: what should come back, typed, and bound to the command just above."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gonogo.document.reader.page import Page
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.thresholds import find_threshold
from gonogo.document.reading import StatedExpectation
from gonogo.model.expectation import ExpectationKind as Kind

_COMMENT = re.compile(r"^\s*(?:#(?!!)|--\s|//|REM\b)\s?(?P<text>.*)$")
_TRAILING = re.compile(
    r"\s(?:#|--|//)\s+(?P<text>(?:expect(?:ed)?|should|→|=>|->|target).*)$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W{0,3}(?:(?:expect(?:ed|ing|s)?(?:\s+(?:output|result|results|response|status"
    r"|value|return|http\s+status))?(?:\s+is)?|(?:it\s+)?(?:\w+\s+){0,4}?(?:should|must)"
    r"(?:\s+(?:see|return|returns|include|show|output|print|contain|display|respond"
    r"|report|be|say))(?:\s+with)?|look\s+for|you\s+should\s+see|target|esperado"
    r"|resultado\s+esperado|erwartet|success\s+output)\s*[:\uff1a]?\s*|(?:→|=>|⇒)\s+)"
    r"(?P<value>.*)$",
    re.IGNORECASE,
)
_HTTP = re.compile(
    r"^(?:an?\s+)?(?:http[\s/]*(?:[12](?:\.\d)?)?\s*|status(?:\s+code)?[:\s]+)?"
    r"(?P<code>[1-5]\d\d)(?:\s+(?:ok|created|accepted|no content|unauthori[sz]ed"
    r"|forbidden|not found|\(.*|status.*|response.*|redirect.*|bad.*|from.*|for.*"
    r"|with.*|or\s.*|/.*|moved.*|found.*|service.*|internal.*))?[.\s]*$",
    re.IGNORECASE,
)
_HTTP_NAMED = re.compile(
    r"\b(?:HTTP|status)(?:\s+(?:code|/\S+))*\s*[:=]?\s*[1-5]\d\d\b", re.IGNORECASE
)
_ROWS = re.compile(
    r"^(?:at least\s+|exactly\s+)?\d+(?:\s*(?:-|\u2013|to)\s*\d+|\+)?\s+(?:\w+\s+)?"
    r"(?:rows?|items?|records?|entries|entry|containers?|results?|lines?|pods?"
    r"|objects?|tables?|filas?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^(?:exit(?:\s+(?:code|status))?[:=\s]+)?-?\d+(?:\.\d+)?(?:\s*\(.*\))?$",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"^(?:no|none|nothing|empty|zero|without|not)\b|^\(?(?:empty|nothing|no output)\)?$",
    re.IGNORECASE,
)
_JSON = re.compile(
    r'^(?:[{\[]|returns?\s+jsonb?\b|jsonb?\s|"[\w-]+"\s*:)', re.IGNORECASE
)
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|should|must|can|will|completes?|appears?|visible|increase"
    r"|the|with|without|when|after|before|if|and then|than)\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:should|must)\s+(?:return|show|see|output|print|contain|display|include"
    r"|respond(?:\s+with)?|give|say)\b:?\s*(?P<value>.+)$|\bexpect(?:ed|s)?:?\s+"
    r"(?P<expected>`?(?:HTTP\s*)?[1-5]\d\d`?\b.*)$",
    re.IGNORECASE,
)
_ARROW = re.compile(
    r"(?:`[^`]+`|https?://\S+|/\S+).{0,40}?\s(?:→|->|=>)\s+(?P<value>\S.*)$"
)
_LABEL = re.compile(
    r"^\W{0,3}(?:\*\*)?(?:expected(?:\s+(?:output|result|results|response))?|expect"
    r"|resultado esperado|erwartet)\s*:?(?:\*\*)?\s*:\s*(?:\*\*)?(?P<value>.+)$",
    re.IGNORECASE,
)
# A longer value is prose, whatever it looks like.
_SHORT_WORDS = 9
_FEW_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """The lines of a fence: number of the first, and their text, dedented."""

    first: int
    lines: tuple[str, ...]


def classify(value: str, command: str = "") -> Kind:  # noqa: PLR0911 - rules in order
    """
    Return how a stated result is to be compared.

    Args:
        value: The statement without its lead.
        command: What it judges; '200' behind a `curl` is a status.
    """
    bare = value.strip().strip("`").strip()
    if _JSON.match(bare):
        return Kind.JSON
    if _ROWS.match(bare):
        return Kind.ROWS
    http = _HTTP.match(bare)
    if _HTTP_NAMED.search(bare) or (http and _is_status(bare, command)):
        return Kind.HTTP_STATUS
    if _NUMBER.match(bare):
        return Kind.NUMBER
    if _ABSENCE.match(bare):
        return Kind.ABSENCE
    threshold = find_threshold(bare)
    if threshold is not None and not threshold.start:
        return Kind.COMPARATOR
    return _text_kind(bare)


def _is_status(bare: str, command: str) -> bool:
    asked = re.search(r"\b(?:curl|wget|http|https|Invoke-WebRequest)\b", command)
    return not bare.isdigit() or bool(asked)


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


def in_fence(
    page: Page, fence: Fenced, command_line: int
) -> tuple[StatedExpectation, ...]:
    """Return the expectations that comments in a fence state, in order."""
    found: list[StatedExpectation] = []
    index = 0
    while index < len(fence.lines):
        stated = _stated(fence.lines, index)
        if stated is None:
            index += 1
            continue
        value, last = stated
        judged = _judged(fence.lines, index)
        command = "\n".join(fence.lines[judged[0] : judged[1] + 1]) if judged else ""
        found.append(
            StatedExpectation(
                line=fence.first + index,
                last_line=fence.first + last,
                kind=_fence_kind(value, command, last - index),
                value=value,
                command_line=command_line,
                judges=_numbered(judged, fence.first),
                **page.place(command_line),
            )
        )
        index = last + 1
    return tuple(found)


def _fence_kind(value: str, command: str, more: int) -> Kind:
    if not more:
        return classify(value, command)
    if re.search(r'^"[\w-]+"\s*:', value, re.MULTILINE):
        return Kind.JSON
    return Kind.EXACT


def _numbered(judged: tuple[int, int] | None, first: int) -> tuple[int, int] | None:
    return (judged[0] + first, judged[1] + first) if judged else None


def _stated(lines: Sequence[str], index: int) -> tuple[str, int] | None:
    """Return value and last index of the statement at `index`; None without one."""
    comment = _COMMENT.match(lines[index])
    text = comment["text"].strip() if comment else None
    if text is None:
        trailing = _TRAILING.search(lines[index])
        text = trailing["text"].strip() if trailing else ""
    lead = _LEAD.match(text)
    if lead is None or text.lower().startswith(("target audience", "expected time")):
        return None
    value = lead["value"].strip()
    if value or comment is None:
        return (value, index) if value else None
    return _listed(lines, index)


def _listed(lines: Sequence[str], index: int) -> tuple[str, int] | None:
    """Return the comment lines below 'Expected output:'."""
    values, last = [], index
    for number in range(index + 1, len(lines)):
        comment = _COMMENT.match(lines[number])
        if comment is None or not comment["text"].strip():
            break
        values.append(comment["text"].strip())
        last = number
    return ("\n".join(values), last) if values else None


def _judged(lines: Sequence[str], index: int) -> tuple[int, int] | None:
    """Return first and last index of the command just above; below, if none is."""
    if _COMMENT.match(lines[index]) is None:
        return index, index
    last = next((i for i in range(index - 1, -1, -1) if _is_code(lines[i])), None)
    if last is None:
        first = next((i for i in range(index, len(lines)) if _is_code(lines[i])), None)
        return None if first is None else (first, first)
    first = last
    while first and _is_code(lines[first - 1]):
        first -= 1
    return first, last


def _is_code(line: str) -> bool:
    return bool(line.strip()) and _COMMENT.match(line) is None


def outside_fences(page: Page) -> Iterator[StatedExpectation]:
    """Yield the expectations that list items, boxes and labelled lines state."""
    above: int | None = None
    for statement in page.statements.all:
        if statement.shape is Shape.FENCE:
            above = statement.line
            continue
        if statement.shape is Shape.HEADING:
            above = None
        value = _value(statement)
        if value:
            yield StatedExpectation(
                line=statement.line,
                last_line=statement.last_line,
                kind=classify(value, "curl" if "HTTP" in statement.text else ""),
                value=value,
                command_line=page.first_fence(statement) or above,
                box_line=statement.line if statement.mark else None,
                **page.place(statement.line),
            )


def _value(statement: Statement) -> str:
    if statement.shape is Shape.HEADING or statement.shape is Shape.TABLE:
        return ""
    labelled = _LABEL.match(statement.text)
    if labelled:
        return labelled["value"].strip()
    stated = _OUTSIDE.search(statement.text)
    if stated:
        return (stated["value"] or stated["expected"] or "").strip(" .")
    arrow = _ARROW.search(statement.raw) if statement.shape is Shape.ITEM else None
    return arrow["value"].strip(" .`") if arrow else ""
