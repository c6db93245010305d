"""
Signature lines: several people who sign on one line, each by a name and a blank.

'Signed: cutover lead ____ accountant ____' asks for two consents. Where no word on the
line says that they sign, the title above has to.
"""

import re

from gonogo.document.reader.people.people import names_before_blanks, role_in

_SIGNED = re.compile(
    r"(?:\bsign(?:ed|atures?|-?\s?off(?:s| by)?)?|\bapproved(?: by)?|\bapprovals?|\baccepted by"
    r"|\bauthori[sz]ed(?: by)?|\bgo ?/ ?(?:no-?go|roll ?back|stop|abort|hold)"
    r"|\bfirmas?|\bunterschrift(?:en)?|\bassinaturas?|\bsignatures?)\s*[:\u2013\u2014]",
    re.IGNORECASE,
)
# Lines of a signed form that are no signature.
NOT_SIGNED = re.compile(
    r"^(?:date|time|name|version|reason|notes?|comments?|decision|status|title|datum"
    r"|fecha|data|environment|start\w*|end\w*|signature|issue.*|duration|(?:build )?sha"
    r"|.*\b(?:deployed|executed|performed|prepared|written|run) by|all .*|.*\?)$",
    re.IGNORECASE,
)
# What a blank is for, and nobody's name: 'QA sign-off: ____'.
_FOR = re.compile(
    r"\b(?:sign(?:ed|ature)?|sign-?\s?off|approv\w+|accepted|authori[sz]\w+|reviewed|firma"
    r"|unterschrift|assinatura|decision|go)(?: by)?$",
    re.IGNORECASE,
)
_SEVERAL = 2


def signed_roles(raw: str, *, in_form: bool) -> tuple[str, ...]:
    """
    Return who signs on a line, in order; () where it is no line of signatures.

    Args:
        raw: The line, with its blanks.
        in_form: Whether a title above it has people sign.
    """
    names = tuple(
        name
        for name in names_before_blanks(raw)
        if not NOT_SIGNED.match(name) and not _FOR.search(name)
    )
    if not names:
        return ()
    if _SIGNED.search(raw):
        return names
    roles = sum(role_in(name) is not None for name in names)
    several = len(names) >= _SEVERAL and 2 * roles >= len(names)
    return names if in_form and several else ()
