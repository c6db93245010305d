"""A look: a sample as its test takes it, or the reason why it cannot be taken."""

from dataclasses import dataclass
from enum import StrEnum

from gonogo.model.evidence import Finding
from gonogo.model.sample import Tally


class Arms(StrEnum):
    """The two arms, as the reasons name them."""

    CANARY = "the canary"
    CONTROL = "the control"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """
    What the arms counted in one stretch.

    Attributes:
        control: None where none is read.
        cautious: Of a quantile: the canary's beyond the bucket edge below its limit,
            where `canary` has those beyond the edge above. Harm is proven on few,
            safety on many. None: the limit is an edge, or there are no buckets.
    """

    canary: Tally
    control: Tally | None = None
    cautious: Tally | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The levels of the arms at one look; `reference` is the control's, or a limit."""

    canary: float
    reference: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a look says nothing: no data, or data that cannot be trusted."""

    finding: Finding
    reason: str


def no_data(reason: str) -> Trouble:
    """Return the trouble of a look without data."""
    return Trouble(Finding.NO_DATA, reason)


def untrusted(reason: str) -> Trouble:
    """Return the trouble of a look whose data cannot be trusted."""
    return Trouble(Finding.UNTRUSTED, reason)
