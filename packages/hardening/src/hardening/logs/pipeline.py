"""The pipeline: from what a logger was given to one line, without secrets."""

import logging
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from hardening.core import WallClock
from hardening.logs import records
from hardening.logs.plain import Plain
from hardening.logs.redactor import Redactor
from hardening.logs.rendering import Render
from hardening.logs.tracebacks import error_of, traceback_of

# structlog names an event's level by the method that was called.
_LEVELS = {"warn": "warning", "exception": "error", "fatal": "critical", "msg": "info"}
# A caller's field of one of these names must not pass for the logger's own.
_OWN = frozenset(("time", "level", "logger"))
_EVENT = "event"
_MICROSECONDS = 1_000_000


class Pipeline:
    """
    Makes lines of structlog's events and of the standard library's records.

    It raises nothing: an event that cannot be written becomes a line that says so.

    Args:
        redactor: Takes the secrets out.
        render: Makes a line of the fields.
        fields: Written with every event: the service, its version.
        clock: Tells the time of day.
    """

    def __init__(
        self,
        *,
        redactor: Redactor,
        render: Render,
        fields: Mapping[str, object],
        clock: WallClock,
    ) -> None:
        self._redactor = redactor
        self._render = render
        self._fields = {_renamed(_beside(name)): fields[name] for name in fields}
        # How many secrets were known, and the fields without them; one value, so that
        # no thread sees half of a change.
        self._redacted: tuple[int, Mapping[str, object]] = (-1, {})
        self._clock = clock
        self._second = (-1, "")

    def __call__(
        self,
        logger: Any,  # noqa: ANN401 - structlog's own
        method: str,
        event: MutableMapping[str, Any],
    ) -> bytes:
        """Return the line of structlog's event; a processor, and the last."""
        try:
            if "exc_info" in event or "stack_info" in event:
                _with_traces(event)
            level = _LEVELS.get(method, method)
            return self._line(self._clock.unix_s(), level, logger.name, event)
        except Exception as failure:  # noqa: BLE001 - a log call never fails
            return self._failed(failure)

    def record(self, record: logging.LogRecord, context: Mapping[str, object]) -> bytes:
        """Return the line of a record, with the fields of the request or job."""
        try:
            told = {**context, **records.fields_of(record)}
            if _EVENT in told:
                told[_beside(_EVENT)] = told.pop(_EVENT)
            event = {_EVENT: records.message_of(record), **told}
            level = record.levelname.lower()
            return self._line(record.created, level, record.name, event)
        except Exception as failure:  # noqa: BLE001 - a log call never fails
            return self._failed(failure)

    def _line(
        self, unix_s: float, level: str, logger: str, event: MutableMapping[str, Any]
    ) -> bytes:
        if not _OWN.isdisjoint(event):
            event = {_renamed(name): value for name, value in event.items()}
        redactor = self._redactor
        on = redactor.is_on()
        taught, service = self._redacted
        if taught != redactor.taught:
            service = self._redact_service()
        return self._render(
            {
                "time": self._iso(unix_s),
                "level": level,
                "event": "",  # its place; the text follows, redacted
                "logger": logger,
                **(service if on else self._fields),
                **(Plain(redactor.limits, redactor).fields(event) if on else event),
            }
        )

    def _redact_service(self) -> Mapping[str, object]:
        """Return the fields of every event without the secrets that are known by now."""
        taught = self._redactor.taught
        shown = self._redactor.fields(self._fields)
        self._redacted = (taught, shown)
        return shown

    def _iso(self, unix_s: float) -> str:
        """Return a time of day in UTC; the second is formatted once a second."""
        micros = round(unix_s * _MICROSECONDS)
        second, rest = divmod(micros, _MICROSECONDS)
        known, text = self._second
        if known != second:
            text = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            self._second = (second, text)
        return f"{text}.{rest:06}Z"

    def _failed(self, failure: Exception) -> bytes:
        """Return the line of an event that could not be written; nothing of it."""
        return self._render(
            {
                "time": self._iso(self._clock.unix_s()),
                "level": "error",
                "event": "log_line_failed",
                "logger": "hardening.logs",
                "error": type(failure).__name__,
            }
        )


def _with_traces(event: MutableMapping[str, Any]) -> None:
    """Put in place what structlog was asked to add: the error, the stack."""
    error = error_of(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = traceback_of(error)
    if event.pop("stack_info", False):
        event["stack"] = "".join(traceback.format_stack(limit=50))


def _beside(name: str) -> str:
    """Return another name for what would take the place of the message."""
    return f"{name}_" if name == _EVENT else name


def _renamed(name: str) -> str:
    return f"{name}_" if name in _OWN else name
