"""People: the roles, persons and channels that a text names."""

import re

_ROLES = (
    r"(?:(?:senior|lead|chief|primary|secondary|deployment|release|engineering"
    r"|engineer|product|project|program|tech|technical|dev|ops|qa|test|security|data"
    r"|platform|infrastructure|infra|operations|database|site|system|incident|change"
    r"|business|on-?call|service|team|backend|frontend|migration|executive|legal"
    r"|compliance|development|delivery|support|network|cloud|quality|risk)\s+)*"
    r"(?:owner|lead|leads?|manager|engineers?|director|officer|commander|coordinator"
    r"|architect|administrator|admin|on-?call|operator|developer|reviewer|approver"
    r"|sponsor|captain|head|president|team|stakeholders?|authority|board|council)"
)
_SHORT_ROLES = (
    r"CTO|CEO|CIO|CISO|COO|CFO|VP(?: of)? [A-Z]\w+|VP|DBAs?|SREs?|DevOps|QA|CAB|PM|PO"
    r"|TL|EM|Legal|Security|Compliance|Product|Engineering|Operations|Infrastructure"
    r"|Stakeholders?|Finance|Marketing|Support|Management|Business"
)
_ROLE = re.compile(rf"(?<![\w-])(?:{_ROLES})(?![\w-])", re.IGNORECASE)
_SHORT = re.compile(rf"(?<![\w-])(?:{_SHORT_ROLES})(?![\w-])")
_HANDLE = re.compile(
    r"(?<![\w/])@[\w.-]+|(?<![\w&/])#[a-z][\w-]+|[\w.+-]+@[\w-]+\.[\w.-]+"
)
_BLANK = re.compile(r"(?:\\?_){3,}|\.{5,}|…{2,}")


def role_in(text: str) -> str | None:
    """Return the first role that `text` names, as written; None without one."""
    found = [m for p in (_ROLE, _SHORT) if (m := p.search(text))]
    if not found:
        return None
    first = min(found, key=lambda m: (m.start(), -m.end()))
    return first.group()


def handle_in(text: str) -> str | None:
    """Return the first person, channel or address ('@alok', '#ops', 'a@b.c')."""
    match = _HANDLE.search(text)
    return match.group().rstrip(".") if match else None


def has_blank(text: str) -> bool:
    """Tell whether `text` holds a line to write on ('______')."""
    return _BLANK.search(text) is not None


def without_blanks(text: str) -> str:
    """Return `text` without its lines to write on."""
    return " ".join(_BLANK.sub(" ", text).replace("*", " ").split()).strip(
        " :-\u2013\u2014"
    )
