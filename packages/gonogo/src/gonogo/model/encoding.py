"""
The written form of events, commands and plans: plain JSON values.

pydantic reads and writes our frozen dataclasses as they are: it checks what it reads,
names every mistake with its path, and gives the JSON Schema from the same types.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from gonogo.model.command import Sent
from gonogo.model.event import Event
from gonogo.model.plan import Plan
from gonogo.model.sealing import Json

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class UnknownEvent(ValueError):
    """A journal holds an event that this version of gonogo does not know."""

    def __init__(self, name: str) -> None:
        """Compose the message for the event type of this name."""
        super().__init__(
            f"The journal holds an event '{name}' that this version of gonogo does "
            "not know. It was written by a later version: use that one."
        )


def encode_event(event: Event) -> Json:
    """Write an event as a JSON object; `event` holds its type's name."""
    body = _adapter(type(event).__name__).dump_python(event, mode="json")
    return {"event": type(event).__name__, **_without_unused(body)}


def decode_event(data: Mapping[str, Any]) -> Event:
    """
    Read what `encode_event` wrote.

    Raises:
        UnknownEvent: The type is not one of this version's.
        pydantic.ValidationError: The object is not of its type's form.
    """
    name = str(data["event"])
    if name not in _types():
        raise UnknownEvent(name)
    body = {key: value for key, value in data.items() if key != "event"}
    event: Event = _adapter(name).validate_python(body)
    return event


def encode_command(command: Sent) -> Json:
    """Write a person's command as a JSON object, as the inbox keeps it."""
    body = _adapter(type(command).__name__).dump_python(command, mode="json")
    return {"command": type(command).__name__, **body}


def decode_command(data: Mapping[str, Any]) -> Sent:
    """
    Read what `encode_command` wrote.

    Raises:
        pydantic.ValidationError: The object is not of its type's form.
    """
    body = {key: value for key, value in data.items() if key != "command"}
    command: Sent = _adapter(data["command"]).validate_python(body)
    return command


def decode_plan(data: Mapping[str, Any]) -> Plan:
    """
    Read what `encode_plan` wrote.

    Raises:
        pydantic.ValidationError: The object is not a plan; it lists every mistake.
    """
    plan: Plan = _adapter("Plan").validate_python(data)
    return plan


def _without_unused(body: Json) -> Json:
    """
    Return an event without what only measurements of a source have, where it has none.

    There are more measurements than anything else: a plain number takes as much room in
    a journal as it did before there were sources.
    """
    for name in _SEEN:
        seen = body.get(name)
        if seen is not None and seen["sample"] is None:
            del seen["sample"]
    if "tally" in body and body["tally"] is None:
        del body["tally"]
    for found in body.get("verdicts", ()):
        for name, unused in _UNUSED.items():
            if found[name] == unused:
                del found[name]
        evidence = found.get("evidence")
        if evidence is not None and not evidence["onsets"]["sums"]:
            del evidence["onsets"]
    return body


_SEEN = ("measurement", "observation")
_UNUSED: Mapping[str, object] = {
    "finding": None,
    "evidence": None,
    "final": False,
    "measured": None,
}


@cache
def _types() -> Mapping[str, type[Any]]:
    kinds = (Plan, *get_args(Event), *get_args(Sent))
    return {kind.__name__: kind for kind in kinds}


@cache
def _adapter(name: str) -> "TypeAdapter[Any]":
    """Build a type's reader and writer once, when first needed: it takes a while."""
    # Not at the top: a list of rollouts is read without it.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(_types()[name])
