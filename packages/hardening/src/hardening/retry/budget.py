"""
The budget: when most calls fail, retrying them all only adds to the load.

Every failed attempt takes one token, every success gives back a fraction of one, and
retries are allowed while more than half of the tokens are there. Share one budget
between all callers of the same service.

Source:
    gRPC proposal A6, 'Throttling Retry Attempts and Hedged RPCs'.
"""

from threading import Lock

from hardening.core import is_number, renew_in_child, require, require_positive


class Budget:
    """
    Tokens that all callers of one service share; thread-safe.

    Invariant: the tokens stay between zero and the highest number.

    Args:
        tokens: The highest number, and the first.
        refund: What a success gives back. With the default of a tenth, retries go on
            while fewer than about one call in eleven fails.
    """

    __slots__ = ("__weakref__", "_highest", "_lock", "_refund", "_tokens")

    def __init__(self, *, tokens: float = 10.0, refund: float = 0.1) -> None:
        require_positive("Budget.tokens", tokens)
        rule = "more than 0 and at most the tokens"
        holds = is_number(refund) and 0 < refund <= tokens
        require("Budget.refund", refund, rule, holds=holds)
        self._highest = self._tokens = tokens
        self._refund = refund
        self._renew()
        renew_in_child(self, Budget._renew)

    def _renew(self) -> None:
        """Have a lock that nobody holds."""
        self._lock = Lock()

    @property
    def tokens(self) -> float:
        """The tokens left."""
        return self._tokens

    def allows_retry(self) -> bool:
        """Tell whether more than half of the tokens are there."""
        return self._tokens > self._highest / 2

    def failed(self) -> None:
        """Take a token for an attempt that failed."""
        with self._lock:
            self._tokens = max(0.0, self._tokens - 1)

    def succeeded(self) -> None:
        """Give back a fraction of a token for a call that went well."""
        # Read without the lock: a full budget is the normal case and stays cheap.
        if self._tokens < self._highest:
            with self._lock:
                self._tokens = min(self._highest, self._tokens + self._refund)
