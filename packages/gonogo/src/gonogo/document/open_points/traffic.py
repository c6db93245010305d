"""Traffic: the share that a line names, and what was answered for another share."""

import re

from gonogo.document.open_points.looking import Looking
from gonogo.document.open_points.point import Kind
from gonogo.document.open_points.values import operations_in
from gonogo.model.operation import SetFlag

_SHARE = re.compile(r"(?<![\w.])(?P<number>\d{1,3}(?:\.\d+)?)\s?%")
_FLAG = re.compile(r"`(?P<quoted>[\w.-]+)`|\b(?P<shouted>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b")


def share_in(text: str) -> str:
    """Return the first percentage that a text names, as written; '' without one."""
    match = _SHARE.search(text)
    return match["number"] if match else ""


def as_before(looking: Looking, text: str) -> str | None:
    """Return the last answer about traffic, with the share of this text in it."""
    last = looking.last_answer(Kind.TRAFFIC)
    share = share_in(text)
    if last is None or not share:
        return None
    point, answer = last
    before = re.escape(share_in(point.text))
    parts = re.split(rf"(?<![\w.]){before}(?![\w.])", answer)
    return share.join(parts) if len(parts) == 2 else None  # noqa: PLR2004  # it says it once


def as_flag(looking: Looking, text: str) -> str | None:
    """Return the flag that a text names, in the one flag file that bindings use."""
    operations = operations_in(looking.bindings)
    files = {one.file for one in operations if isinstance(one, SetFlag)}
    names = {m["quoted"] or m["shouted"] for m in _FLAG.finditer(text)}
    if len(files) != 1 or len(names) != 1:
        return None
    return f"flag: {names.pop()} {share_in(text)} {files.pop()}"
