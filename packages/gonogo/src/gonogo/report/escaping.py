"""
Escaping: text from the world as Markdown that shows it, and does nothing else.

Only what Markdown would act on at its place is escaped, so that names such as
`job_dlq` and limits such as `< 1 %` stay readable in the raw text too.
"""

import re

_ALWAYS = re.compile(r"[\\`*\[\]|]")
# `_` acts at the edge of a word, `<` before a tag or a comment, `&` before an entity,
# `~` as a pair; `$` is mathematics on some hosts.
_AT_ITS_PLACE = re.compile(
    r"(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=~)|(?<=~)~"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def inline(text: str) -> str:
    """Return text on one line, safe within a paragraph, a list item or a table cell."""
    flat = " ".join(_CONTROL.sub("\ufffd", text).split())
    flat = _ALWAYS.sub(r"\\\g<0>", flat)
    return _AT_ITS_PLACE.sub(r"\\\g<0>", flat)


def code(text: str) -> str:
    """Return text as a code span, safe within a table cell too."""
    flat = " ".join(_CONTROL.sub("\ufffd", text).split())
    fence = "`" * (_longest_run(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    piped = flat.replace("|", "\\|")
    return f"{fence}{pad}{piped}{pad}{fence}"


def fenced(text: str) -> str:
    """Return text as a fenced block that it cannot end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    shown = _CONTROL.sub("\ufffd", text).rstrip("\r\n")
    return f"{fence}text\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
