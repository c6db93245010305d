"""Metrics: the name of what is judged."""

import re

from gonogo.document.reader.layout.markup import undecorated

_LEADS = re.compile(
    r"^(?:(?:(?:proceed|continue|go|advance|promote)\s+(?:only\s+)?(?:if|when)|of(?:\s+the)?)"
    r"\s+|(?:verify|verified|check|ensure|confirm|validate|monitor|assert)\s+(?:that\s+)?"
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
_BETTER_HIGH = re.compile(
    r"\b(?:success|uptime|availability|hit ratio|hit rate|throughput|coverage|apdex"
    r"|healthy|available|passing|accuracy|satisfaction|completion)\b",
    re.IGNORECASE,
)
# A longer name is a sentence; people cut it off themselves.
_LONGEST = 120
# What stands beyond this names no metric.
_READ = 300


def bare_metric(text: str) -> str:
    """Return the name of what is judged, without verbs, windows and punctuation."""
    name = undecorated(text[:_READ]).strip(" .;,:*`")
    name = _LEADS.sub("", name)
    for pattern in (_PARENTHESES, _FOR, _ADVERBS, _TAILS, _TAILS):
        name = pattern.sub("", name)
    name = name.strip(" .;,:*`-\u2013\u2014(")
    return name[:_LONGEST]


def is_better_high(metric: str) -> bool:
    """Tell whether more of a metric is better ('success rate', 'uptime')."""
    return _BETTER_HIGH.search(metric) is not None
