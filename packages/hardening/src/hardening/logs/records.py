"""Records: what the standard library's loggers, and those who use them, have to say."""

import logging

from hardening.logs.tracebacks import error_of, traceback_of

# What every record has; the rest is what the caller gave as `extra`.
_STANDARD = frozenset(
    (*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "hardening")
)


def message_of(record: logging.LogRecord) -> object:
    """
    Return a record's message with its arguments put in.

    The arguments come first, so that a secret among them is seen in its place:
    'token=%s'. A format that does not fit is shown with their types alone: without
    their place nothing tells a secret among them.
    """
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a log call never fails
        given = record.args if isinstance(record.args, tuple) else (record.args,)
        kinds = [type(argument).__name__ for argument in given]
        return {"format": record.msg, "arguments": kinds}


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what a record carries beside its message: extras, events, the error."""
    extra = extras_of(record)
    event = getattr(record, "hardening", None)
    if isinstance(event, dict):
        extra |= {name: value for name, value in event.items() if name != "event"}
    error = error_of(record.exc_info)
    if error is not None:
        extra["exception"] = traceback_of(error)
    elif record.exc_text:
        extra["exception"] = record.exc_text
    if record.stack_info:
        extra["stack"] = record.stack_info
    return extra


def extras_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what the caller put on a record, by its names."""
    return {
        name: value for name, value in vars(record).items() if name not in _STANDARD
    }
