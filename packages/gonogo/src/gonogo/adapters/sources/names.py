"""The names in a source's address, options and queries, and what they stand for."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from gonogo.model.plan import ValueSource
from gonogo.ports.source import SourceFailed

_NAME = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# In a query of any language these end a text, or begin another part of the query.
_UNSAFE = re.compile(r"[\"'`\\;\x00-\x1f]")


class Names:
    """
    Resolves the names of a plan. Nothing is looked up before it is asked for.

    Args:
        values: Where each value comes from, by name.
        environ: The environment of the process.
    """

    def __init__(
        self, values: Mapping[str, ValueSource], environ: Mapping[str, str]
    ) -> None:
        self._values, self._environ = values, environ

    def text(self, text: str) -> str:
        """
        Return an option with the values of its names.

        Raises:
            SourceFailed: A name is not the plan's, or has no value here.
        """
        return _NAME.sub(lambda found: self._value(_name(found)), text)

    def url(self, url: str) -> str:
        """
        Return an address with the values of its names, percent-encoded behind its host.

        Raises:
            SourceFailed: A name is not the plan's, or has no value here.
        """

        def replaced(found: re.Match[str]) -> str:
            value = self._value(_name(found))
            before = _SCHEME.sub("", url[: found.start()], count=1)
            return quote(value, safe="") if re.search(r"[/?#]", before) else value

        return _NAME.sub(replaced, url)

    def query(self, query: str) -> str:
        """
        Return a query with the values of the plan's names.

        Other names stay, since languages have their own (`$window`, `$1`).

        Raises:
            SourceFailed: A name has no value here, or one that would change the query.
        """

        def replaced(found: re.Match[str]) -> str:
            name = _name(found)
            return self._safe(name) if name in self._values else found[0]

        return _NAME.sub(replaced, query)

    def _safe(self, name: str) -> str:
        value = self._value(name)
        if _UNSAFE.search(value):
            message = (
                f"The value '{name}' holds a quote, a backslash, a semicolon or a line "
                "break, which would change the query it stands in. Use another value."
            )
            raise SourceFailed(message)
        return value

    def _value(self, name: str) -> str:
        source = self._values.get(name)
        if source is None:
            remedy = "Bind it in the document, under `gonogo: values:`."
            message = f"The value '{name}' is not set. {remedy}"
            raise SourceFailed(message)
        found = source.literal
        if source.env is not None:
            found = self._environ.get(source.env, source.literal)
        if found is None:
            remedy = f"Set the environment variable {source.env} and try again."
            message = f"The value '{name}' is not set. {remedy}"
            raise SourceFailed(message)
        return found


def _name(found: re.Match[str]) -> str:
    return found[1] or found[2]
