"""
Structured logs: what rollouts do, and what goes wrong in gonogo, a line each.

Built on `logging`, so that the libraries' words come the same way. It is written where
a person or a collector reads it, and never to the output of a command.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TextIO

from gonogo.adapters.telemetry.outbox import Outbox
from gonogo.decision.state import RolloutState
from gonogo.model import event as events
from gonogo.model.event import Event
from gonogo.model.record import Record
from gonogo.model.tracing import trace_of
from gonogo.model.verdict import Outcome
from gonogo.ports.telemetry import EngineMetrics
from gonogo.report.sentences import sentence_of

Redact = Callable[[str], str]
Form = Literal["json", "text"]

ROLLOUTS = "gonogo.rollout"
"""The logger of what rollouts do."""

_WARNINGS = frozenset(
    {
        events.ActionFailed,
        events.ActionInDoubt,
        events.ActionNotFound,
        events.ApprovalRefused,
        events.ApprovalTimedOut,
        events.CommandRejected,
        events.HoldPaused,
        events.PlanAmended,
        events.RolloutAborted,
        events.RolloutFrozen,
        events.RunnerRecovered,
        events.SoakAccepted,
        events.SoakProlonged,
        events.SoakReset,
        events.StepSkipped,
        events.UndoFailed,
        events.UndoHandedOver,
        events.UndoNotFound,
        events.WatchInterrupted,
    }
)


class RolloutLog:
    """
    Implements `runner.watching.Watcher`: a line for every event of every rollout.

    Args:
        metrics: Is told what was dropped.
    """

    def __init__(self, *, metrics: EngineMetrics) -> None:
        self._logger = logging.getLogger(ROLLOUTS)
        self._outbox: Outbox[tuple[RolloutState, Record]] = Outbox(
            "logs", self._deliver, metrics=metrics
        )

    def saw(self, state: RolloutState, records: Sequence[Record]) -> None:
        """Hand on what is to be logged, without waiting."""
        for record in records:
            if self._logger.isEnabledFor(level_of(record.event)):
                self._outbox.offer((state, record))

    def close(self) -> None:
        """Write what is left, for a few seconds at most."""
        self._outbox.close()

    def _deliver(self, seen: Sequence[tuple[RolloutState, Record]]) -> None:
        for state, record in seen:
            fields = {"fields": fields_of(record, state)}
            level = level_of(record.event)
            self._logger.log(level, "%s", sentence_of(record.event), extra=fields)


def level_of(event: Event) -> int:
    """Return how loud an event is: a measurement is detail, unless a gate failed."""
    if isinstance(event, events.MeasurementTaken):
        bad = any(each.verdict.outcome is Outcome.FAIL for each in event.verdicts)
        return logging.WARNING if bad else logging.DEBUG
    return logging.WARNING if type(event) in _WARNINGS else logging.INFO


def fields_of(record: Record, state: RolloutState) -> Mapping[str, str | int]:
    """Return what a line says beside its sentence; `state` is the one after it."""
    event = record.event
    stage = getattr(event, "stage", None)
    if stage is None and state.current_stage is not None:
        stage = state.current_stage.id
    step = getattr(event, "step", None)
    return {
        "rollout": record.rollout,
        "service": state.plan.service,
        "environment": state.plan.environment,
        **({"stage": stage} if stage else {}),
        **({"step": step} if step else {}),
        "event": type(event).__name__,
        "seq": record.seq,
        "recorded_at": record.recorded_at.isoformat(),
        "trace_id": f"{trace_of(state.rollout, state.started_at):032x}",
    }


@contextmanager
def logging_rollouts(
    file: Path | None,
    *,
    form: Form,
    level: int,
    redact: Redact,
    metrics: EngineMetrics,
) -> Iterator[RolloutLog]:
    """
    Yield a watcher whose lines go to a file, or to standard error.

    Raises:
        OSError: The file cannot be written.
    """
    with ExitStack() as stack:
        stream = sys.stderr
        if file is not None:
            stream = stack.enter_context(file.open("a", encoding="utf-8"))
        stack.enter_context(logging_to(stream, form=form, level=level, redact=redact))
        log = RolloutLog(metrics=metrics)
        stack.callback(log.close)
        yield log


@contextmanager
def logging_to(
    stream: TextIO, *, form: Form, level: int, redact: Redact
) -> Iterator[None]:
    """
    Let everything that is logged go to a stream, one line each.

    Args:
        stream: Standard error, or a file.
        form: JSON for collectors, text for people.
        level: Of gonogo's own words; of libraries', warnings and worse.
        redact: Takes secrets out of what is logged.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    handler.addFilter(Redacting(redact))
    root, own = logging.getLogger(), logging.getLogger("gonogo")
    before = own.level
    root.addHandler(handler)
    own.setLevel(level)
    try:
        yield
    finally:
        own.setLevel(before)
        root.removeHandler(handler)
        handler.flush()


class Redacting(logging.Filter):
    """Takes secrets out of a record, its error included (law 10)."""

    def __init__(self, redact: Redact) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact in place; every record passes."""
        record.msg, record.args = self._redact(record.getMessage()), None
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = self._redact(text), None
        return True


class JsonLines(logging.Formatter):
    """A JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, Any] = {
            "timestamp": _instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """A line for people: the instant, how loud, what, and where."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end; an error stands on lines of its own."""
        fields = _fields(record)
        where = " ".join(
            str(fields[name]) for name in ("rollout", "stage", "step") if name in fields
        )
        parts = (
            _instant(record),
            f"{record.levelname:<7}",
            where or record.name,
            record.getMessage(),
        )
        line = " ".join(parts)
        return f"{line}\n{record.exc_text}" if record.exc_text else line


def _fields(record: logging.LogRecord) -> Mapping[str, str | int]:
    fields: Mapping[str, str | int] = getattr(record, "fields", {})
    return fields


def _instant(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
