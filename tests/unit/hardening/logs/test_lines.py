"""Lines: what every logger of a configured process writes."""

import asyncio
import io
import json
import logging
import re
import sys
import threading
import warnings
from dataclasses import dataclass
from typing import ClassVar

import pytest
import structlog

from hardening.core import InvalidSetting
from hardening.core.log import LogListener
from hardening.logs import (
    LineHandler,
    RedactingFilter,
    Redactor,
    RequestContext,
    configure,
    context,
    get_logger,
)
from hardening.testing import FakeClock, ScriptedEntropy

FORGED = "done\n2030-01-01 CRITICAL forged \x1b[2J\u2028\x9b\u202e"


@dataclass(frozen=True)
class Opened:
    """An event of the kit."""

    event: ClassVar[str] = "circuit_breaker_opened"
    level: ClassVar[int] = logging.WARNING
    circuit: str
    error: Exception

    @property
    def subject(self) -> str:
        """The circuit."""
        return self.circuit


class Unprintable:
    """Its text raises."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.fixture
def out():
    """Give where lines go."""
    return io.BytesIO()


@pytest.fixture
def logs(out):
    """Give logging, configured for the length of a test."""
    with configure(stream=out, level=10, fields={"service": "shop"}) as configured:
        yield configured


@pytest.fixture
def lines(out, logs):  # noqa: ARG001 - lines need logging
    """Give what reads the lines written so far."""

    def read():
        raw = out.getvalue().splitlines()
        return [json.loads(line) for line in raw]

    return read


def test_a_line_begins_with_time_level_event_and_logger(out):
    """People read the beginning; the time is in UTC."""
    with configure(stream=out, clock=FakeClock(unix_s=1.8e9 + 0.25)):
        get_logger("shop.orders", order=17).info("order_placed", amount=12)
    assert (
        b'{"time":"2027-01-15T08:00:00.250000Z","level":"info","event":"order_placed",'
        b'"logger":"shop.orders","order":17,"amount":12}\n'
    ) == out.getvalue()


@pytest.mark.parametrize(
    ("method", "level"),
    [
        ("debug", "debug"),
        ("info", "info"),
        ("warning", "warning"),
        ("error", "error"),
        ("exception", "error"),
        ("critical", "critical"),
    ],
)
def test_levels_are_those_of_the_standard_library(lines, method, level):
    """A search for errors finds them, whoever logged."""
    getattr(get_logger("a"), method)("x")
    getattr(logging.getLogger("b"), method)("x")
    assert [level, level] == [line["level"] for line in lines()]


def test_what_is_below_the_level_is_not_written(out):
    """Debugging is off in production."""
    with configure(stream=out):
        get_logger("a").debug("x")
        logging.getLogger("b").debug("x")
    assert b"" == out.getvalue()


def test_the_context_stands_on_lines_of_every_logger_within_it(lines):
    """All lines of a request are found by its identifier."""
    with context(request_id="r-1"):
        get_logger("a").info("x")
        logging.getLogger("b").info("x")
    get_logger("a").info("x")
    assert ["r-1", "r-1", None] == [line.get("request_id") for line in lines()]


def test_a_record_of_a_library_is_redacted_with_its_arguments_in_place(lines):
    """'token=%s' holds no secret, and its argument neither; together they do."""
    log = logging.getLogger("third.party")
    log.info("token=%s for %s", "abc", "ann", extra={"api_key": "x", "n": 1})
    (line,) = lines()
    assert "token=[redacted:field] for ann" == line["event"]
    assert ("[redacted:field]", 1) == (line["api_key"], line["n"])


def test_the_kits_events_arrive_as_fields(lines):
    """`LogListener` writes events; their fields can be searched for."""
    LogListener()(Opened(circuit="crm", error=TimeoutError("token=abc")))
    (line,) = lines()
    assert ("circuit_breaker_opened", "warning") == (line["event"], line["level"])
    assert ("crm", 0) == (line["circuit"], line["held_back"])
    assert "TimeoutError: token=[redacted:field]" == line["error"]


def test_errors_are_written_with_causes_and_notes_and_without_secrets(lines):
    """A traceback shows the way, not the password in a message or a note."""

    def fail():
        local = "never-shown"
        message = f"password={'hunter' + '2'}"
        raise ValueError(message) if local else KeyError

    try:
        try:
            fail()
        except ValueError as error:
            error.add_note("sent Bearer abcdef123456")
            outer = KeyError("outer")
            raise outer from error
    except KeyError as error:
        get_logger("a").exception("x")
        logging.getLogger("b").exception("x")
        get_logger("c").error("x", exc_info=error)
        get_logger("d").error("x", exc_info=(type(error), error, None))
    for line in lines():
        told = line["exception"]
        assert "KeyError: 'outer'" in told
        assert "hunter2" not in told
        assert "abcdef" not in told
        assert "never-shown'" not in told
        assert "direct cause" in told or line["logger"] == "d"


def test_an_error_whose_text_fails_is_written_all_the_same(lines):
    """Logging an error raises no other."""

    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    get_logger("a").error("x", exc_info=Broken(), value=Broken())
    (line,) = lines()
    assert "Broken" in line["exception"]
    assert "[unprintable Broken: RuntimeError]" == line["value"]


@pytest.mark.parametrize(
    "arguments", [("%d", "x"), ("%s %s", "x"), ("%s", Unprintable()), ("100 %", 1)]
)
def test_a_wrong_format_is_shown_beside_its_arguments(lines, arguments):
    """A typing error in a log call loses no line."""
    # Not through the root: a test runner's own handler there fails on such a record.
    ours = next(h for h in logging.getLogger().handlers if isinstance(h, LineHandler))
    ours.handle(logging.makeLogRecord({"msg": arguments[0], "args": arguments[1:]}))
    (line,) = lines()
    assert arguments[0] == line["event"]["format"]


@pytest.mark.parametrize("surplus", ["surplus", 7])
def test_a_format_that_does_not_fit_shows_no_argument(out, logs, surplus):
    """Out of their place, arguments may be anything: their types tell what is wrong."""
    ours = next(h for h in logging.getLogger().handlers if isinstance(h, LineHandler))
    arguments = ("hunter22", surplus)
    ours.handle(logging.makeLogRecord({"msg": "password=%s", "args": arguments}))
    assert b"hunter22" not in out.getvalue()
    assert ["str", type(surplus).__name__] == (
        json.loads(out.getvalue())["event"]["arguments"]
    )
    assert logs.redactor.is_on()


def test_an_extra_named_event_keeps_the_message(lines):
    """A field of the caller's does not take the message's place, nor does a context's."""
    logging.getLogger("a").warning("kept", extra={"event": "purchase"})
    with context(event="checkout"):
        logging.getLogger("a").warning("kept")
    told = [(line["event"], line["event_"]) for line in lines()]
    assert [("kept", "purchase"), ("kept", "checkout")] == told


