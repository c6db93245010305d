"""
`$NAME` in a text: replaced by what it stands for, whole known names only.

`$$` is a dollar sign. A name that the plan does not have is an error and not an empty
text: an address with a hole in it would be somebody else's.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

from gonogo.adapters.operators.values import Values

_NAME = re.compile(r"\$(?:\$|\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def filled(text: str, values: Values) -> str:
    """
    Return a text with the values of its names.

    Raises:
        UnresolvedValue: A name is not the plan's, or has no value here.
    """
    return _each(text, values, lambda value, _: value)


def filled_url(url: str, values: Values) -> str:
    """
    Return an address with the values of its names.

    In the path and the query a value is percent-encoded, so that it cannot change
    where the request goes. At the start, or in the host, it stands as it is.

    Raises:
        UnresolvedValue: A name is not the plan's, or has no value here.
    """
    return _each(
        url,
        values,
        lambda value, before: quote(value, safe="") if _is_inside(before) else value,
    )


def _each(text: str, values: Values, form: Callable[[str, str], str]) -> str:
    """Replace every name; `form` is given its value, and the text before it."""

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return form(values.value(found[1] or found[2]), text[: found.start()])

    return _NAME.sub(replaced, text)


def _is_inside(before: str) -> bool:
    """Return whether this beginning of an address goes beyond its host."""
    return re.search(r"[/?#]", _SCHEME.sub("", before, count=1)) is not None
