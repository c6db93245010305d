"""What can go wrong with a counter, each as its own class."""

from typing import ClassVar


class CounterError(Exception):
    """
    Nothing was counted.

    Attributes:
        scope: Of the counter.
        retryable: Whether the same call may succeed later.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, scope: str, message: str) -> None:
        self.scope = scope
        super().__init__(message)


class CounterBusy(CounterError):
    """Somebody else kept the counter's row for too long, or in a circle of waits."""

    retryable = True

    def __init__(self, scope: str) -> None:
        super().__init__(
            scope,
            f"The counter {scope!r} was kept by another transaction. Try again; count "
            "last in a transaction, so that the row is kept for an instant.",
        )


class InvalidCount(CounterError):
    """The database refused an increment or an action; says why."""

    def __init__(self, scope: str, reason: str) -> None:
        self.reason = reason
        super().__init__(scope, f"The counter {scope!r} refused a call: {reason}.")


class CounterNotInstalled(CounterError):
    """The migration was not applied here, or this role may not count."""

    def __init__(self, scope: str, reason: str) -> None:
        self.reason = reason
        super().__init__(
            scope,
            f"The counter {scope!r} cannot count here: {reason}. Apply the migrations "
            "of hardening.counters before the code that needs them, and grant the "
            "function to this role.",
        )
