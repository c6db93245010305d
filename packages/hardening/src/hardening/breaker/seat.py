"""
The seat: one breaker's place among those of other processes, on top of Redis.

What is told is numbered by `told` and, once it arrived or was given up, by `said`: a
view of the circuit counts only while both agree, or it would undo what is on its way.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from hardening.breaker.machine import State
from hardening.breaker.policy import Outcome, Policy
from hardening.breaker.shared import Lease, View

Word = str | int


class _Unsaid(Enum):
    """What did not arrive, though the others have to know it."""

    AN_OPENING = auto()
    AN_ORDER = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """How a circuit stands in Redis, and the fencing token of what was lent, or 0."""

    view: View
    token: int


class Link(Protocol):
    """What carries a seat's words."""

    def ask(self, key: str, *words: Word) -> Answer | None:
        """Return the answer at once, or None when there is none in time."""
        ...

    def tell(self, seat: "RedisSeat", *words: Word) -> None:
        """Carry words, soon, without making the caller wait."""
        ...

    def wake(self) -> None:
        """Start carrying, unless it is done already."""
        ...

    @property
    def is_up(self) -> bool:
        """Whether Redis answered lately."""
        ...


class RedisSeat:
    """
    Implements `Seat`.

    Args:
        link: Carries the words.
        key: The circuit's, in Redis.
        policy: The breaker's.
        follow: The breaker's way to take over a view.
        held: The breaker's own view.

    Attributes:
        key: The circuit's, in Redis.
        held: The breaker's own view.
        unsaid: What the others have to know and was not told, if anything.
    """

    __slots__ = (
        "_follow",
        "_link",
        "_policy",
        "_said",
        "_seen",
        "_told",
        "held",
        "key",
        "unsaid",
    )

    def __init__(
        self,
        link: Link,
        key: str,
        policy: Policy,
        follow: Callable[[View], None],
        held: Callable[[], View],
    ) -> None:
        self._link = link
        self._policy = policy
        self._follow = follow
        self._told = self._said = self._seen = 0
        self.key = key
        self.held = held
        self.unsaid: _Unsaid | None = None

    # --- the breaker's side: `Seat` --------------------------------------------------

    def ask(self, patience_s: float) -> Lease | View | None:
        """Return the trial call's lease, or how the circuit stands; None is no answer."""
        answer = self._link.ask(self.key, "ask", _ms(patience_s))
        if answer is None:
            return None
        self._seen = max(self._seen, answer.view.version)
        return Lease(answer.token) if answer.token else answer.view

    async def ask_async(self, patience_s: float) -> Lease | View | None:
        """Return what `ask` does; a lease is given back when the task is cancelled."""
        if not self._link.is_up:
            return None
        asking = asyncio.ensure_future(asyncio.to_thread(self.ask, patience_s))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(self._give_back)
            raise

    def _give_back(self, asking: asyncio.Future[Lease | View | None]) -> None:
        """Give back a lease that nobody waits for any more."""
        answer = None if asking.cancelled() else asking.result()
        if isinstance(answer, Lease):
            self.settled(answer.token, Outcome.IGNORED)

    def failed(self) -> None:
        """Tell that a call failed; not worth keeping for a Redis that is gone."""
        if self._link.is_up and self._policy.failures is not None:
            self._tell("failed")

    def succeeded(self) -> None:
        """Tell that a call succeeded after others failed; likewise."""
        if self._link.is_up and self._policy.failures is not None:
            self._tell("succeeded")

    def opened(self, retry_in_s: float) -> None:
        """Tell that the circuit opened here."""
        self._tell("opened", _ms(retry_in_s))

    def settled(self, lease: int, outcome: Outcome) -> None:
        """Tell what the trial call showed."""
        cool_offs = map(_ms, self._policy.cool_offs_s)
        self._tell("settled", lease, outcome.value, self._policy.probes, *cool_offs)

    def ordered(self, state: State) -> None:
        """Tell an operator's decision."""
        self._tell("ordered", state.value)

    def wake(self) -> None:
        """Start what keeps the circuit up to date, unless it runs already."""
        self._link.wake()

    def is_current(self, view: View) -> bool:
        """Tell whether the view counts all that was told, and all that was seen."""
        return self._told == self._said and view.version >= self._seen

    def _tell(self, *words: Word) -> None:
        """Count the words and hand them over."""
        self._told += 1
        self._link.tell(self, *words)

    # --- the link's side ---------------------------------------------------------------

    def arrived(self) -> None:
        """Count words that arrived."""
        self._said += 1

    def given_up(self, words: tuple[Word, ...]) -> None:
        """Count words that did not arrive, and will not."""
        self._said += 1
        if words[0] == "ordered":
            self.unsaid = _Unsaid.AN_ORDER
        elif words[0] == "opened" and self.unsaid is None:
            self.unsaid = _Unsaid.AN_OPENING

    def learn(self, view: View) -> None:
        """
        Take in how the circuit stands in Redis.

        Where Redis lost the circuit, or this process could not tell it something, Redis
        is told how the circuit stands here instead.
        """
        if self._told != self._said:
            return
        if self.unsaid is not None or not view.version:
            self._tell_again()
            return
        if view.version >= self._seen:
            self._seen = view.version
            self._follow(view)

    def forget(self) -> None:
        """Believe any version: Redis was gone, and may be another one now."""
        self._seen = 0

    def begin_again(self) -> None:
        """Forget words that only a parent process still carries."""
        self._said = self._told

    def _tell_again(self) -> None:
        """Tell how the circuit stands here."""
        unsaid, self.unsaid, self._seen = self.unsaid, None, 0
        held = self.held()
        if held.state is State.OPEN:
            self.opened(held.retry_in_s)
        elif unsaid is _Unsaid.AN_ORDER or held.state is not State.CLOSED:
            self.ordered(held.state)


def _ms(span_s: float) -> int:
    """Return milliseconds, at least one."""
    return max(1, round(span_s * 1000))
