"""People: the roles, persons and channels that a text names."""

import re
from functools import lru_cache

# Several readers ask about every sentence, each in its turn: as many are remembered
# as a long document has.
_REMEMBERED = 8192
_LONGEST_NAME = 60
_ROLES = (
    r"(?:(?:devops|mobile|web|api|it|ux|design|integration|performance|infosec|cyber"
    r"|senior|lead|chief|primary|secondary|deployment|release|engineering"
    r"|engineer|product|project|program|tech|technical|dev|ops|qa|test|security|data"
    r"|platform|infrastructure|infra|operations|database|site|system|incident|change"
    r"|business|on-?call|service|team|backend|frontend|migration|executive|legal"
    r"|compliance|development|delivery|support|network|cloud|quality|risk|code"
    r"|application|app|frontend|branch|shift|duty|vendor|customer|account|scrum|cutover"
    r"|rollout|inventory|warehouse|finance|financial|clinical|store|process|asset|records"
    r"|field|regional)\s+)*"
    r"(?:owner|lead|leads?|manager|engineers?|director|officer|commander|coordinator"
    r"|architect|administrator|admin|on-?call|operator|developer|reviewer|approver"
    r"|sponsor|captain|head|president|team|stakeholders?|authority|board|council|author"
    r"|maintainers?|shepherd|tester|master|analyst|accountant|auditor|technician|supervisor"
    r"|treasurer|consultant|steward|custodian|bookkeeper|inspector|specialist|responsable|ingenier[oa]s?|jefe"
    r"|administrador|gerente|leiter(?:in)?|verantwortlicher?|ansprechpartner)"
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
_REACHED = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|(?<![\w&/])[@#][a-z][\w-]+|\+?\d[\d ()-]{6,18}\d|\bslack\b"
    r"|pagerduty|\bphone\b|\be-?mail\b|@?\[[^\]]{1,60}\]|\bon-?call\b|opsgenie"
    r"|\bteams\b|whatsapp|telegram|discord|\bext\. ?\d",
    re.IGNORECASE,
)
_BLANK = re.compile(r"(?:\\?_){3,}|\.{5,}|…{2,}")
# The words right before a blank: 'signed: tech lead ____'.
_NAMED = re.compile(r"(?P<name>[^\W\d_][\w /&.'-]{0,40}?)\s*[:(]?\s*$")


@lru_cache(maxsize=_REMEMBERED)
def role_in(text: str) -> str | None:
    """Return the first role that `text` names, as written; None without one."""
    found = [m for p in (_ROLE, _SHORT) if (m := p.search(text))]
    if not found:
        return None
    first = min(found, key=lambda m: (m.start(), -m.end()))
    return first.group()


def is_role(text: str) -> bool:
    """Tell whether `text` names a role and nothing else ('QA', 'Security (lead)')."""
    name = text.partition("(")[0].strip()
    return bool(name) and role_in(name) == name


def handle_in(text: str) -> str | None:
    """Return the first person, channel or address ('@alok', '#ops', 'a@b.c')."""
    match = _HANDLE.search(text)
    return match.group().rstrip(".") if match else None


def is_reached(text: str) -> bool:
    """Tell whether `text` says how somebody is reached ('#ops', 'a@b.c', 'on-call')."""
    return _REACHED.search(text) is not None


def has_blank(text: str) -> bool:
    """Tell whether `text` holds a line to write on ('______')."""
    return _BLANK.search(text) is not None


def names_before_blanks(text: str) -> tuple[str, ...]:
    """Return the words before each blank of a line ('lead ____ QA ____'), in order."""
    pieces = _BLANK.split(text.replace("*", ""))[:-1]
    found = (_NAMED.search(piece[-_LONGEST_NAME:]) for piece in pieces)
    return tuple(name["name"] for name in found if name)


def without_blanks(text: str) -> str:
    """Return `text` without its lines to write on."""
    return " ".join(_BLANK.sub(" ", text).replace("*", " ").split()).strip(
        " :-\u2013\u2014"
    )
