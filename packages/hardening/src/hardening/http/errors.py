"""
What can become of a call: one class for each, below `ProviderError`.

None holds a secret. An error names the provider, the method and the path; never the
query, a header, a body or the address's user. (A body is kept in `HttpError.response`,
for code that asks for it; its text does not show it.)
"""

from enum import StrEnum

from hardening.http.provider_error import ProviderError
from hardening.http.response import Response


class Phase(StrEnum):
    """Where a call stood when its time was over."""

    SLOT = "waiting for a free connection"
    CONNECT = "connecting"
    WRITE = "sending"
    READ = "waiting for the answer"
    ATTEMPT = "the exchange"
    DEADLINE = "all attempts and the waits between them"


class ProviderTimeout(ProviderError):
    """
    The answer was not there in time.

    Attributes:
        phase: Where the call stood.
        after_s: The limit that it met, in seconds.
    """

    outcome = "timeout"

    def __init__(self, provider: str, where: str, phase: Phase, after_s: float) -> None:
        super().__init__(provider, where, phase, after_s)
        self.phase = phase
        self.after_s = after_s
        # Nobody else's fault: all of this provider's connections were in use here.
        self.is_fault = phase is not Phase.SLOT
        self.may_have_arrived = phase not in {Phase.SLOT, Phase.CONNECT}

    def _said(self) -> str:
        return f"no answer within {self.after_s:.3g} s ({self.phase})."


class ConnectionFailed(ProviderError):
    """
    No connection was made, it was cut, or what came over it is not HTTP.

    Attributes:
        reason: What the system said.
    """

    outcome = "connection_failed"
    is_fault = True

    def __init__(
        self, provider: str, where: str, reason: str, *, may_have_arrived: bool = True
    ) -> None:
        super().__init__(provider, where, reason)
        self.reason = reason
        self.may_have_arrived = may_have_arrived

    def _said(self) -> str:
        return f"the connection failed ({self.reason})."


class HttpError(ProviderError):
    """
    The provider answered, and its status is no success; a redirection is none either.

    Attributes:
        response: The answer.
        status: Its status.
    """

    outcome = "http_error"

    def __init__(self, provider: str, where: str, response: Response) -> None:
        super().__init__(provider, where, response)
        self.response = response
        self.status = response.status

    def _said(self) -> str:
        return f"answered with status {self.status}{_HINTS.get(self.status, '')}."


class Unavailable(HttpError):
    """
    The provider answered that it cannot answer now: 429, 500, 503 and so on.

    `retry_after_s` is what its Retry-After asks for.
    """

    outcome = "unavailable"
    is_fault = True

    def __init__(
        self,
        provider: str,
        where: str,
        response: Response,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(provider, where, response)
        self.args = (*self.args, retry_after_s)
        self.retry_after_s = retry_after_s

    def _said(self) -> str:
        if self.retry_after_s is None:
            return super()._said()
        said = super()._said().rstrip(".")
        return f"{said}, and asks to come back in {self.retry_after_s:.0f} s."


class CircuitOpen(ProviderError):
    """The provider's circuit let no call through; the circuit's own error is the cause."""

    outcome = "circuit_open"
    may_have_arrived = False

    def __init__(
        self, provider: str, where: str, retry_after_s: float | None = None
    ) -> None:
        super().__init__(provider, where, retry_after_s)
        self.retry_after_s = retry_after_s

    def _said(self) -> str:
        if self.retry_after_s is None:
            return "its circuit is open; this attempt was not sent."
        span = f"{self.retry_after_s:.1f} s"
        return f"its circuit is open for {span}; this attempt was not sent."


class BudgetSpent(ProviderError):
    """
    The call would cost more than is left to spend.

    Attributes:
        cost: Of the call, in the budget's unit.
    """

    outcome = "budget_spent"
    may_have_arrived = False

    def __init__(
        self, provider: str, where: str, cost: float, retry_after_s: float
    ) -> None:
        super().__init__(provider, where, cost, retry_after_s)
        self.cost = cost
        self.retry_after_s = retry_after_s

    def _said(self) -> str:
        return (
            f"its budget has no {self.cost:g} left; this attempt was not sent. There is "
            f"more in {self.retry_after_s:.0f} s, or raise the budget."
        )


class ResponseTooLarge(ProviderError):
    """
    The answer is larger than allowed; it was not read on.

    Attributes:
        limit_bytes: What is allowed, decompressed.
    """

    outcome = "too_large"

    def __init__(self, provider: str, where: str, limit_bytes: int) -> None:
        super().__init__(provider, where, limit_bytes)
        self.limit_bytes = limit_bytes

    def _said(self) -> str:
        return f"the answer has more than {self.limit_bytes:,} bytes; ask for less."


class InvalidRequest(ProviderError, ValueError):
    """
    The call cannot be sent as it is; a mistake of the caller's.

    Attributes:
        reason: What is wrong with it; never the content.
    """

    outcome = "invalid_request"
    may_have_arrived = False

    def __init__(self, provider: str, where: str, reason: str) -> None:
        super().__init__(provider, where, reason)
        self.reason = reason

    def _said(self) -> str:
        return f"not sent: {self.reason}."


class UnknownProvider(KeyError):
    """
    No provider has this name.

    Attributes:
        name: What was asked for.
        known: The names there are.
    """

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(name, known)

    def __str__(self) -> str:
        return f"There is no provider {self.name!r}; there are {', '.join(self.known)}."


TRANSIENT = (ProviderTimeout, ConnectionFailed, Unavailable)
"""What another attempt may help against: for the policy of a retrier."""


def retry_after(error: Exception, /) -> float | None:
    """Return the seconds that an error asks to wait: for the policy of a retrier."""
    return error.retry_after_s if isinstance(error, ProviderError) else None


_HINTS = {
    301: ": a redirection, which is not followed; correct the address",
    302: ": a redirection, which is not followed; correct the address",
    307: ": a redirection, which is not followed; correct the address",
    308: ": a redirection, which is not followed; correct the address",
    401: ": it does not know the key",
    403: ": the key may not do this",
    429: ": it is called too often",
}
