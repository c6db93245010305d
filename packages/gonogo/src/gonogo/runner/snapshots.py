"""
Snapshots: the written form of a state, so that a long journal need not be replayed.

A snapshot is a cache and no evidence. It holds everything of a state but its plan,
which the journal's first record has; where its form is not this version's, or it is
of another plan, it counts as missing, and the journal is replayed.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, make_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from gonogo.decision.state import RolloutState
from gonogo.model.encoding import decode_event, encode_event
from gonogo.model.event import Event
from gonogo.model.identifiers import StepId
from gonogo.model.plan import Plan
from gonogo.ports.journal import Snapshot
from gonogo.runner.leaning import lean

# To be raised when a field keeps its type and changes its meaning.
VERSION = 1
# The names of the fields come again with every step: the fastest level finds them.
_LEVEL = 1

# Events that read alike without their names: these fields keep the name beside each.
_NAMED: Mapping[str, Any] = {
    "approvals": Mapping[
        StepId,
        Annotated[Event, PlainSerializer(encode_event), PlainValidator(decode_event)],
    ]
}


class ReadsAlike(TypeError):
    """A field of the state may hold several types, and nothing tells which it was."""

    def __init__(self, kind: type, name: str) -> None:
        """Compose the message from the field."""
        super().__init__(
            f"{kind.__name__}.{name} holds types that read alike: mark the union with "
            "Tagged, or keep its events by name (runner/snapshots.py)."
        )


def snapshot_of(state: RolloutState, seq: int) -> Snapshot:
    """
    Return what a journal keeps of a state.

    Args:
        state: The fold of the records up to `seq`.
        seq: Of the last record folded.
    """
    known = {name: getattr(state, name) for name in _kept()}
    written = _reader().dump_json(_known()(digest=state.plan.digest, **known))
    return Snapshot(seq=seq, form=form(), body=zlib.compress(written, _LEVEL))


def state_from(snapshot: Snapshot, plan: Plan) -> RolloutState | None:
    """
    Return the state that a snapshot was taken of; None when it cannot tell.

    Args:
        snapshot: As `snapshot_of` wrote it, in this or another version of gonogo.
        plan: Of the rollout, as it was when the snapshot was taken.
    """
    if snapshot.form != form():
        return None
    try:
        known = _reader().validate_json(zlib.decompress(snapshot.body))
    except (zlib.error, ValidationError):
        # Damaged: the journal has everything that it held, and tells it by itself.
        return None
    if known.digest != plan.digest:
        return None
    kept = {name: getattr(known, name) for name in _kept()}
    return lean(RolloutState(plan=plan, **kept))


@cache
def form() -> str:
    """Return the name of this version's form: a hash over every field and its type."""
    lines = (f"{kind.__name__}.{name}: {hint}" for kind, name, hint in _fields())
    described = "\n".join((f"version {VERSION}", *lines))
    return sha256(described.encode()).hexdigest()[:16]


@cache
def _kept() -> Mapping[str, Any]:
    """Return the fields of a state but the plan, in order, and what they may hold."""
    hints = get_type_hints(RolloutState, include_extras=True)
    names = (field.name for field in fields(RolloutState))
    return {name: hints[name] for name in names if name != "plan"}


@cache
def _known() -> Any:  # noqa: ANN401  # made from the state's fields
    written = {"digest": str, **_kept(), **_NAMED}
    return make_dataclass("Known", written.items(), frozen=True, slots=True)


@cache
def _reader() -> TypeAdapter[Any]:
    """Build the reader and writer once, when first needed: it takes a while."""
    for kind, name, hint in _fields():
        if name not in _NAMED and _reads_alike(hint):
            raise ReadsAlike(kind, name)
    return TypeAdapter(_known())


def _fields() -> Iterator[tuple[type, str, object]]:
    """Yield the fields of a state, and of every type that one of them is made of."""
    kinds: list[type] = [RolloutState]
    for kind in kinds:  # grows while it is walked
        own = get_type_hints(kind, include_extras=True)
        for name, hint in (_kept() if kind is RolloutState else own).items():
            yield kind, name, hint
            kinds += (each for each in _parts(hint) if each not in kinds)
        if issubclass(kind, Enum):
            yield kind, "members", [member.value for member in kind]


def _parts(hint: object) -> Iterator[type]:
    """Yield the dataclasses and enumerations that a type is made of."""
    if isinstance(hint, type) and (is_dataclass(hint) or issubclass(hint, Enum)):
        yield hint
    for each in get_args(hint):
        yield from _parts(each)


def _reads_alike(hint: object) -> bool:
    """Tell whether a type has a union of several dataclasses that bears no mark."""
    if get_origin(hint) is Annotated:
        return False
    members = [each for each in get_args(hint) if is_dataclass(each)]
    if get_origin(hint) in {Union, UnionType} and len(members) > 1:
        return True
    return any(_reads_alike(each) for each in get_args(hint))
