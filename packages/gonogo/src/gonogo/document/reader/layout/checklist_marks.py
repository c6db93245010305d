"""Checklist marks: the bracket pair or the sign that begins a checklist item."""

import re

from gonogo.document.reader.layout.statements import Mark

_BRACKETS = re.compile(r"^\s*\[(?P<mark>[ xX✓✔]?)\](?=\s|$)")
_SYMBOLS = "☐☑☒🔲⬜❏□"
_TICKED = "xX✓✔☑☒"
_SYMBOL = re.compile(rf"^\W{{0,4}}?(?P<mark>[{_SYMBOLS}])")


def split_mark(raw: str, stored: str) -> tuple[str, Mark | None]:
    """Return a text without its mark, and the mark; `stored` is its line as stored."""
    brackets = _BRACKETS.match(raw)
    if brackets:
        ticked = brackets["mark"] in _TICKED and brackets["mark"] != ""
        mark = Mark(column=stored.find("[") + 2, checked=ticked)
        return raw[brackets.end() :], mark
    symbol = _SYMBOL.match(raw)
    if symbol:
        column = stored.find(symbol["mark"]) + 1
        mark = Mark(column=column, checked=symbol["mark"] in _TICKED)
        return raw[symbol.end() :], mark
    return raw, None
