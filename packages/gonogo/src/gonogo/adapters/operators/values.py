"""
Named values: what `$APP_URL` and the connection `qc` stand for, here and now.

Plans and journals hold names only. The names are resolved here, at the last moment,
from the environment of the process or from the plan's own literals.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from gonogo.model.plan import ValueSource

_SHORTEST_SECRET = 4  # as in `redaction`: shorter ones would blot out whole texts


class UnresolvedValue(Exception):
    """
    A named value has nothing that it stands for.

    Attributes:
        name: Of the value, or of the connection.
        variable: The environment variable that would give it; None when the plan
            names none.
    """

    def __init__(self, name: str, *, variable: str | None, what: str = "value") -> None:
        """Compose the message from the name and the variable to set."""
        self.name, self.variable = name, variable
        remedy = (
            f"Bind it in the document, under `gonogo: {what}s:`."
            if variable is None
            else f"Set the environment variable {variable} and try again."
        )
        super().__init__(f"The {what} '{name}' is not set. {remedy}")


class Values:
    """
    Resolves names. Nothing is looked up before it is asked for.

    Args:
        sources: Where each value comes from, by name.
        environ: The environment of the process.
        connections: Where each connection's URL comes from, by name.
    """

    def __init__(
        self,
        sources: Mapping[str, ValueSource],
        environ: Mapping[str, str],
        *,
        connections: Mapping[str, ValueSource] | None = None,
    ) -> None:
        self._sources, self._environ = sources, environ
        self._connections = connections or {}

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def value(self, name: str) -> str:
        """
        Return what a name stands for.

        Raises:
            UnresolvedValue: The plan has no such name, or its variable is not set.
        """
        return self._resolved(name, self._sources.get(name), what="value")

    def connection(self, name: str) -> str:
        """
        Return the URL of a database.

        Raises:
            UnresolvedValue: The plan has no such name, or its variable is not set.
        """
        return self._resolved(name, self._connections.get(name), what="connection")

    def missing(self) -> tuple[UnresolvedValue, ...]:
        """Return everything that cannot be resolved now, to be said before a start."""
        found: list[UnresolvedValue] = []
        for names, look_up in (
            (self._sources, self.value),
            (self._connections, self.connection),
        ):
            for name in names:
                try:
                    look_up(name)
                except UnresolvedValue as error:
                    found.append(error)
        return tuple(found)

    def environment_for_shell(self, script: str = "") -> dict[str, str]:
        """
        Return the environment of a script: the process's own, and every value.

        A value that is not set is left out, unless the script mentions it: an undo
        must not fail for a name that is none of its business.

        Raises:
            UnresolvedValue: The script mentions a value that is not set.
        """
        environment = dict(self._environ)
        for name in self._sources:
            try:
                environment[name] = self.value(name)
            except UnresolvedValue:
                if re.search(rf"\b{re.escape(name)}\b", script):
                    raise
                environment.pop(name, None)
        return environment

    def secrets(self) -> dict[str, str]:
        """
        Return what must never be shown or kept, by a name for it.

        That is: values and connections marked secret, and each password in a
        connection's URL.
        """
        found: dict[str, str] = {}
        for name, source in self._sources.items():
            text = self._text(source)
            if source.secret and text:
                found[name] = text
        for name, source in self._connections.items():
            text = self._text(source) or ""
            if source.secret and text:
                found[f"{name} (connection)"] = text
            password = _password(text)
            if len(password) >= _SHORTEST_SECRET:
                found[f"{name} (password)"] = password
        return found

    def seal(self, salt: str) -> str:
        """
        Return what tells whether two processes know the same secrets.

        It stands only beside raw output that may hold the secrets themselves, and
        goes when that goes: what is read with other secrets cannot be redacted.
        """
        known = json.dumps(self.secrets(), sort_keys=True)
        return f"{salt}:{sha256(f'{salt}:{known}'.encode()).hexdigest()}"

    def _resolved(self, name: str, source: ValueSource | None, *, what: str) -> str:
        text = None if source is None else self._text(source)
        if text is None:
            variable = None if source is None else source.env
            raise UnresolvedValue(name, variable=variable, what=what)
        return text

    def _text(self, source: ValueSource) -> str | None:
        """Return what a source gives; a literal is the default of its variable."""
        if source.env is None:
            return source.literal
        return self._environ.get(source.env, source.literal)


def _password(url: str) -> str:
    """Return the password in a URL, as it is when decoded; empty without one."""
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""
