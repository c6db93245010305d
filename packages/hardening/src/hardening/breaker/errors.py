"""What the breaker refuses, and why."""


class CircuitOpen(Exception):
    """
    The call was not made: the circuit is open, or its trial call is under way.

    Attributes:
        circuit: The circuit's name.
        retry_in_s: When the next call may be let through, in seconds; None when only an
            operator decides.
    """

    def __init__(self, circuit: str, retry_in_s: float | None) -> None:
        self.circuit = circuit
        self.retry_in_s = retry_in_s
        super().__init__(circuit, retry_in_s)

    def __str__(self) -> str:
        if self.retry_in_s is None:
            return (
                f"The circuit {self.circuit!r} was opened by an operator; "
                f"nothing was called. Reset it to let calls through."
            )
        return (
            f"The circuit {self.circuit!r} is open; nothing was called. "
            f"Try again in {self.retry_in_s:.1f} s."
        )


class IllegalTransition(Exception):
    """A circuit was asked for a move that the table of transitions does not list."""

    def __init__(self, state: str, trigger: str) -> None:
        self.state = state
        self.trigger = trigger
        super().__init__(f"A circuit that is {state} cannot take {trigger!r}.")


class CircuitNotFound(KeyError):
    """No circuit has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return f"There is no circuit {self.name!r}; it is made when it is first used."


class TooManyCircuits(Exception):
    """
    The registry is full.

    A service has as many circuits as it has services to call. Thousands of them are
    names made from data, such as one for each customer.
    """

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.most = most
        super().__init__(
            f"There are {most} circuits already; {name!r} would be one more. "
            f"Name circuits after services, not after data, or raise `most`."
        )


class AsyncFunctionCalled(TypeError):
    """A coroutine came out of a call that was to be judged: its outcome is not known."""

    def __init__(self, circuit: str) -> None:
        self.circuit = circuit
        super().__init__(
            f"The circuit {circuit!r} was given an async function to call; "
            f"await call_async instead."
        )
