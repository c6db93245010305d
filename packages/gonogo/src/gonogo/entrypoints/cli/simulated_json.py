"""A simulation as one JSON object, for scripts."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from gonogo.entrypoints.cli.simulated import timeline_of
from gonogo.model.sealing import iso_duration
from gonogo.simulation.result import Simulation
from gonogo.simulation.script import Text
from gonogo.simulation.wording import day_text

_SHOWN = (
    "ending",
    "reason",
    "started_at",
    "ended_at",
    "lasted",
    "stages",
    "breach",
    "levels",
    "exposed",
    "exposed_after_breach",
    "left_exposed_pct",
    "undos",
    "asked",
    "notes",
    "turns",
)


def as_object(found: Simulation, texts: Sequence[Text]) -> dict[str, Any]:
    """Return what happens and what it comes to; instants in UTC, spans in ISO 8601."""
    plan = found.state.plan
    shown = {name: plain(getattr(found, name)) for name in _SHOWN}
    return {
        "plan": {"title": plan.title, "digest": plan.digest, "document": plan.document},
        "world": [text.text for text in texts],
        **shown,
        "timeline": [
            {
                "at": plain(line.at),
                "day": day_text(line.at, found.started_at),
                "kind": line.tone.name.lower(),
                "text": line.text,
            }
            for line in timeline_of(found)
        ],
    }


def plain(value: object) -> Any:  # noqa: ANN401  # any JSON value
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return iso_duration(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        return {name: plain(getattr(value, name)) for name in names}
    return value
