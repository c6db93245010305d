"""Expectation arrows: 'GET /health → ok', and not the way through a menu."""

import re

_TRIED = re.compile(
    r"(?:https?://[^\s`|]+|(?:^|[\s`])(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+/\S*"
    r"|(?:^|\s)`[^`]+`|(?:^|[\s`])/[\w{][\w/{}.-]*)",
)
_ARROW = re.compile(r"\s(?:→|->|=>|⇒|⟶|➜|➡️?)\s+(?P<value>\S.*)$")
_TRY = re.compile(
    r"^(?:try|test|check|visit|open|run|verify|call|request|curl|get|post|confirm|hit"
    r"|load|browse|query|ping|health|log\s?in|login|submit|click|refresh|reload|upload"
    r"|access|send|search|abrir|öffnen|ouvrir)\b",
    re.IGNORECASE,
)
# Ways through menus lead to names, with capitals; results are told in words.
_TOLD = re.compile(r"(?:[a-z\d`'{]|(?:Returns?|Shows?|Should|See|Expect\w*|Gives)\b)")
_SAID = re.compile(r"\S+\s+(?:\S+\s+){0,6}?[^\W\d_A-Z][\w-]*", re.UNICODE)
# A link or a file says where something is, and nothing of what it gives.
_PLACE = re.compile(
    r"^\W{0,3}(?:\[[^\]]*\]\(|see\b|`?[\w.-]*(?:/[\w.-]+)+\.\w{1,5}`?\W*(?:\(|$)"
    r"|`?[\w-]+\.(?:md|sh|ts|js|py|rb|go|ya?ml|sql|json)`?\W*$)",
    re.IGNORECASE,
)
# What is then to be done, or left, is a decision and no result.
_DECIDED = re.compile(
    r"^\W{0,4}(?:do not|don't|never|(?:safe|ok|okay|fine) to|skip|keep|drop|stop|halt|abort"
    r"|roll(?:ing)? ?back|revert|sign off|proceed|continue|escalate|report|investigate|fix"
    r"|go to|move on|wait|no action)\b",
    re.IGNORECASE,
)
_CODE_SPAN = re.compile(r"`[^`]*`")


def behind_arrow(raw: str, text: str, *, tested: bool = False) -> str:
    """
    Return what stands behind the arrow of 'GET /health → ok'; '' without one.

    Args:
        raw: With mark-up: code tells a value from a word.
        text: The same as plain words.
        tested: Whether it stands among tests, where any act leads to a result.
    """
    spans = [m.span() for m in _CODE_SPAN.finditer(raw)]
    for arrow in _ARROW.finditer(raw):
        within = any(a < arrow.start() < b for a, b in spans)
        if within or _is_in_brackets(raw[: arrow.start()]):
            continue
        value = arrow["value"]
        if _PLACE.match(value) or _DECIDED.match(value):
            return ""
        tells = _is_told(text, value) or (tested and _is_said(value))
        return value if _is_asked(raw[: arrow.start()], text) or tells else ""
    return ""


def _is_in_brackets(left: str) -> bool:
    """Tell whether an arrow maps one name to another: '(old name -> new name)'."""
    return left.count("(") > left.count(")")


def _is_asked(left: str, text: str) -> bool:
    tried = _TRIED.search(left)
    return bool(tried and (_TRY.match(text) or _TRIED.match(left.strip())))


def _is_told(text: str, value: str) -> bool:
    single = _TOLD.match(value) and not _ARROW.search(value)
    return bool(single and _TRY.match(text))


def _is_said(value: str) -> bool:
    """Tell whether a result is told in words, and no further way is shown."""
    return bool(_SAID.match(value)) and not _ARROW.search(value)
