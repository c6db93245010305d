"""
Pool: when nearly every connection is out, say no at once instead of letting all wait.

    gate = Gate(pool)  # of psycopg_pool or SQLAlchemy; at 85 % of its connections
    with gate.admit(pool.connection) as connection:
        connection.execute("SELECT 1")

`Gate.check` raises `PoolExhausted`; `PoolMiddleware` answers with it as 503 and
Retry-After before a request costs anything. `episode` is pure; `reading` looks into
pools.
"""

from hardening.pool.errors import PoolExhausted
from hardening.pool.events import (
    PoolEvent,
    PoolReadSlowly,
    PoolRecovered,
    PoolRejecting,
)
from hardening.pool.gate import Gate
from hardening.pool.middleware import EXEMPT, PoolMiddleware
from hardening.pool.reading import Use

__all__ = [
    "EXEMPT",
    "Gate",
    "PoolEvent",
    "PoolExhausted",
    "PoolMiddleware",
    "PoolReadSlowly",
    "PoolRecovered",
    "PoolRejecting",
    "Use",
]
