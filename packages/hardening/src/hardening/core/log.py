"""A listener that writes events to the log, each kind once a minute for a subject."""

import logging
from dataclasses import fields
from typing import Any

from hardening.core.clock import Clock
from hardening.core.event import Event
from hardening.core.quiet import OncePer
from hardening.core.setting import require_not_negative
from hardening.core.system import SystemClock

_CLOCK = SystemClock()


class LogListener:
    """
    Implements `Listener` by the standard library's logging.

    The message is the event's name; its fields are the record's `extra`, below the key
    `hardening`, where a formatter of structured logs finds them. An outage makes a
    circuit open and close for hours: of the same event about the same subject, one a
    minute is written, with the number of those held back. What a piece held back of an
    event itself, its own field `held_back`, is counted with them.

    Args:
        logger: Where to write; None is the logger 'hardening'.
        every_s: The span in seconds; 0 writes every event.
        clock: Measures the span.

    Raises:
        InvalidSetting: The span is no number, below 0, or without an end.
    """

    __slots__ = ("_clock", "_logger", "_once")

    def __init__(
        self,
        logger: logging.Logger | None = None,
        *,
        every_s: float = 60.0,
        clock: Clock = _CLOCK,
    ) -> None:
        require_not_negative("LogListener.every_s", every_s)
        self._logger = logger or logging.getLogger("hardening")
        self._once = OncePer(every_s)
        self._clock = clock

    def __call__(self, event: Event, /) -> None:
        """Write the event, unless one like it was written less than a minute ago."""
        key = (event.event, event.subject)
        held_back = self._once.passes(key, self._clock.monotonic_s())
        if held_back is None:
            return
        held_back += getattr(event, "held_back", 0)
        extra = {"hardening": fields_of(event) | {"held_back": held_back}}
        self._logger.log(event.level, event.event, extra=extra)


def fields_of(event: Any) -> dict[str, object]:  # noqa: ANN401 - any dataclass
    """Return an event's name and fields, errors by their class and text."""
    shown = {field.name: getattr(event, field.name) for field in fields(event)}
    return {"event": event.event} | {
        name: _plain(content) for name, content in shown.items()
    }


def _plain(content: object) -> object:
    """Return what a log can hold: an error keeps no traceback alive."""
    if isinstance(content, BaseException):
        return f"{type(content).__name__}: {content}"
    return content
