"""
Asides: titles that describe, tell or append; nothing that one does.

Read from the form of the title alone: what an English compound ends in ('Rollout
strategy'), the question it answers ('Why in this order'), where it is put ('Appendix').
"""

import re

from gonogo.document.reader.words.titles import without_remarks

_APPENDED = re.compile(
    r"^[\W\d]*(?:appendix|annex|quick (?:\w+ )?(?:reference|commands?|links)|reference"
    r"|anhang|anexo)\b",
    re.IGNORECASE,
)
# The head of an English compound is its last word.
_DESCRIBES = re.compile(
    r"\b(?:rules|strategy|strategies|approach|policy|policies|principles|guidelines"
    r"|conventions|criteria|kpis|goals?|objectives?|risks?|windows?|matrix|estimates?"
    r"|model|topology|architecture|management|administration|types|kinds|categories"
    r"|considerations|assumptions|assessment|analysis|summary)\W*$",
    re.IGNORECASE,
)
# 'What this does not do', 'Why in this order', 'Current deployment model'.
_TELLS = re.compile(
    r"^[\W\d]*(?:historical|archived|what|why|which|who|where"
    r"|how (?:it|this|we|the)\b.{0,40}\bworks?"
    r"|(?:lo )?que|qu[eé]|por ?qu[eé]|qui[eé]n|o que|ce (?:que|qui)|pourquoi|was|warum"
    r"|wer|cosa|perch[eé]|wat|waarom)\s"
    r"|^[\W\d]*current(?: \w+){0,2} (?:state|status|setup|situation|deployment"
    r"|configuration|environment)\W*$",
    re.IGNORECASE,
)
# 'Option A: by script', 'Alternative: by hand': how to do what the section around says.
_ALTERNATIVE = re.compile(
    r"^\W*(?:(?:option|method|variant|approach|path|opci[oó]n|opção|variante|m[eé]todo"
    r"|m[eé]thode|opzione|optie)\s+(?:[a-d]|\d|[iv]{1,3})\b"
    r"|alternativ\w*\b)",
    re.IGNORECASE,
)


def describes(title: str) -> bool:
    """Tell whether a title ends in a word for what is described, not done."""
    return bool(_DESCRIBES.search(without_remarks(title)))


def is_aside(title: str) -> bool:
    """Tell whether a title describes, answers a question or is put at the end."""
    return describes(title) or is_appended(title) or bool(_TELLS.match(title))


def is_appended(title: str) -> bool:
    """Tell whether a title is an appendix or a quick reference."""
    return bool(_APPENDED.match(title))


def is_alternative(title: str) -> bool:
    """Tell whether a title names one of several ways to do the same."""
    return bool(_ALTERNATIVE.match(title))
