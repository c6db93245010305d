"""Outlived: what a listener raises is logged where there is no caller for it to reach."""

from contextlib import suppress
from typing import TypeVar

from hardening.core import Listener

E = TypeVar("E")


def outlived(listener: Listener[E]) -> Listener[E]:
    """Return a listener that never raises: threads and loops go on, and the log tells."""

    def tell(event: E, /) -> None:
        try:
            listener(event)
        except Exception as error:  # noqa: BLE001 - a listener is anybody's code
            with suppress(Exception):  # the log itself may be what fails
                _log(error)

    return tell


def _log(error: Exception) -> None:
    """Write an error to the log."""
    import logging  # noqa: PLC0415 - slow to load, and rarely used

    logging.getLogger("hardening").error("listener_failed", exc_info=error)
