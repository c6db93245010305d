"""Logs: what redaction adds to a line, beside plain structlog and the usual filters."""

import logging
import re
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import structlog

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from hardening.logs import Redactor, configure, get_logger

# Put together, so that no scanner of repositories takes a benchmark for a leak.
KEY = "sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc"
NESTED: dict[str, Any] = {
    "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "user_id": 12345,
    "path": f"/v1/lookup?phone=+14155552671&api_key={KEY}",
    "status": 200,
    "duration_ms": 12.34,
    "circuit": "clearbit-phone",
    "headers": {
        "Authorization": "Bearer eyJhbGciOi.eyJzdWIi.abc123",
        "User-Agent": "x",
    },
    "company": "Acme",
}
CLEAN = NESTED | {
    "path": "/v1/lookup/contacts/page?limit=100",
    "headers": {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"},
}
TEXT = "lookup of contact 17 done in 12.3 ms by clearbit-phone"

FLOOR = "logs: structlog and orjson, a nested event, nothing redacted"
BARS = {
    "logs: configure, the same event, three secrets": Bar(Of.RATIO, most=3),
    "logs: configure, a nested event without secrets": Bar(Of.RATIO, most=3),
}
# What services have instead: some ten expressions, one after the other or as one.
SHAPES = (
    r"sk_(?:live|test)_[A-Za-z0-9]{16,}",
    r"Bearer\s+[A-Za-z0-9._\-]+",
    r"eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*",
    r"AKIA[0-9A-Z]{16}",
    r"gh[pousr]_[A-Za-z0-9]{36,}",
    r"xox[abprs]-[A-Za-z0-9\-]{10,}",
    r"(?:api_?key|token|secret|password)=[^&\s\"]+",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\b(?:\d[ \-]?){13,16}\b",
)
ONE = re.compile("|".join(f"(?:{shape})" for shape in SHAPES))
EACH = tuple(map(re.compile, SHAPES))
NAMES = frozenset(("password", "secret", "token", "api_key", "authorization", "cookie"))


def measure() -> Iterator[Row]:
    """Yield what a line costs, then what a look at one clean text costs."""
    yield from _lines()
    yield from _texts()


def _lines() -> Iterator[Row]:
    """Yield the time of a line: ours, structlog's and the standard library's."""
    with ExitStack() as stack:
        null = stack.enter_context(Path("/dev/null").open("wb", buffering=0))
        off = Redactor(switch=lambda: False)
        # Each logger is bound at once: what is configured later does not change it.
        stack.enter_context(configure(stream=null))
        ours = get_logger("shop").bind()
        stack.enter_context(configure(stream=null, redactor=off))
        unredacted = get_logger("shop").bind()
        plain, by_each = _structlog(null), _structlog(null, _by_each)
        text = _standard(null)
        calls: dict[str, Callable[[], object]] = {
            FLOOR: lambda: plain.info("lookup", **NESTED),
            "logs: configure, the same event, three secrets": lambda: ours.info(
                "lookup", **NESTED
            ),
            "logs: configure, a nested event without secrets": lambda: ours.info(
                "lookup", **CLEAN
            ),
            "logs: configure, switched off": lambda: unredacted.info(
                "lookup", **NESTED
            ),
            "logs: structlog, nested keys and nine expressions": lambda: by_each.info(
                "lookup", **NESTED
            ),
            "logs: logging, a text, a filter of one expression": lambda: text.info(
                "lookup done %s %s", NESTED["path"], NESTED["headers"]
            ),
        }
        taken = timings(calls, number=1_000)
    for name in calls:
        against = None if name == FLOOR else FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=against,
            ratio=taken.ratio(name, FLOOR) if against else None,
            bar=BARS.get(name),
        )


def _texts() -> Iterator[Row]:
    """Yield the time of a look at a text that holds no secret."""
    redactor = Redactor()
    learned = Redactor()
    learned.learn(*(f"secret-number-{number}" for number in range(5)))
    floor = "logs: a clean text, one expression"
    calls: dict[str, Callable[[], object]] = {
        floor: lambda: ONE.sub("", TEXT),
        "logs: a clean text, Redactor.text": lambda: redactor.text(TEXT),
        "logs: a clean text, five learned secrets": lambda: learned.text(TEXT),
    }
    taken = timings(calls, number=5_000)
    for name in calls:
        yield Row(
            figure=name,
            value=taken.median_ns(name),
            unit="ns",
            against=None if name == floor else floor,
            ratio=None if name == floor else taken.ratio(name, floor),
        )


def _structlog(stream: BinaryIO, *redacting: Any) -> Any:  # noqa: ANN401 - structlog's own
    """Return a logger of structlog, as its guide to performance has it."""
    return structlog.wrap_logger(
        structlog.BytesLogger(stream, name="shop"),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *redacting,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    ).bind()


def _by_each(_: object, __: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ANN401 - structlog's own
    """Redact nested keys, and texts by one expression after the other."""
    return _walk(event)


def _walk(value: Any) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, str):
        for shape in EACH:
            value = shape.sub("[redacted]", value)
        return value
    if isinstance(value, dict):
        return {
            name: "[redacted]" if name.lower() in NAMES else _walk(one)
            for name, one in value.items()
        }
    return value


class _Filter(logging.Filter):
    """Redacts the text of a record by one expression."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let all pass."""
        record.msg, record.args = ONE.sub("[redacted]", record.getMessage()), ()
        return True


def _standard(stream: BinaryIO) -> logging.Logger:
    """Return a logger of the standard library that writes text."""
    wrapped = Path(stream.name).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
    handler = logging.StreamHandler(wrapped)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(_Filter())
    logger = logging.Logger("shop")  # noqa: LOG001 - of this benchmark alone
    logger.addHandler(handler)
    return logger
