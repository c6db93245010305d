"""Events: a gate begins to reject, goes on, and has come to rest."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.pool.reading import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRejecting:
    """
    Callers are rejected; told at the first of them, then once a minute while it lasts.

    Attributes:
        pool: The gate's name.
        use: What the gate saw.
        rejected: How many since it began, this one included.
    """

    event: ClassVar[str] = "pool_rejecting"
    level: ClassVar[int] = 30

    pool: str
    use: Use
    rejected: int

    @property
    def subject(self) -> str:
        """The pool."""
        return self.pool


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRecovered:
    """
    Nobody has been rejected for a while; told by the next caller who passes.

    Attributes:
        pool: The gate's name.
        rejected: How many were, from the first to the last.
        rejecting_s: The span from the first to the last of them, in seconds.
    """

    event: ClassVar[str] = "pool_recovered"
    level: ClassVar[int] = 20

    pool: str
    rejected: int
    rejecting_s: float

    @property
    def subject(self) -> str:
        """The pool."""
        return self.pool


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolReadSlowly:
    """
    The pool's library has changed inside: the gate asks it by its public methods.

    That is right, and costs about a microsecond a call instead of a tenth.

    Attributes:
        pool: The gate's name.
        library: What the pool is: 'psycopg_pool', 'sqlalchemy'.
    """

    event: ClassVar[str] = "pool_read_slowly"
    level: ClassVar[int] = 30

    pool: str
    library: str

    @property
    def subject(self) -> str:
        """The pool."""
        return self.pool


PoolEvent = PoolRejecting | PoolRecovered | PoolReadSlowly
