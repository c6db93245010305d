"""
Runnable: what keeps a block of shell or SQL from running unasked.

What a block says of itself counts first, then its lines. Where a rule is in doubt it
keeps the block from running.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from gonogo.document.reader.commands.foreign import bare, why_foreign
from gonogo.document.reader.commands.hanging import why_hanging, why_serving

_MARK = r"^\s*(?:#|--|//|REM)\s*(?:[-=*]+\s*)?(?:\d+[.)]\s*)?"
_PLATFORM = (
    r"(?:heroku|render|railway|vercel|netlify|fly(?:\.io)?|docker(?:[ -]compose|\s+swarm)?"
    r"|kubernetes|k8s|helm|self-hosted|bare[ -]metal|aws|gcp|google cloud|azure"
    r"|digital\s?ocean|mac\s?os|linux|ubuntu|debian|centos|rhel|fedora|alpine|windows|wsl"
    r"|powershell|systemd|launchd|pm2|supervisor|npm|yarn|pnpm)"
)
_SAID = tuple(
    (re.compile(_MARK + pattern, re.IGNORECASE), sentence)
    for pattern, sentence in (
        (
            (
                r"(?:do\s+not\s+run|don'?t\s+run|never\s+run|dry.?run only|example only"
                r"|not\s+to\s+be\s+run|for\s+reference\s+only|pseudo[- ]?code)"
            ),
            "It says itself that it is not to be run.",
        ),
        (
            (
                r"(?:or\b(?!\w)(?!ig)|option\s+\w+|alternativ\w*|either\b|method\s+\w\b|variant\b"
                r"|o\s+bien\b|oder\b|ou\s+(?:bien\b|alors\b)|if\s+using\b|using\s+[\w ]+\s*:\s*$"
                rf"|choose\b|{_PLATFORM}\b[^:]{{0,40}}:?\s*(?:\(.*\))?\s*$"
                rf"|(?:for|on|if\s+(?:on|you\s+use))\s+{_PLATFORM}\b)"
            ),
            "It holds alternatives, of which one has to be chosen.",
        ),
        (
            r"(?:\.\.\.|…)|.{0,80}\.\.\.\s*(?:etc\.?|and so on)?$(?<=[.\w)])(?<!\w\.\.\.)",
            "It leaves something out.",
        ),
        (
            r".{0,80}\((?:only )?(?:if|when) (?:needed|necessary|required|applicable)\)",
            "It holds a step that is only for a case that a person has to see.",
        ),
        (
            (
                r".{0,80}\b(?:when|if|as|once) (?:prompted|asked)\b|.{0,40}\bpress (?:enter|y\b"
                r"|any key|ctrl)|.{0,40}\bopens? (?:an|your|the) editor\b"
            ),
            "It asks for something while it runs.",
        ),
        (
            (
                r"(?:in|from|open)\s+(?:an?other|a\s+(?:new|second|third|separate|different)|the"
                r"\s+(?:other|second))\s+(?:terminal|shell|console|window|tab|session)\b"
                r"|terminal\s+(?:\d|one|two|[ab]\b)"
            ),
            "It needs another terminal while it runs.",
        ),
        (
            (
                r"(?:your|put|insert|add|paste|write)\b.{0,30}\b(?:here|changes|code"
                r"|statements?|sql|commands?|quer(?:y|ies)|logic)\W{0,4}$"
            ),
            "It leaves something out.",
        ),
        (
            (
                r"(?:repeat|do\s+(?:this|the\s+same)|same)\s+(?:this\s+|these\s+|the\s+\w+\s+)?"
                r"(?:for|on|with|steps)\b"
            ),
            "It has to be repeated by hand.",
        ),
        (
            (
                r"(?:replace|substitute|change|update|set|edit|adjust|use|fill\s+in|enter|add)\b"
                r".{0,60}\b(?:your|actual|real|placeholder\w*|as\s+needed|accordingly)\b"
            ),
            "It says that something in it is to be replaced.",
        ),
    )
)
_TRAILING_OR = re.compile(
    r"\s(?:#|--)\s*(?:or\b|alternatively\b|oder\b)",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(
    r"^\s*[A-Za-z_]\w*=(?:\"[^\"]*\"|'[^']*'|[^\s;&|]*)(?:\s+#.*)?\s*$",
)
_ELLIPSIS = re.compile(r"(?<![.\w/\"'])\.\.\.(?![./\w])|…|\(\.\.\.\)|(?<==)\.\.\.")
# '# Start the node', and then a program of one's own, in the foreground.
_STARTS = re.compile(
    _MARK
    + r"(?:start|launch|run)\s+(?:the\s+|an?\s+)?(?:\w+\s+){0,2}(?:nodes?|servers?"
    r"|services?|daemon|workers?|app|application|api|backend|frontend|validator|proxy"
    r"|agent|broker|listener)\b",
    re.IGNORECASE,
)
_OWN_PROGRAM = re.compile(
    r"^\s*(?:(?:\./|\.\\)\S+|\S+\.exe)(?:\s[^&]*)?$(?<!\.sh)(?<!\.ps1)", re.IGNORECASE
)
_ENVIRONMENT = re.compile(
    r"^\s*(?:#|--)\s*(?:for\s+|on\s+|in\s+)?(?P<name>staging|stage|production|prod"
    r"|dev(?:elopment)?|test(?:ing)?|local(?:ly)?|qa|uat)"
    r"(?:\s+environment)?\s*(?:\([^)]*\))?\s*:?\s*$",
    re.IGNORECASE,
)


def why_not_shell(lines: Sequence[str]) -> str | None:
    """Return why shell does not run unasked, as a sentence; None when it can."""
    said = _why_said(lines)
    if said:
        return said
    code = [line.split(" #")[0].rstrip() for line in _code(lines)]
    if all(_ASSIGNMENT.match(line) for line in code):
        return "It only names a setting; what sets it is not said."
    reasons = (
        *map(why_hanging, code),
        *map(why_serving, bare(lines)),
        *map(_why_open, code),
        why_foreign(lines),
    )
    return next(filter(None, reasons), None)


def why_not_sql(lines: Sequence[str]) -> str | None:
    """Return why SQL does not run unasked, as a sentence; None when it can."""
    said = _why_said(lines)
    if said:
        return said
    code = [line for line in lines if not line.lstrip().startswith("--")]
    return next(filter(None, map(_why_open, code)), None)


def _why_open(line: str) -> str | None:
    return (
        "It holds an ellipsis: something is left out."
        if _ELLIPSIS.search(line)
        else None
    )


def _why_said(lines: Sequence[str]) -> str | None:
    """Return what comments say against running a block as it stands."""
    for line in lines:
        for rule, sentence in _SAID:
            if rule.match(line):
                return sentence
    named = (_ENVIRONMENT.match(line) for line in lines)
    if len({found["name"].lower() for found in named if found}) > 1:
        return "It holds alternatives, of which one has to be chosen."
    if any(_STARTS.match(a) and _OWN_PROGRAM.match(b) for a, b in pairwise(lines)):
        return "It never ends by itself."
    if any(_TRAILING_OR.search(line) for line in lines):
        return "It holds alternatives, of which one has to be chosen."
    return None


def _code(lines: Sequence[str]) -> list[str]:
    """Return the lines of commands as written: no comments, blanks, here-documents."""
    found, end = [], None
    for line in lines:
        if end is not None:
            end = None if line.strip() == end else end
            continue
        text = line.removeprefix("$ ")
        if text.strip() and not text.lstrip().startswith("#"):
            found.append(text)
        here = _HEREDOC.search(text)
        end = here["end"] if here else None
    return found


_HEREDOC = re.compile(r"(?<!<)<<-?\s*['\"]?(?P<end>\w+)['\"]?")
