"""A source that others push to: answers selectors from what a listener heard."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gonogo.adapters.sources.listening import Listener
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.selector import NoSelector, parsed
from gonogo.ports.source import Series


class PushedSource:
    """
    Answers selectors (`selector`).

    Args:
        opening: The plan's source.
        listener: Holds what arrived.
    """

    def __init__(self, opening: Opening, listener: Listener) -> None:
        self._opening = opening
        self._listener: Listener | None = listener
        self._told = listener.heard.unread
        self.address = listener.address

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what arrived in the stretch; nothing is waited for.

        Raises:
            SourceFailed: The query is no selector; or all that arrived so far was
                unreadable.
        """
        del deadline
        listener = self._listening()
        try:
            selector = parsed(query)
        except NoSelector as error:
            message = f"the query {error}"
            raise self._opening.failed(message) from error
        found = listener.held.series(selector, since=since, until=until)
        if not found and not len(listener.held) and listener.heard.unread:
            message = f"{listener.address} took {listener.heard}. Look at the sender."
            raise self._opening.failed(message)
        return (*found, *self._notes(listener))

    @property
    def heard(self) -> str:
        """Return in words what arrived so far, for people."""
        listener = self._listening()
        return f"{listener.address} took {listener.heard}"

    def close(self) -> None:
        """Listen no more, unless another source does at the same address."""
        self._listener = None

    def _notes(self, listener: Listener) -> tuple[Series, ...]:
        """Return a note about what could not be read since the last one."""
        unread = listener.heard.unread
        if unread == self._told:
            return ()
        self._told = unread
        note = f"{listener.address} took {listener.heard}."
        return (Series(points=(), notes=(note,)),)

    def _listening(self) -> Listener:
        if self._listener is None:
            message = "it was closed."
            raise self._opening.failed(message)
        return self._listener
