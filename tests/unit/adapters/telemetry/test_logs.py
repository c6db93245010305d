"""Structured logs: a line for every event, and no secret in any."""

import io
import json
import logging

import pytest

from gonogo.adapters.operators.redaction import Redactor
from gonogo.adapters.telemetry.logs import RolloutLog, logging_rollouts, logging_to
from gonogo.model.tracing import trace_of
from gonogo.ports.telemetry import UNMEASURED
from gonogo.testing.clock import NOON
from tests.conformance.played import Played

SECRET = "hunter2hunter2"
REDACT = Redactor({"TOKEN": SECRET})


def logged(how, *, form="json", level=logging.INFO):
    """Return the lines about a rollout."""
    stream = io.StringIO()
    with logging_to(stream, form=form, level=level, redact=REDACT):
        log = RolloutLog(metrics=UNMEASURED)
        getattr(Played(watchers=[log]), how)()
        log.close()
    return stream.getvalue().splitlines()


def test_each_event_is_a_json_object_on_a_line_of_its_own():
    """With the sentence of the report, and the fields to search for."""
    lines = [json.loads(line) for line in logged("completed")]
    applied = next(line for line in lines if line["event"] == "ActionApplied")
    assert applied["message"].startswith("'ship' was applied")
    known = {
        "level": "info",
        "logger": "gonogo.rollout",
        "rollout": "r-1",
        "service": "service",
        "environment": "test",
        "stage": "canary",
        "step": "ship",
        "trace_id": f"{trace_of('r-1', NOON):032x}",
    }
    assert known == {name: applied[name] for name in known}


@pytest.mark.parametrize(
    ("level", "measurements", "aborts"),
    [(logging.DEBUG, 2, 1), (logging.INFO, 1, 1), (logging.ERROR, 0, 0)],
)
def test_the_level_decides_what_is_written(level, measurements, aborts):
    """
    A measurement that passes is detail; one that fails a gate, and a turn back, are
    warnings.
    """
    text = "\n".join(logged("tripped", level=level))
    assert measurements == text.count("MeasurementTaken")
    assert aborts == text.count("RolloutAborted")


def test_text_is_for_people():
    """Instant, level, where, and the sentence."""
    line = next(line for line in logged("completed", form="text") if "applied" in line)
    assert " INFO    r-1 canary ship 'ship' was applied" in line


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_reaches_the_log_not_even_in_an_error(form):
    """Law 10 holds for what libraries log, too."""
    stream = io.StringIO()
    logger = logging.getLogger("a.library")
    with logging_to(stream, form=form, level=logging.INFO, redact=REDACT):
        try:
            int(SECRET)
        except ValueError:
            logger.exception("went wrong with %s", SECRET)
    text = stream.getvalue()
    assert SECRET not in text
    assert text.count("[redacted]") >= 2
    assert "ValueError" in text


def test_libraries_are_heard_from_warnings_up():
    """What they do is theirs; what goes wrong there is ours to know."""
    stream = io.StringIO()
    with logging_to(stream, form="json", level=logging.DEBUG, redact=REDACT):
        logging.getLogger("a.library").info("fine")
        logging.getLogger("a.library").warning("not fine")
    assert ["not fine"] == [
        json.loads(line)["message"] for line in stream.getvalue().splitlines()
    ]


def test_a_file_is_appended_to_and_standard_error_left_alone(tmp_path, capsys):
    """Two runs stand one behind the other; a command's output is its own."""
    path = tmp_path / "gonogo.log"
    for _ in range(2):
        with logging_rollouts(
            path, form="json", level=logging.INFO, redact=REDACT, metrics=UNMEASURED
        ) as log:
            Played(watchers=[log]).completed()
    text = path.read_text()
    assert 2 == text.count("RolloutCompleted")
    assert ("", "") == tuple(capsys.readouterr())


def test_logging_is_as_it_was_afterwards():
    """A library that embeds the engine keeps its own logging."""
    before = list(logging.getLogger().handlers), logging.getLogger("gonogo").level
    logged("completed")
    after = list(logging.getLogger().handlers), logging.getLogger("gonogo").level
    assert before == after
