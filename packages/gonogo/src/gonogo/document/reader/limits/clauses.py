"""
Clauses: a sentence that states several conditions, cut into one piece for each.

'Error rate < 1% and p95 < 500ms' is two conditions; 'below 2% for 5 minutes, or higher
than yesterday' is one with words behind it. A piece begins anew only where it brings
a limit of its own ('p95 < 500ms', 'no crashes', 'zero restarts').
"""

import re

from gonogo.document.reader.limits.thresholds import find_threshold

_JOINT = re.compile(
    r"\s*[,;\u00b7\uff0c\u3001]\s+(?:and\s+|or\s+|&\s+)?|\s+(?:and|or|y|o|und|oder|et|ou|e)\s+"
    r"|\s+(?:&&?|\|\||\+|/)\s+",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"^(?:there\s+(?:is|are)\s+)?(?:no|zero|keine?|sin|sem|sans)\s+\w|^0\s+[a-z]",
    re.IGNORECASE,
)
# What a sentence of many pieces says beyond these is not read as conditions.
_MOST = 12


def clauses(text: str) -> tuple[str, ...]:
    """Return the pieces of `text` that state one condition each; itself if only one."""
    pieces = _pieces(text)
    if len(pieces) == 1 or len(pieces) > _MOST:
        return (text,)
    found: list[str] = []
    started = numeric = False
    for piece in pieces:
        limit = find_threshold(piece) is not None
        none = _NONE.match(piece) is not None
        if not found or ((limit or none) and started):
            found.append(piece)
            started = limit or none
        else:
            found[-1] = f"{found[-1]} {piece}" if not started else found[-1]
            started = started or limit or none
        numeric = numeric or limit
    return tuple(found) if len(found) > 1 and numeric else (text,)


def _pieces(text: str) -> list[str]:
    """Cut at joints that stand outside parentheses and not between two numbers."""
    found, start = [], 0
    for joint in _JOINT.finditer(text):
        before, behind = text[start : joint.start()], text[joint.end() :]
        if text.count("(", 0, joint.start()) > text.count(")", 0, joint.start()):
            continue
        if re.search(r"between\s+[\d.]+\s*\S{0,3}$", before, re.IGNORECASE):
            continue
        if before.strip() and behind.strip():
            found.append(before.strip())
            start = joint.end()
    return [*found, text[start:].strip()]
