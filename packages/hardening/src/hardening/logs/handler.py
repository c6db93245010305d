"""Handlers of the standard library's logging: our own, and a filter for anybody's."""

import logging
from collections.abc import Callable, Mapping

from hardening.logs import records
from hardening.logs.pipeline import Pipeline
from hardening.logs.redactor import Redactor
from hardening.logs.sinks import Sink
from hardening.logs.tracebacks import error_of, traceback_of


class LineHandler(logging.Handler):
    """
    Writes records as lines; lines are made before a lock is taken.

    Args:
        pipeline: Makes a line of a record.
        sink: Takes the lines.
        context: Returns the fields of the request or job that is running.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        sink: Sink,
        context: Callable[[], Mapping[str, object]],
    ) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._sink = sink
        self._context = context

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record that the filters let pass."""
        # From Python 3.12 on, a filter may put another record in its place.
        passed: object = self.filter(record)
        if passed:
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self._sink.write(self._pipeline.record(record, self._context()))


class RedactingFilter(logging.Filter):
    """
    Takes the secrets out of records for a handler that is not ours.

    Put it on the handler, not on a logger: a logger's filters do not see what its
    children send. The record itself is changed, so that every later handler sees it
    so.

    Args:
        redactor: Takes the secrets out.
    """

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact a record; let all pass."""
        if self._redactor.is_on():
            message = self._redactor.value(records.message_of(record))
            record.msg, record.args = str(message), ()
            for name, value in self._attached(record):
                fields = self._redactor.fields({name: value})
                setattr(record, name, fields.get(name))
            self._redact_traces(record)
        return True

    def _attached(self, record: logging.LogRecord) -> list[tuple[str, object]]:
        """Return what stands on a record beside its message: extras, a kit's event."""
        own = {"hardening", "message"} & vars(record).keys()
        extras = records.extras_of(record).items()
        return [*extras, *((name, vars(record)[name]) for name in own)]

    def _redact_traces(self, record: logging.LogRecord) -> None:
        """Redact the error and the stack, also where another handler wrote them out."""
        error = error_of(record.exc_info)
        if error is not None:
            record.exc_text, record.exc_info = traceback_of(error), None
        for name in ("exc_text", "stack_info"):
            told = getattr(record, name)
            if told:
                setattr(record, name, self._redactor.clean(told))