def test_a_switch_that_comes_on_later_covers_the_services_fields(out):
    """The fields of every line follow the switch, and what was learned meanwhile."""
    states = [False]
    redactor = Redactor(switch=lambda: states[-1])
    fields = {"api_key": "hunter22", "region": "swordfish"}
    with configure(stream=out, redactor=redactor, fields=fields):
        get_logger("a").info("off")
        states.append(True)
        get_logger("a").info("on")
        redactor.learn("swordfish")
        get_logger("a").info("learned")
        states.append(False)
        get_logger("a").info("off again")
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    hidden, learned = "[redacted:field]", "[redacted:learned]"
    assert ["hunter22", hidden, hidden, "hunter22"] == [one["api_key"] for one in told]
    assert ["swordfish", "swordfish", learned, "swordfish"] == (
        [one["region"] for one in told]
    )


def test_a_services_field_takes_no_place_of_the_loggers_own(out):
    """Settings that are named like a part of every line stand beside it."""
    fields = {"level": "gold", "event": "x"}
    with configure(stream=out, fields=fields):
        get_logger("a").info("kept")
    line = json.loads(out.getvalue())
    assert ("kept", "info", "gold", "x") == tuple(
        line[name] for name in ("event", "level", "level_", "event_")
    )


def test_what_json_does_not_have_is_written_too(lines):
    """Numbers of 80 bits and broken Unicode end in a line."""
    get_logger("a").info("x", big=2**80, broken="\ud800", none=float("nan"))
    (line,) = lines()
    assert (2**80, "\ud800") == (line["big"], line["broken"])


def test_a_callers_field_does_not_pass_for_the_loggers_own(lines):
    """A user who may choose a field's name cannot forge a level."""
    get_logger("a").info("x", level="critical", time="never", logger="other")
    (line,) = lines()
    assert ("info", "critical") == (line["level"], line["level_"])
    assert ("a", "other", "never") == (line["logger"], line["logger_"], line["time_"])


@pytest.mark.parametrize("console", [False, True])
def test_no_value_forges_a_line(out, console):
    """A new line in a user's name ends no line, and colours no terminal."""
    with configure(stream=out, console=console):
        get_logger(FORGED).info(FORGED, **{FORGED: FORGED})
    text = out.getvalue().decode()
    assert 1 == text.count("\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)


def test_the_console_is_for_people(out):
    """The event stands first; a value with a space is quoted; a traceback is set in."""
    clock = FakeClock(unix_s=1.8e9)
    with configure(stream=out, console=True, clock=clock):
        get_logger("shop").info("order placed", a="b", c="d e=f", n={"x": 1})
        get_logger("shop").error("failed", exc_info=ValueError("two\nlines"))
    first, second = out.getvalue().decode().split("\n", 1)
    assert (
        "2027-01-15T08:00:00.000000Z info     order placed "
        'a=b c="d e=f" n={"x": 1} [shop]'
    ) == first
    assert "[shop]\n    ValueError: two\n    lines\n" in second


def test_uncaught_errors_and_warnings_become_lines(lines, capsys):
    """Python's own way to print them knows no secrets."""
    error = ValueError("password=hunter2")
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=int, args=("password=hunter2",))
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("password=hunter2", stacklevel=1)
    assert ["uncaught", "uncaught", "py.warnings"] == [one["logger"] for one in lines()]
    assert "hunter2" not in str(lines())
    assert "" == capsys.readouterr().err


