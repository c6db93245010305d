"""From one look at the world to one measurement of a metric."""

import math
from datetime import datetime

from gonogo.model.verdict import Measurement, Observation


def measurement_of(observation: Observation, at: datetime) -> Measurement:
    """
    Return what an observation says about its metric.

    The asked-for value counts; where a script gave none, its last line does. A look
    that failed, or a script that ended with another status than 0, is an error. No
    value, NaN and infinity are no data.
    """
    if observation.error is not None:
        return Measurement(at=at, error=observation.error)
    if observation.exit_status:
        return Measurement(at=at, error=_ended_badly(observation))
    value = observation.value
    if value is None and observation.exit_status is not None:
        value = _last_line(observation.output)
    return Measurement(at=at, value=_usable(value), sample=observation.sample)


def _ended_badly(observation: Observation) -> str:
    last = _last_line(observation.output)
    return f"the probe ended with status {observation.exit_status}: {last or 'silent'}"


def _last_line(output: str) -> str | None:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else None


def _usable(value: float | str | None) -> float | str | None:
    """Return the number or the word; None for what is no data."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = float(text)
        except ValueError:
            return text or None
    if value is None or not math.isfinite(value):
        return None
    return float(value)
