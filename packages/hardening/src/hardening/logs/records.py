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
    'token=%s'. A format that does not fit them is shown beside them.
    """
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a log call never fails
        return {"format": record.msg, "arguments": record.args}


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what a record carries beside its message: extras, events, the error."""
    extra = {
        name: value for name, value in vars(record).items() if name not in _STANDARD
    }
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
