"""
One call: what both clients decide about it, without sending anything.

A call makes attempts; each is given what is left of the time, pays its cost, and goes
through the circuit. Its errors are raised to the retrier, if there may be another
attempt, and past it if not.
"""

from hardening.core import Clock
from hardening.http.errors import (
    BudgetSpent,
    CircuitOpen,
    HttpError,
    Phase,
    ProviderTimeout,
)
from hardening.http.provider import Caller, Provider
from hardening.http.provider_error import ProviderError
from hardening.http.request import Params, Request
from hardening.http.response import Response

Outcome = Response | ProviderError
"""An answer of any status that is no failure, or an error that is not the provider's."""


class Ended(BaseException):
    """
    Carries an error past the retrier: no further attempt could end well.

    Not an `Exception`, so that no policy names it. It never leaves a client.
    """

    def __init__(self, error: ProviderError) -> None:
        self.error = error
        super().__init__(error)


class Call:
    """
    One call on its way.

    Args:
        provider: Whom it is for.
        request: What it asks.
        clock: Measures its deadline.
        is_guarded: Whether there are circuit, retrier, budget and cache; the switch's
            answer, asked once a call.

    Attributes:
        where: Method and path, for errors.
        attempts: How many were sent.
        is_entered: Whether the circuit let the present attempt through.
        sent_headers: What the present attempt sends.
        sent_params: Likewise.
    """

    __slots__ = (
        "_charged",
        "_charged_s",
        "_clock",
        "_ends_s",
        "_has_arrived",
        "_started_s",
        "attempts",
        "is_entered",
        "is_guarded",
        "provider",
        "request",
        "sent_headers",
        "sent_params",
        "where",
    )

    def __init__(
        self, provider: Provider, request: Request, clock: Clock, *, is_guarded: bool
    ) -> None:
        self.provider, self.request = provider, request
        self.is_guarded = is_guarded
        self.where = f"{request.method} {request.path}"
        self.attempts = 0
        self.is_entered = False
        self.sent_headers: dict[str, str] = {}
        self.sent_params: Params = {}
        self._has_arrived = False
        self._clock = clock
        self._started_s = clock.monotonic_s()
        self._ends_s = self._started_s + self.deadline_s
        self._charged = self._charged_s = 0.0

    # -- what it goes through ---------------------------------------------------------

    @property
    def deadline_s(self) -> float:
        """How long it may take in all: the shorter of the call's and the provider's."""
        asked_s, longest_s = self.request.deadline_s, self.provider.deadline_s
        return longest_s if asked_s is None else min(asked_s, longest_s)

    @property
    def circuit(self) -> Caller | None:
        """What each attempt goes through."""
        return self.provider.circuit if self.is_guarded else None

    @property
    def retrier(self) -> Caller | None:
        """What may try again; None for a call that must not be repeated."""
        may = self.is_guarded and self.request.is_repeatable
        return self.provider.retrier if may else None

    @property
    def ttl_s(self) -> float | None:
        """For how long its answer is kept; None when it is not."""
        if not self.is_guarded:
            return None
        return self.provider.ttl_s(self.request.method, self.request.path)

    @property
    def elapsed_s(self) -> float:
        """How long it has taken so far."""
        return self._clock.monotonic_s() - self._started_s

    @property
    def left_s(self) -> float:
        """How long it may still take; 0 or less when its time is over."""
        return self._ends_s - self._clock.monotonic_s()

    def headers(self) -> dict[str, str]:
        """Return what is sent now: the call's own headers come after the provider's."""
        given = self.provider.sent_headers()
        theirs = {name.lower(): value for name, value in given.items()}
        return theirs | dict(self.request.headers)

    def params(self) -> Params:
        """Return what is asked now: the call's own parameters beside the provider's."""
        return {**self.provider.sent_params(), **self.request.params}

    # -- an attempt -------------------------------------------------------------------

    def begin(self) -> float:
        """
        Begin an attempt, and return how long it may take, in seconds.

        Raises:
            Ended: No time is left, or no money.
            Exception: What the provider's credentials raised; nothing is paid yet.
        """
        self.is_entered = False
        self._time_left_s()
        self.sent_headers, self.sent_params = self.headers(), self.params()
        left_s = self._time_left_s()  # fetching the credentials may take long
        self._charge()
        return min(self.provider.timeout_s, left_s)

    def refused(self, refusal: Exception) -> CircuitOpen:
        """Return the error for what a circuit raised instead of calling."""
        asked = getattr(refusal, "retry_in_s", None)
        retry_after_s = float(asked) if isinstance(asked, int | float) else None
        return CircuitOpen(self.provider.name, self.where, retry_after_s)

    def failed(self, error: ProviderError) -> None:
        """
        Take in that the attempt failed; what was never sent is not paid for.

        The error that leaves the call is that of its last attempt, and tells of them
        all: a refusal after a timeout must not make the caller send it elsewhere.

        Raises:
            Ended: Before another attempt could be made, the time is over.
        """
        if error.may_have_arrived:
            self._has_arrived = True
        else:
            self._refund()
            error.may_have_arrived = self._has_arrived
        if self.left_s <= (error.retry_after_s or 0.0):
            raise Ended(error)

    def settled(self, outcome: Outcome) -> Response:
        """
        Return the answer.

        Raises:
            ProviderError: There is none, or its status is no success.
            Ended: Likewise, and the time is over.
        """
        if isinstance(outcome, Response):
            if 200 <= outcome.status < 300:  # noqa: PLR2004 - the successes of HTTP
                return outcome
            outcome = HttpError(self.provider.name, self.where, outcome)
        self.failed(outcome)
        raise outcome

    def too_late(self) -> ProviderTimeout:
        """Return the error of a call whose time is over."""
        phase, span_s = Phase.DEADLINE, self.deadline_s
        error = ProviderTimeout(self.provider.name, self.where, phase, span_s)
        error.may_have_arrived = self.attempts > 0
        return error

    def _time_left_s(self) -> float:
        """Return how long the call may still take, more than 0."""
        left_s = self.left_s
        if left_s <= 0:
            raise Ended(self.too_late())
        return left_s

    def _charge(self) -> None:
        """Pay for the attempt."""
        budget = self.provider.budget
        if budget is None or not self.is_guarded:
            return
        asked = self.request.cost
        cost = self.provider.cost if asked is None else asked
        wait_s = budget.spend(cost)
        if wait_s is not None:
            spent = BudgetSpent(self.provider.name, self.where, cost, wait_s)
            spent.may_have_arrived = self._has_arrived
            raise Ended(spent)
        self._charged, self._charged_s = cost, self._clock.monotonic_s()

    def _refund(self) -> None:
        """Take back what was paid for the attempt."""
        budget, charged = self.provider.budget, self._charged
        if budget is not None and charged:
            age_s = self._clock.monotonic_s() - self._charged_s
            budget.refund(charged, age_s=age_s)
        self._charged = 0.0
