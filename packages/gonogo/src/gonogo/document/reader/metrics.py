"""Metrics: the name of what is judged, and the words that tell a state."""

import re

from gonogo.document.reader.markup import undecorated

_LEADS = re.compile(
    r"^(?:(?:verify|verified|check|ensure|confirm|validate|monitor|assert)\s+(?:that\s+)?"
    r"|(?:all|no|zero|any|the|an?)\s+|(?:if|when|once)\s+|(?:✅|❌)\s*)+",
    re.IGNORECASE,
)
_ADVERBS = re.compile(
    r"\s+(?:correctly|properly|normally|successfully|transparently|as expected"
    r"|(?:observed|detected|found|reported|triggered|occurs?|occurred)(?=$))$",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"[\s:(\[,;=\u2013\u2014-]*(?:\b(?:is|are|was|be|been|stays?|remains?|should|must|does|do|not"
    r"|within|of|by|to|at|for|than|target|threshold|increases?|completing|completes?"
    r"|in|the|has|have|reduced|keeps?|drops?|exceeds?|always)\b)?[\s:(\[,;=\u2013\u2014-]*$",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\s+(?:for|over|in|within|during)\s+(?:the\s+)?(?:last|first|past|at least)?\s*"
    r"\d[\w\s+-]*$",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\s*\([^()]*\)\s*$")
_STATE = re.compile(
    r"^(?:(?:verify|confirm|ensure|check|validate)\s+(?:that\s+)?)?(?:there\s+(?:is|are)\s+)?"
    r"(?:no|zero|all\s+(?:\w+\s+){0,4}?(?:pass|succeed|green|healthy|resolved|respond))"
    r"(?![\w-])"
    r"|\b(?:healthy|stable|nominal|green|normal(?:ly)?|operational|passing|passe[sd]?|pass"
    r"|succeeds?|unchanged|acceptable|meets?|meeting|flat|intact|as expected|baseline"
    r"|transparently|eliminated|degraded|within\s+(?:\w+\s+){0,3}(?:limits?|range|targets?"
    r"|slos?|slas?|bounds|thresholds?|baseline|budget)|at\s+target|success\s*$|SUCCESS"
    r"|(?:with(?:out)?|no)\s+(?:\w+\s+)?(?:errors?|issues?|regressions?|failures?)|visible"
    r"|operating|correctly|properly|estables?|saludables?|stabil|fehlerfrei|responsive)\b",
    re.IGNORECASE,
)
_NOT_STATE = re.compile(
    r"\b(?:configured|created|documented|prepared|scheduled|capture|captured|recorded"
    r"|no longer needed|no action|baseline metrics|baseline captured|installed|notified"
    r"|imported|reviewed|assigned|set up|defined|branch|stable version|stable release"
    r"|backup)\b"
    r"|^(?:deploy|run|set|enable|update|create|install|configure|push|merge|tag)\b",
    re.IGNORECASE,
)
# A longer name is a sentence; people cut it off themselves.
_LONGEST = 120


def bare_metric(text: str) -> str:
    """Return the name of what is judged, without verbs, windows and punctuation."""
    name = undecorated(text).strip(" .;,:*`")
    name = _LEADS.sub("", name)
    for pattern in (_PARENTHESES, _FOR, _ADVERBS, _TAILS, _TAILS):
        name = pattern.sub("", name)
    name = name.strip(" .;,:*`-\u2013\u2014(")
    return name[:_LONGEST]


def state_of(text: str) -> bool:
    """Tell whether a sentence asserts a state that can be judged."""
    return bool(_STATE.search(text)) and not _NOT_STATE.search(text)
