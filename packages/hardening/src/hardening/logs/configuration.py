"""Configuration: one call, after which every logger of the process writes such lines."""

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Self

from hardening.core import Measure, SystemClock, WallClock, require
from hardening.logs.handler import LineHandler
from hardening.logs.pipeline import Pipeline
from hardening.logs.redactor import Redactor
from hardening.logs.rendering import console_lines, json_lines
from hardening.logs.sinks import QueuedSink, Sink, StreamSink

_CLOCK = SystemClock()
_NONE: Mapping[str, object] = MappingProxyType({})
_SERVERS = ("uvicorn", "uvicorn.access", "uvicorn.error", "gunicorn.error")
_LEVELS = (logging.DEBUG, logging.CRITICAL)


_METHODS = (
    *("debug", "info", "warning", "warn", "error", "err", "exception", "critical"),
    *("fatal", "failure", "log", "msg"),
)


class LineLogger:
    """
    What structlog writes to: takes finished lines under the name of any method.

    Args:
        name: Of the logger: 'shop.orders'.
        write: Takes a line.

    Attributes:
        name: Of the logger.
    """

    __slots__ = ("name", *_METHODS)

    def __init__(self, name: str, write: Callable[[bytes], None]) -> None:
        self.name = name
        # Attributes and no `__getattr__`: this is on the way of every line.
        for method in _METHODS:
            setattr(self, method, write)


@dataclass(frozen=True, slots=True)
class Logs:
    """
    Logging, configured; made by `configure`.

    Attributes:
        redactor: Takes the secrets out; teach it those that the process is given.
        sink: Where lines go.
    """

    redactor: Redactor
    sink: Sink
    _undo: tuple[Any, ...]

    def close(self) -> None:
        """Write what waits, and configure logging as it was before."""
        for undo in reversed(self._undo):
            undo()
        self.sink.close()

    def measures(self) -> tuple[Measure, ...]:
        """Return how many lines and secrets there were."""
        return (*self.sink.measures(), *self.redactor.measures())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def configure(
    *,
    level: int = logging.INFO,
    stream: BinaryIO | None = None,
    console: bool = False,
    queue: int | None = None,
    redactor: Redactor | None = None,
    fields: Mapping[str, object] = _NONE,
    adopt: Iterable[str] = _SERVERS,
    clock: WallClock = _CLOCK,
) -> Logs:
    """
    Make every logger of the process write lines of one form, without secrets.

    That is structlog's loggers, the standard library's, warnings, and errors that
    nobody catches, in any thread. The root logger's handlers are replaced, since they
    would write the secrets beside.

    Args:
        level: The lowest that is written, as `logging` numbers it.
        stream: Opened for bytes; None is the standard output.
        console: Lines for people instead of JSON.
        queue: Lines that may wait for a thread to write them; None writes at once.
        redactor: Takes the secrets out; None is one with its defaults.
        fields: Written with every event.
        adopt: Loggers whose own handlers are taken off, because they have some and
            keep their records to themselves.
        clock: Tells the time of day.

    Raises:
        InvalidSetting: The level is none, the stream is one of text, or the queue holds
            less than one line.
    """
    low, high = _LEVELS
    rule = "from logging.DEBUG to logging.CRITICAL"
    require("configure.level", level, rule, holds=low <= level <= high)
    rule = "opened for bytes, or None"
    require("configure.stream", stream, rule, holds=_takes_bytes(stream))
    redactor = redactor or Redactor()
    direct = StreamSink(stream or sys.stdout.buffer)
    sink = direct if queue is None else QueuedSink(direct, capacity=queue)
    pipeline = Pipeline(
        redactor=redactor,
        render=console_lines() if console else json_lines(),
        fields=fields,
        clock=clock,
    )
    undo = (
        _set_structlog(pipeline, sink, level),
        _set_root(pipeline, sink, level, adopt),
        _set_hooks(),
    )
    return Logs(redactor, sink, undo)


def _takes_bytes(stream: object) -> bool:
    """Tell whether lines can be written to it; what has an encoding takes text alone."""
    return stream is None or (
        hasattr(stream, "write") and not hasattr(stream, "encoding")
    )


def get_logger(name: str = "root", **fields: object) -> Any:  # noqa: ANN401 - structlog's proxy has no type of its own
    """Return structlog's logger of a name; its fields stand on each of its lines."""
    import structlog  # noqa: PLC0415 - loaded when used

    return structlog.get_logger(name, **fields)


def _set_structlog(pipeline: Pipeline, sink: Sink, level: int) -> Any:  # noqa: ANN401 - a call that undoes
    """Configure structlog; return what undoes it."""
    import structlog  # noqa: PLC0415 - loaded when used

    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, pipeline],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *names: LineLogger(
            names[0] if names else "root", sink.write
        ),
        cache_logger_on_first_use=False,
    )
    return lambda: structlog.configure(**before)


def _set_root(pipeline: Pipeline, sink: Sink, level: int, adopt: Iterable[str]) -> Any:  # noqa: ANN401 - a call that undoes
    """Give the root our handler alone, and let the adopted pass to it."""
    from structlog.contextvars import (  # noqa: PLC0415 - loaded when used
        get_contextvars,
    )

    root = logging.getLogger()
    loggers = (root, *map(logging.getLogger, adopt))
    before = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.handlers[:] = []
        one.propagate = True
    root.addHandler(LineHandler(pipeline, sink, get_contextvars))
    root.setLevel(level)
    logging.captureWarnings(capture=True)

    def undo() -> None:
        logging.captureWarnings(capture=False)
        for one, handlers, was, propagate in before:
            one.handlers[:], one.propagate = handlers, propagate
            one.setLevel(was)

    return undo


def _set_hooks() -> Any:  # noqa: ANN401 - a call that undoes
    """Log what nobody caught, which Python would print with all its secrets."""
    before, before_threads = sys.excepthook, threading.excepthook

    def uncaught(
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, traceback)
            return
        triple = (kind, error, traceback)
        logging.getLogger("uncaught").critical("uncaught_error", exc_info=triple)

    def uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            uncaught(told.exc_type, told.exc_value, told.exc_traceback)

    sys.excepthook, threading.excepthook = uncaught, uncaught_in_thread

    def undo() -> None:
        sys.excepthook, threading.excepthook = before, before_threads

    return undo
