"""Listeners: events are values, and whoever counts or logs them is handed them."""

from typing import Protocol, TypeVar

Event_contra = TypeVar("Event_contra", contravariant=True)


class Listener(Protocol[Event_contra]):
    """Is told of each event, on the thread where it happened; must be quick."""

    def __call__(self, event: Event_contra, /) -> None:
        """Take in one event. What it raises reaches the caller of the piece."""
        ...


def ignore(event: object, /) -> None:
    """Do nothing with an event: the listener of those who want none."""
