"""
Words: which metric a document's words name, all of them, or none.

Order, case and punctuation do not matter, and neither do words that say nothing. A word
that is left over says something: 'checkout error rate' is not every service's, so that
it is not bound by itself.
"""

import re
from collections.abc import Mapping, Sequence

_PERCENTILE = re.compile(
    r"\bp[\s-]?(\d{2}(?:[.,]\d)?)\b|\b(\d{2}(?:[.,]\d)?)(?:st|nd|rd|th)?[\s-]?"
    r"(?:percentile|%-?ile|pct)\b"
)
_WORD = re.compile(r"p\d{2}(?:\.\d)?|[a-z0-9]+")
_SAYS_NOTHING = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "for",
        "our",
        "all",
        "any",
        "overall",
        "total",
        "totals",
        "current",
        "currently",
        "number",
        "count",
        "counts",
        "level",
        "value",
        "metric",
        "http",
        "https",
        "api",
        "service",
        "server",
        "app",
        "application",
        "is",
        "are",
        "pg",
        "postgres",
        "postgresql",
        "db",
        "database",
    ]
)
# Singular and plural are one word, and so are these.
_SAME = {
    "errors": "error",
    "locks": "lock",
    "waits": "wait",
    "deadlocks": "deadlock",
    "indexes": "index",
    "indices": "index",
    "connections": "connection",
    "requests": "request",
    "responses": "response",
    "times": "time",
    "retries": "retry",
    "retried": "retry",
    "jobs": "job",
    "tasks": "job",
    "task": "job",
    "queues": "queue",
    "workers": "worker",
    "restarts": "restart",
    "circuits": "circuit",
    "breakers": "breaker",
    "hits": "hit",
    "percentage": "rate",
    "ratio": "rate",
    "usage": "use",
    "utilization": "use",
    "utilisation": "use",
    "used": "use",
    "depth": "size",
    "length": "size",
    "backlog": "size",
    "maximum": "max",
    "longest": "max",
    "median": "p50",
    "duration": "time",
    "durations": "time",
    "dlq": "dead",
    "failures": "failure",
    "lines": "line",
    "logs": "log",
    "pods": "pod",
    "containers": "container",
    "processes": "process",
}


def tokens(text: str) -> frozenset[str]:
    """Return the words of a text that say something, each in one form."""
    flat = _PERCENTILE.sub(_percentile, text.lower())
    found = (_SAME.get(word, word) for word in _WORD.findall(flat))
    return frozenset(word for word in found if word not in _SAYS_NOTHING)


def meant(text: str, known: Mapping[str, Sequence[frozenset[str]]]) -> str | None:
    """
    Return the name that a text means; None where it is no name's, or several names'.

    Args:
        text: As a document has it.
        known: By name, the words that say it, in each way.
    """
    wanted = tokens(text)
    found = [name for name, ways in known.items() if wanted and wanted in ways]
    return found[0] if len(found) == 1 else None


def _percentile(found: re.Match[str]) -> str:
    digits = (found[1] or found[2]).replace(",", ".")
    return f" p{digits} "
