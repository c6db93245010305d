"""
Expectation comments: what a comment in code says that the code gives.

Comments in code nearly always speak of what it gives, so these rules are wide.
"""

import re

from gonogo.document.reader.commands.expectation_abroad import GIVEN, OUGHT
from gonogo.document.reader.commands.expectation_words import (
    ABROAD,
    DUTY,
    GIVE,
    NO_RESULT,
    RESULT,
)

# A longer line is an explanation, not a statement of a result.
_LONGEST = 400
_IN_COMMENT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # The word itself, as in 'Expected: 9', 'Expected output:' or 'expect inactive'.
        (
            rf"^\W{{0,4}}expect(?:ed|ing|s)?{NO_RESULT}(?:\s+{RESULT})?(?:\s+is)?"
            r"(?:\s+should\s+(?:be|show|contain|include))?\s*"
            r"(?:[:\uff1a]|(?=\s)|$)\s*(?P<value>.*)$"
        ),
        rf"^\W{{0,4}}expected{NO_RESULT}(?:\s+[\w-]+){{1,2}}\s*:\s*(?P<value>.*)$",
        # In brackets behind what is done: 'Count errors (should be low)'.
        rf"\(\s*(?:should|must)\s+{GIVE}\s*:?\s*(?P<value>[^()]{{1,120}})\)",
        rf"\(\s*(?P<value>(?:should|must){DUTY}\s+[^()]{{1,120}})\)",
        r"\(\s*expect(?:ed|s|ing)?\s*:?\s+(?P<value>[^()]{1,120})\)",
        # What should or must come, or be: 'Should return 200', 'Must be active'.
        rf"^.{{0,90}}?\b(?:should|must)\s+{GIVE}\s*:?\s*(?P<value>.*)$",
        # What should or must happen is for a person: 'Memory should not grow'.
        rf"^.{{0,90}}?\b(?P<value>(?:should|must){DUTY}\s+\S.*)$",
        # What one will see: 'Look for x', 'You will see x'.
        (
            r"^\W{0,4}(?:look\s+for|you(?:'ll|\s+will|\s+should)\s+(?:see|get))\s*:?\s*"
            r"(?P<value>.*)$"
        ),
        # A label: 'Output: x', 'Watch for:', 'Target: < 200ms'.
        (
            r"^\W{0,4}(?:output|result|response|returns?|prints?|target|watch\s+for"
            rf"|(?:success|sample|example)\s+(?:output|response)|(?:{ABROAD})[^:]{{0,40}})\s*[:\uff1a]\s*"
            r"(?P<value>.*)$"
        ),
        r"^\W{0,4}(?:returns|prints|outputs)\s+(?P<value>.+)$",
        # The answer itself: '{"status": "ok"}', or as an example of it.
        r"^(?:example\s*:\s*)?(?P<value>(?:\{.*\}|\[\s*\{.*\}\s*\]))\s*(?:\(.*\))?$",
        # An arrow before it.
        r"^(?:→|=>|->|⇒)\s+(?P<value>.+)$",
    )
)
# 'Verify that the line contains x', where no command follows that it would announce.
_LOOKED_FOR = re.compile(
    r"^\W{0,3}(?:verify|check|confirm|ensure|make\s+sure)\b.{0,80}?\b(?:shows?|contains?"
    r"|returns?|includes?|matches|equals|displays?|reads|says)\b\s*:?\s*(?P<value>.+)$",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"\s(?:#|--|//)\s+(?P<text>(?:expect(?:ed|s)?|should|must|→|->|=>|⇒|target:|returns?"
    r"|prints|outputs?:|look for|you should)(?!\w).*)$",
    re.IGNORECASE,
)
# Behind a command a value says it all: '# >= 18', '# v20.x', '# 200 OK', '# active'.
_BARE = re.compile(
    r"\S\s+#\s+(?P<value>(?:(?:[<>]=?|[≥≤]|==?)\s*v?\d[\w.%]*|v?\d+(?:\.\d+)*(?:\+|\.x)"
    r"|HTTP\s+\d{3}|\d{3}\s+OK|\d+\s+rows?|active|inactive|running|healthy|true|false"
    r"|empty)(?:\s+\([^()]{1,60}\))?)\s*$",
    re.IGNORECASE,
)
# '\\d accounts  -- table exists with 8 columns'
_EXISTS = re.compile(
    r"\S\s+(?:#|--)\s+(?P<value>(?!(?:if|when|unless|where)\b)(?:[\w.`-]+\s){1,4}(?:exists?|is (?:present|running|active|empty"
    r"|enabled))(?:\s+with\s+[\w ,]{1,60})?)\W*$",
    re.IGNORECASE,
)
_SETS = re.compile(r"^\s*(?:export\s+)?[\w.-]+\s*[:=]")


def in_comment(text: str, *, announces: bool) -> str | None:
    """
    Return what a comment states as a result; None where it states none.

    Args:
        text: The comment without its mark.
        announces: Whether code follows directly, that the comment may be the title of.

    Returns:
        '' where the result stands in the comments below ('Expected output:').
    """
    rules = _IN_COMMENT if announces else (*_IN_COMMENT, _LOOKED_FOR)
    for rule in (*rules, *OUGHT, *GIVEN):
        found = rule.search(text[:_LONGEST])
        if found:
            return found["value"].strip()
    return None


def behind_code(line: str) -> str | None:
    """Return what a comment behind code states as its result, if it does."""
    line = line[:_LONGEST]
    trailing = _TRAILING.search(line)
    if trailing:
        return in_comment(trailing["text"].strip(), announces=True)
    bare = _BARE.search(line) or _EXISTS.search(line)
    return bare["value"] if bare and not _SETS.match(line) else None
