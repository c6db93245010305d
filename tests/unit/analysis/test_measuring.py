"""From one look at the world to one measurement: what is a value, and what is none."""

import pytest

from gonogo.analysis.measuring import measurement_of
from gonogo.model.verdict import Measurement, Observation
from gonogo.testing.clock import NOON

NAN, INFINITY = float("nan"), float("inf")

VALUES = {
    "the value asked for": (2.0, Observation(value=2)),
    "a number in words": (2.5, Observation(value=" 2.5 ")),
    "a word": ("stable", Observation(value=" stable ")),
    "the value, not the output": (2.0, Observation(value=2, output="7", exit_status=0)),
    "a script's last line": (3.0, Observation(output="1\n3\n\n", exit_status=0)),
    "a script's last word": ("calm", Observation(output="calm\n", exit_status=0)),
    "a silent script": (None, Observation(output=" \n", exit_status=0)),
    "an answer without the value": (None, Observation(output="7", http_status=200)),
    "nothing": (None, Observation()),
    "an empty word": (None, Observation(value="  ")),
    "not a number": (None, Observation(value=NAN)),
    "infinity": (None, Observation(value=INFINITY)),
    "not a number in words": (None, Observation(value="nan")),
    "minus infinity in words": (None, Observation(value="-inf")),
}


@pytest.mark.parametrize(("expected", "seen"), VALUES.values(), ids=VALUES)
def test_a_look_gives_a_value_or_no_data(expected, seen):
    """What is no finite number and no word is no data."""
    assert Measurement(at=NOON, value=expected) == measurement_of(seen, NOON)


ERRORS = {
    "it could not look": ("refused", Observation(error="refused", value=3)),
    "it ended badly": (
        "the probe ended with status 2: no route",
        Observation(exit_status=2, output="1\nno route\n", value=3),
    ),
    "it ended badly and silently": (
        "the probe ended with status 1: silent",
        Observation(exit_status=1),
    ),
}


@pytest.mark.parametrize(("expected", "seen"), ERRORS.values(), ids=ERRORS)
def test_a_look_that_failed_is_an_error_without_a_value(expected, seen):
    """A probe that failed measured nothing, whatever it printed."""
    assert Measurement(at=NOON, error=expected) == measurement_of(seen, NOON)
