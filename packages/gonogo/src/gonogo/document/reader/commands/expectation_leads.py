"""
Expectation leads: the words by which a sentence says what should come back.

A rule is a pattern and stands for one way of saying it; what follows is the value. In
prose 'should' is as often a duty, so there a result has to be named, unless the
sentence stands among tests.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.document.reader.commands.expectation_abroad import ASKED, GIVEN, OUGHT
from gonogo.document.reader.commands.expectation_abroad import SIGN as ABROAD_SIGN
from gonogo.document.reader.commands.expectation_arrows import behind_arrow
from gonogo.document.reader.commands.expectation_words import (
    ABROAD,
    DUTY,
    NO_RESULT,
    RESULT,
    STATUS,
    TRYING,
)

_LONGEST = 400
_LONGEST_SENTENCE = 250
_ASKED = (
    r"(?:`[^`]+`|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD)\b|https?://\S+|\b(?:API|APIs"
    r"|endpoints?|health(?:\s?check)?|URLs?|routes?|quer(?:y|ies)|curl|scripts?|commands?"
    r"|requests?|login|webhooks?|pages?|calls?|probes?|responses?|checks?|site"
    r"|homepage|service|server|function|RPC)\b|(?<!\w)/[\w{][\w/{}.-]*)"
)
_CRISP = rf"(?:`[^`]+`|\"[^\"]+\"|(?:HTTP\s*)?{STATUS}|\d+\b|[<>=≥≤]|true\b|false\b)"
_ANYWHERE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # The word as a label, also behind a sentence: 'Run it. Expected output: x'.
        (
            rf"(?:^\W{{0,4}}|[.;,(\u2013\u2014-]\s*)(?:expect(?:ed)?(?:\s+{RESULT})?"
            rf"|{ABROAD})[*_]*\s*[:\uff1a][*_ ]{{0,3}}\s*(?P<value>\S.*)$"
        ),
        # The word with a value that is code, a status, a count or a comparison.
        (
            r"\bexpect(?:ed|s)?\s+(?:an?\s+)?(?P<value>(?:`[^`]+`|\"[^\"]+\"|HTTP\b"
            rf"|{STATUS}|(?:no|zero|at least|exactly)\s|[<>=≥≤]|\d+\s+rows?).*)$"
        ),
        # What counts as passed: 'PASS: 401', 'Pass when the list is empty'.
        (
            r"^\W{0,6}pass(?:es|ed)?(?:\s+(?:if|when|criteri\w+|condition))?[*_]*\s*"
            r"(?:[:\uff1a=]|(?<=if)\s|(?<=when)\s)[*_ ]{0,3}\s*"
            r"(?P<value>(?!\d+\s*[/|]\s*\d|.{0,40}\bfail(?:ed)?\s*:)\S.*)$"
        ),
        # In brackets behind what is done: 'Count the hosts (expected: 3)'.
        (
            rf"\(\s*expect(?:ed|s|ing)?{NO_RESULT}\s*:?\s+(?!~?\d+\s?(?:min|h|s|sec|d|day|week)\w*\b)"
            r"(?P<value>[^()]{1,100})\)"
        ),
        r"\bexpect\s+to\s+(?:see|get|receive|find)\s+(?P<value>\S.*)$",
        # What should or must come: 'should return 401', 'must show `PASS`'.
        (
            r"\b(?:should|must)(?:\s+(?:all|now|still|each|then))?\s+(?:return|show|see"
            r"|list|indicate|output|print|display|respond(?:\s+with)?|give|say|report|yield|equal|serve)\b"
            r":?\s*(?P<value>.+)$"
        ),
        # What should or must be, where the value is set as code or quoted.
        (
            r"\b(?:should|must)\s+(?:be|contain|include|match|read)\s*:?\s*"
            r"(?P<value>(?:`[^`]+`|\"[^\"]+\"|HTTP\b).*)$"
        ),
        # A result that stands for itself: 'returns 429', 'gives no rows'.
        (
            r"\b(?:returns?|responds?\s+with|gives?|yields?)\s+(?:an?\s+)?(?P<value>(?:`[^`]+`"
            rf"|\"[^\"]+\"|(?:HTTP\s*)?{STATUS}|(?:no|zero|\d+)\s+(?:rows?|results?|errors?"
            r"|records?)|true|false|nothing|empty)(?!\w).*)$"
        ),
        # What a named command or its output shows.
        (
            r"^\W{0,6}(?:(?:run|check|verify|confirm|ensure|make\s+sure)\s+(?:that\s+)?)?`[^`]+`\s+(?:shows?|displays?|reports?|says?"
            r"|lists?)\s+(?P<value>.+)$"
        ),
        (
            r"\b(?:outputs?|responses?|results?|logs?|body|page|header)\s+(?:(?:should|must)\s+"
            r"(?:be|contain|include|match|show|equal|say)|contains?|includes?|shows?|matches"
            r"|says|reads|equals)\s*:?\s*(?P<value>(?:`[^`]+`|\"[^\"]+\"|\d+\b).*)$"
        ),
        # What one has to see: 'look for `ready`', 'you should see x', 'wait for `OK`'.
        (
            r"(?:^|[.:;]\s+)\W{0,4}(?:look|watch|wait)\s+for\s+(?:the\s+)?"
            r"(?P<value>(?:`(?![^`]*(?:err|fail|exception|timeout|panic|warn|crit|fatal))[^`]+`"
            r"|\"[^\"]+\").*)$"
        ),
        (
            r"\byou(?:'ll|\s+will|\s+should)(?:\s+now)?\s+(?:see|get|receive|expect(?:ed)?)"
            r"\s*:?\s*(?P<value>\S.*)$"
        ),
        r"\b(?P<value>exit(?:s|ed)?(?:\s+(?:with|code|status))*\s+\d+\b.*)$",
        # A status in brackets: '(200 OK)', '(HTTP 401 without token)'.
        (
            rf"\((?:expect(?:s|ed)?:?\s+|returns\s+|gives\s+)?(?P<value>(?:HTTP\s*)?{STATUS}"
            r"(?!\s*[-\u2013/]\s*\d)[^()]*)\)"
        ),
        # Where one comes out: 'you should be redirected to the list'.
        (
            r"\byou\s+should(?:\s+now)?\s+(?P<value>(?:be\s+(?:redirected|logged|taken|sent"
            r"|prompted|asked|greeted|able|signed|back|presented)|land|arrive|end\s+up)\b.*)$"
        ),
        # 'Confirm that the count matches what is expected'.
        (
            r"\b(?:counts?|numbers?|totals?|checksums?|hash(?:es)?|versions?|outputs?|results?)"
            r"\s+match(?:es)?\s+(?:the\s+|what\s+is\s+)?(?P<value>expected\b.*)$"
        ),
    )
)
# What something asked gives: 'Endpoint returns 200', 'GET /x - returns a list'.
_GIVES = (
    rf"^.{{0,60}}?{_ASKED}.{{0,60}}?\s(?:\W\s)?(?:returns?|respond(?:s|ed)?(?:\s+with)?|prints"
    r"|outputs|yields?|answers?(?:\s+with)?)"
    r"(?!\s+(?:to|from|on|in|if|of|for|the\s+\w+\s+to)\b)(?![-\w])\s+"
)
_OF_ASKED = re.compile(rf"{_GIVES}(?P<value>.+)$", re.IGNORECASE)
_CRISP_OF_ASKED = re.compile(rf"{_GIVES}(?P<value>{_CRISP}.*)$", re.IGNORECASE)
# What keeps its level is judged by a gate.
_NO_LEVEL = r"(?!\s+(?:not\s+)?(?:maintain|remain|stay)\b)"
_IN_ITEM = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # The rest of a sentence whose subject was tried: 'Visit /x - should load'.
        (
            rf"^\W{{0,4}}{TRYING}\b.{{0,120}}?(?:\s[\u2013\u2014-]|[:,;]|\s?\(|→)\s*"
            rf"(?:it\s+|this\s+)?(?P<value>(?:should|must){_NO_LEVEL}{DUTY}\s+\S.*)$"
        ),
        # 'Check the console - no errors', 'Open the log (nothing new)'.
        (
            rf"^\W{{0,4}}{TRYING}\b.{{0,80}}?(?:\s[\u2013\u2014-]\s|:\s|\s\()"
            r"(?P<value>(?:no|zero|nothing|none|without)\b.*)$"
        ),
        # 'Confirm that it stopped (the log should not grow)'.
        (
            rf"^\W{{0,4}}{TRYING}\b[^()]{{0,120}}\((?P<value>[^()]{{2,60}}?\s"
            r"(?:should|must)\s+[^()]{2,80})\)"
        ),
    )
)
# An act, and what is seen of it: 'Upload an image; it renders'.
_SEEN = re.compile(
    rf"^\W{{0,4}}(?:{TRYING}|with|as|when|after|on)\b[^;:]{{0,100}}?(?:[;:]|,|\s[\u2013\u2014-])\s+"
    r"(?P<value>(?!(?:then|and|or)\b)(?:[\w'`/-]+\s+){1,6}?(?:appears?|renders?|shows?|loads?|displays?|opens?"
    r"|plays|arrives?|updates|redirects|is\s+(?:shown|displayed|listed|visible|updated"
    r"|rendered|redirected|created|sent|received|logged))\b.*)$",
    re.IGNORECASE,
)
# Who or what, and how it is: 'The row: status Confirmed', 'Admin got the mail'.
_IS_SEEN = re.compile(
    rf"^(?!{TRYING}\b|(?:if|does|do|is|are|has|have|what|which|all relevant|monitor)\b)"
    r".{0,60}?[\w`)]:?\s(?:is|are|has|have|got|gets|shows?|appears?|loads?|lists?|listed|renders?"
    r"|works?|receive[sd]?|exists?|contains?|matches|displays?|status|with|was|were|no longer"
    r"|can|cannot|opens?|responds?|returns?|reports?)\b",
    re.IGNORECASE,
)
# Among tests 'should' tells what happens: 'New rows should keep appearing'.
_IN_TEST = (
    re.compile(
        r"^.{2,90}?(?<!\byou)(?<!\bwe)(?<!team)(?<!tests)(?<!test)(?<!one)(?<!developers)"
        r"(?<!code)(?<!reviewer)(?<!reviewers)(?<!that)(?<!which)(?<!who)\s"
        rf"(?P<value>(?:should|shouldn't|ought\s+to){_NO_LEVEL}{DUTY}\s+\S.*)$",
        re.IGNORECASE,
    ),
    *OUGHT,
)
# Below a command an item may leave it out: 'Shows both hosts', 'Has an image?'.
_BELOW_CODE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"^\W{0,4}(?:shows?|returns?|displays?|prints|outputs|contains|lists|reports"
            r"|includes|has)\s+(?!been\b|to\b)(?P<value>\S.*)$"
        ),
        rf"^\W{{0,4}}(?P<value>(?:should|must){_NO_LEVEL}{DUTY}\s+\S.*)$",
        r"^\W{0,4}(?:wait|poll|repeat)\s+until\s+(?P<value>\S.*)$",
    )
)
# A story of what happened once is no result to come.
_STORY = re.compile(
    r"\b(?:was|were|had|did|appeared|reported|returned|failed|happened|took)\b",
    re.IGNORECASE,
)
# A sentence without any of these states no result; most sentences are such.
_SIGN = re.compile(
    rf"expect|should|must|pass|appear|render|load|open|play|arrive|update|redirect|is\s|ought|return|respond|print|output|yield|answer|exit|give|show"
    r"|display|report|has\b|until|says?\b|lists?\b|contain|include|match|reads|equal|[→⇒⟶➜➡]|[-=]>"
    r"|look for|watch for|wait for|you will|you'll|\b(?:no|zero|nothing|none|without)\b"
    rf"|\(\s*(?:\w+:?\s*)?[1-5]\d\d|{ABROAD}|{ABROAD_SIGN}",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^\W{{0,4}}(?:expected{NO_RESULT}(?:\s+[\w-]+){{0,2}}|expect|{ABROAD}"
    r"|(?:sample|example|typical|successful|success|good|healthy|normal|ideal|correct)"
    r"\s+(?:output|response|result)s?|you\s+should\s+see|should\s+(?:return|show|output|print|see))\b[^:.]{0,60}"
    r"[:\uff1a]\W{0,3}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """
    Where a sentence stands, so far as it tells what its words mean.

    Attributes:
        item: It is a list item or a cell, where an arrow leads to a result.
        tested: A title above it has things tested.
        below_code: A command stands right above it.
    """

    item: bool = False
    tested: bool = False
    below_code: bool = False


def in_prose(raw: str, text: str, around: Around) -> str:
    """
    Return what a sentence states as a result; '' where it states none.

    Args:
        raw: With mark-up: code tells a value from a word.
        text: The same as plain words.
        around: Where it stands.
    """
    if len(text) > _LONGEST_SENTENCE or not _SIGN.search(raw):
        return ""
    if not around.item and _STORY.search(text):
        return ""
    for rule in _rules(around):
        found = rule.search(raw)
        if found:
            return _trimmed(found["value"])
    return (
        _trimmed(behind_arrow(raw, text, tested=around.tested)) if around.item else ""
    )


def _rules(around: Around) -> Iterator[re.Pattern[str]]:
    yield from _ANYWHERE
    yield from GIVEN
    if not around.item:
        yield _CRISP_OF_ASKED
        return
    yield from (_OF_ASKED, *ASKED, *_IN_ITEM, _SEEN)
    if around.tested:
        yield from _IN_TEST
    if around.below_code:
        yield from _BELOW_CODE


def _trimmed(value: str) -> str:
    """Return a value without the end of the sentence and brackets around it."""
    value = value.strip(" .*_")
    if value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1]
    return value


def is_seen(text: str) -> bool:
    """Tell whether words say how something then is: 'The list shows the visit'."""
    short = len(text) <= _LONGEST_SENTENCE and not text.endswith("?")
    return short and _IS_SEEN.match(text) is not None


def opens(text: str) -> bool:
    """Tell whether a line such as '**Expected output:**' names what stands below it."""
    return len(text) < _LONGEST and _ALONE.match(text) is not None
