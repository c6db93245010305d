"""
The budget: what may be spent on a provider that charges for each call.

`Allowance` says how much in how long. It is a sliding window, so that a day never costs
more than a day's money, whenever the day begins. To forget call by call would take a
list of all calls; the window is kept in sixty slices, each forgotten as a whole when the
last call in it is old enough, which errs towards spending less.
"""

from collections import deque
from dataclasses import dataclass
from threading import Lock

from hardening.core import (
    Clock,
    SystemClock,
    renew_in_child,
    require,
    require_positive,
)

_CLOCK = SystemClock()
_SLICES = 60

# Sums of cents in binary: 0.1 ten times is 0.9999999999999999, and never more than 1.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Allowance:
    """
    How much may be spent in any span of this length.

    Attributes:
        amount: In the unit of the costs: dollars, cents, calls. More than 0.
        per_s: The span's length in seconds: 3,600, 86,400.
    """

    amount: float
    per_s: float

    def __post_init__(self) -> None:
        require_positive("Allowance.amount", self.amount)
        require_positive("Allowance.per_s", self.per_s)


class _Window:
    """What was spent in the last span; the caller holds the lock."""

    __slots__ = ("_slice_s", "_slices", "_spent", "allowance")

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._slice_s = allowance.per_s / _SLICES
        self._slices: deque[list[float]] = deque()  # [number, spent], oldest first
        self._spent = 0.0

    def left(self, now_s: float) -> float:
        """Return what may be spent now."""
        self._forget(now_s)
        return max(0.0, self.allowance.amount - self._spent)

    def spend(self, cost: float, now_s: float) -> None:
        """Note a cost."""
        number = float(now_s // self._slice_s)
        if self._slices and self._slices[-1][0] == number:
            self._slices[-1][1] += cost
        else:
            self._slices.append([number, cost])
        self._spent += cost

    def refund(self, cost: float, spent_s: float) -> None:
        """Take back a cost from the slice it is in; nothing when that is forgotten."""
        number = float(spent_s // self._slice_s)
        for held in self._slices:
            if held[0] == number:
                taken = min(cost, held[1])
                held[1] -= taken
                self._spent -= taken

    def wait_s(self, cost: float, now_s: float) -> float:
        """Return in how many seconds the cost can be spent, if nothing else is."""
        missing = cost - self.left(now_s) - _ROUNDING
        if missing <= 0:
            return 0.0
        for number, spent in self._slices:
            missing -= spent
            if missing <= 0:
                return (number + 1) * self._slice_s + self.allowance.per_s - now_s
        return float("inf")

    def add_up(self) -> None:
        """Work out the sum anew: a fork may have come between a slice and the sum."""
        self._spent = sum(spent for _, spent in self._slices)

    def _forget(self, now_s: float) -> None:
        """Drop the slices whose last instant is a span ago."""
        while self._slices and self._ended_s() + self.allowance.per_s <= now_s:
            self._spent -= self._slices.popleft()[1]
        if not self._slices:
            self._spent = 0.0  # what rounding left over

    def _ended_s(self) -> float:
        return (self._slices[0][0] + 1) * self._slice_s


class Budget:
    """
    A spending limit that all calls of a process share; thread-safe.

    Each process has its own: divide the money by their number, or pass something of the
    same shape that counts in one place.

    Invariant: no span of an allowance's length holds more than its amount.

    Args:
        allowances: All of them must have room: an hour's, a day's.
        clock: Measures the spans.

    Raises:
        InvalidSetting: There is none.
    """

    __slots__ = ("__weakref__", "_lock", "_now_s", "_windows")

    def __init__(self, *allowances: Allowance, clock: Clock = _CLOCK) -> None:
        rule = "one Allowance or more"
        require("Budget.allowances", allowances, rule, holds=bool(allowances))
        self._windows = tuple(_Window(allowance) for allowance in allowances)
        self._now_s = clock.monotonic_s
        self._renew()
        renew_in_child(self, Budget._renew)

    def _renew(self) -> None:
        """Have a lock that nobody holds, and sums that nobody left half done."""
        self._lock = Lock()
        for window in self._windows:
            window.add_up()

    @property
    def left(self) -> float:
        """What may be spent now."""
        with self._lock:
            now_s = self._now_s()
            return min(window.left(now_s) for window in self._windows)

    def spend(self, cost: float) -> float | None:
        """
        Spend, if every allowance has room.

        Returns:
            None when it was spent; otherwise the seconds until it can be, infinite for
            what is more than a whole allowance.
        """
        with self._lock:
            now_s = self._now_s()
            wait_s = max(window.wait_s(cost, now_s) for window in self._windows)
            if wait_s > 0:
                return wait_s
            for window in self._windows:
                window.spend(cost, now_s)
            return None

    def refund(self, cost: float, *, age_s: float) -> None:
        """
        Take back the cost of a call that was never sent.

        Args:
            cost: As it was spent.
            age_s: How many seconds ago.
        """
        with self._lock:
            spent_s = self._now_s() - age_s
            for window in self._windows:
                window.refund(cost, spent_s)
