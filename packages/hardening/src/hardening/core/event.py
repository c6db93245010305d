"""Events: what a piece did, as a value that can be counted, logged or tested."""

from typing import ClassVar, Final, Protocol

INFO: Final = 20
WARNING: Final = 30
ERROR: Final = 40
CRITICAL: Final = 50
"""Levels, as `logging` numbers them; importing it takes as long as a whole piece."""


class Event(Protocol):
    """
    A frozen dataclass whose fields say what happened; its class says what it is called.

    Attributes:
        event: The name in logs and dashboards: 'circuit_breaker_opened'.
        level: Of `logging`: 20 is information, 30 a warning, 40 an error.
    """

    event: ClassVar[str]
    level: ClassVar[int]

    @property
    def subject(self) -> str:
        """The circuit, queue or table that it happened to; repeats are told apart by it."""
        ...
