"""A finding as HTML: its weight as a word, its place, its code, and what to do."""

from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.report.html_escaping import shown

_WORDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def finding_html(
    found: Diagnostic, *, place: bool = False, known: frozenset[int] = frozenset()
) -> str:
    """
    Return a finding.

    Args:
        found: What there is to say.
        place: Whether to say where; not needed beside the line itself.
        known: The lines that stand on the page, so that no link leads nowhere.
    """
    where = f"{_place(found, known)} " if place else ""
    path = f" <code>{shown(found.path)}</code>" if found.path else ""
    return (
        f'<div class="finding {found.severity.value}">{where}'
        f'<b class="weight">{_WORDS[found.severity]}</b> <code>{shown(found.code)}</code> '
        f'{shown(found.message)}{path}<p class="remedy">{shown(found.remedy)}</p></div>'
    )


def _place(found: Diagnostic, known: frozenset[int]) -> str:
    if found.file is not None:
        return f"<span>{shown(found.file)}, line {found.line}</span>"
    if found.line not in known:
        return f"<span>line {found.line}</span>"
    return f'<a href="#L{found.line}">line {found.line}</a>'
