"""
Forms: what may stand where in a plan file.

A key of the file is a field of a type of the plan, and a form tells how its value
looks. `plan_form` derives them from the types.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import Any, Literal, TypeAlias

from gonogo.document.planfile.scalars import Scalar

KIND = "kind"
ANY = r"[\s\S]*"

Naming = Literal["id", "gate", "metric", "value", "connection", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A list; `least` says how many of them there have to be."""

    of: "Form"
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ByName:
    """A mapping whose keys are names that the author gives, of the pattern `names`."""

    of: "Form"
    names: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """
    One key of a record.

    Attributes:
        default: What is meant where it is left out; MISSING: it may not be, unless
            it follows from the rest (`derived`).
        defines: What its value gives a name to.
        uses: What its value names.
    """

    name: str
    form: "Form"
    default: Any = MISSING
    defines: Naming | None = None
    uses: Naming | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """
    A mapping with the fields of a type as its keys.

    Attributes:
        name: The type's; of the connections, which are secret by default, their own.
        kind: What tells it from others of a `OneOf`; no key of `keys`.
    """

    name: str
    type: type[Any]
    keys: Mapping[str, Key]
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """A record of one of several types; its `kind` says which."""

    kinds: Mapping[str, Record]


Form: TypeAlias = Scalar | Several | ByName | Record | OneOf
