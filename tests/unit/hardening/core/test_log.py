"""Events reach the log as structured records, each kind once a minute for a subject."""

import gc
import logging
import weakref
from dataclasses import dataclass
from typing import ClassVar

import pytest

from hardening.core import InvalidSetting
from hardening.core.log import LogListener, fields_of
from hardening.testing import FakeClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An event, as the pieces make them."""

    event: ClassVar[str] = "circuit_breaker_opened"
    level: ClassVar[int] = logging.ERROR
    circuit_name: str
    error: Exception | None = None

    @property
    def subject(self) -> str:
        """The circuit."""
        return self.circuit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """An event that its piece holds back by itself."""

    event: ClassVar[str] = "queue_depth_warning"
    level: ClassVar[int] = logging.WARNING
    subject: ClassVar[str] = "imports"
    held_back: int


@pytest.fixture
def clock():
    """Give a clock that the test moves."""
    return FakeClock()


@pytest.fixture
def tell(clock):
    """Give a listener that writes to the logger 'hardening'."""
    return LogListener(clock=clock)


def test_a_record_holds_the_name_the_level_and_the_fields(tell, caplog):
    """A formatter of structured logs finds everything below one key."""
    tell(Opened(circuit_name="twilio"))
    (record,) = caplog.records
    told = (record.name, record.levelno, record.getMessage())
    assert ("hardening", logging.ERROR, "circuit_breaker_opened") == told
    assert {
        "event": "circuit_breaker_opened",
        "circuit_name": "twilio",
        "error": None,
        "held_back": 0,
    } == record.hardening


def test_an_outage_does_not_flood_the_log(tell, clock, caplog):
    """The same event about the same circuit is written once a minute, with a count."""
    for _ in range(3):
        tell(Opened(circuit_name="twilio"))
        clock.advance(20)
    tell(Opened(circuit_name="twilio"))
    assert [0, 2] == [record.hardening["held_back"] for record in caplog.records]


def test_another_circuit_is_written_at_once(tell, caplog):
    """The limit is for each circuit."""
    for name in ("twilio", "clearbit", "twilio"):
        tell(Opened(circuit_name=name))
    names = [record.hardening["circuit_name"] for record in caplog.records]
    assert ["twilio", "clearbit"] == names


def test_every_event_is_written_where_that_is_asked_for(clock, caplog):
    """A span of zero holds nothing back."""
    tell = LogListener(every_s=0, clock=clock)
    for _ in range(3):
        tell(Opened(circuit_name="twilio"))
    assert 3 == len(caplog.records)


def test_what_the_piece_held_back_is_counted_with_what_the_log_did(clock, caplog):
    """One number says how often nobody was told."""
    tell = LogListener(clock=clock)
    for held_back in (0, 3, 11):
        tell(Repeated(held_back=held_back))
        clock.advance(30)
    assert [0, 12] == [record.hardening["held_back"] for record in caplog.records]


@pytest.mark.parametrize("every_s", [-1, float("inf"), float("nan"), "60", True])
def test_a_span_that_is_none_is_refused_by_its_name(every_s):
    """A log that wrote each event once in the process's life would be no log."""
    with pytest.raises(InvalidSetting, match=r"LogListener\.every_s"):
        LogListener(every_s=every_s)


def test_a_logger_of_ones_own_is_used(clock, caplog):
    """A service that names its loggers keeps doing so."""
    LogListener(logging.getLogger("shop"), clock=clock)(Opened(circuit_name="twilio"))
    assert ["shop"] == [record.name for record in caplog.records]


def test_an_error_is_kept_as_text():
    """A log that is buffered keeps no traceback, and nothing that it refers to, alive."""
    error = ValueError("no such number")
    fields = fields_of(Opened(circuit_name="twilio", error=error))
    assert "ValueError: no such number" == fields["error"]


def test_the_error_itself_can_be_freed():
    """What was shown of an error does not refer to it."""

    class Big(Exception):
        """Can be referred to weakly."""

    error = Big()
    alive, fields = weakref.ref(error), fields_of(Opened(circuit_name="x", error=error))
    del error
    gc.collect()
    assert (None, "Big: ") == (alive(), fields["error"])
