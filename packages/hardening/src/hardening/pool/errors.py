"""What a gate says when it lets nobody in."""

from hardening.pool.reading import Use


class PoolExhausted(Exception):
    """
    So many of a pool's connections are out that a caller would only wait.

    Nothing was asked of the database: the call may be made again, later.

    Attributes:
        pool: The gate's name.
        use: What the gate saw.
        retry_after_s: When to come back, in seconds; differs from caller to caller, so
            that they do not all come back together.
        status: Of HTTP: 503.
    """

    status = 503

    def __init__(self, pool: str, use: Use, retry_after_s: float) -> None:
        self.pool = pool
        self.use = use
        self.retry_after_s = retry_after_s
        super().__init__(pool, use, retry_after_s)

    def __str__(self) -> str:
        return (
            f"Pool '{self.pool}' has {self.use.in_use} of {self.use.size} connections "
            f"out and {self.use.waiting} callers waiting. Come back in "
            f"{self.retry_after_s:.1f} s; if this lasts, look for slow queries, or give "
            "the pool more connections."
        )