def test_closing_leaves_logging_as_it_was(out):
    """A test, or a script, configures for a while."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook)
    processors = structlog.get_config()["processors"]
    configure(stream=out).close()
    assert before == (root.handlers, root.level, sys.excepthook, threading.excepthook)
    assert processors == structlog.get_config()["processors"]


def test_a_server_with_handlers_of_its_own_is_adopted(out):
    """An access log beside would hold the secrets of every URL."""
    server = logging.getLogger("uvicorn.access")
    own = logging.StreamHandler(io.StringIO())
    server.addHandler(own)
    server.propagate = False
    try:
        with configure(stream=out):
            server.info("GET /?token=abc")
        assert [own] == server.handlers
        assert not server.propagate
    finally:
        server.removeHandler(own)
        server.propagate = True
    assert "GET /?token=[redacted:field]" == json.loads(out.getvalue())["event"]


@pytest.mark.parametrize("stream", [io.StringIO(), "app.log", sys.__stdout__])
def test_a_stream_of_text_is_refused_by_name(stream):
    """It would refuse each line, long after it was configured."""
    with pytest.raises(InvalidSetting, match=r"configure\.stream must be"):
        configure(stream=stream)


@pytest.mark.parametrize("level", [9, 51])
def test_a_wrong_level_is_refused_by_name(level):
    """A level of nothing would write nothing, silently."""
    with pytest.raises(InvalidSetting, match=r"configure\.level must be"):
        configure(level=level)


def test_a_filter_redacts_for_a_handler_that_is_not_ours():
    """A handler that mails errors, or sends them away, gets no secret either."""
    sent = io.StringIO()
    handler = logging.StreamHandler(sent)
    handler.setFormatter(logging.Formatter("%(message)s %(api_key)s"))
    handler.addFilter(RedactingFilter(Redactor()))
    error = ValueError("password=hunter2")
    told = {"msg": "token=%s", "args": ("abc",), "api_key": "x"}
    record = logging.makeLogRecord(told | {"exc_info": (ValueError, error, None)})
    handler.handle(record)
    text = sent.getvalue()
    assert text.startswith("token=[redacted:field] [redacted:field]\nValueError")
    assert "hunter2" not in text


def test_a_filtered_record_holds_no_secret():
    """Extras, events of the kit, errors and stacks: the whole record is clean."""
    told = {
        "msg": "token=%s",
        "args": ("hunter22",),
        "exception": "password=hunter22",
        "message": "token=hunter22",
        "hardening": {"event": "x", "error": ValueError("password=hunter22")},
        "login": {"password": "hunter22"},
        "exc_text": "ValueError: password=hunter22",
        "stack_info": "Stack\n  connect(password='hunter22')",
    }
    record = logging.makeLogRecord(told)
    assert RedactingFilter(Redactor()).filter(record)
    assert "hunter22" not in repr(vars(record))
    assert "[redacted:field]" in record.exc_text


def test_a_filter_that_is_off_changes_no_record():
    """The flag's 0 % is the handler as it was."""
    error = ValueError("x")
    told = {"msg": "a %s", "args": ("b",), "exc_info": (ValueError, error, None)}
    record = logging.makeLogRecord(told)
    before = dict(vars(record))
    assert RedactingFilter(Redactor(switch=lambda: False)).filter(record)
    assert before == vars(record)


async def _answer(scope, receive, send):  # noqa: ARG001 - ASGI's shape
    get_logger("app").info("handled")
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def _request(given):
    """Send one request through the middleware; return what it answered."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [] if given is None else [(b"x-request-id", given)]
    scope = {"type": "http", "method": "GET", "path": "/a", "headers": headers}
    app = RequestContext(_answer, entropy=ScriptedEntropy((0.5,)))
    await app(scope, None, send)
    return dict(sent[0]["headers"])[b"x-request-id"].decode()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (b"r-1.a_B", "r-1.a_B"),
        (b"x" * 64, "x" * 64),
        (b"x" * 65, "8000000000000"),
        (b"a\nb", "8000000000000"),
        (None, "8000000000000"),
    ],
)
def test_a_request_has_one_identifier_on_its_lines_and_its_answer(lines, given, used):
    """The caller's is kept when it is harmless; otherwise a new one is made."""
    assert used == asyncio.run(_request(given))
    (line,) = (line for line in lines() if line["logger"] == "app")
    assert (used, "GET", "/a") == (line["request_id"], line["method"], line["path"])
