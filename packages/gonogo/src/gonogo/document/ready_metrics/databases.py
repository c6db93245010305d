"""
Ready metrics of databases: locks, deadlocks, lag, connections, indexes.

The SQL is PostgreSQL's, and needs no more than the role `pg_monitor`.
"""

from collections.abc import Iterator

from gonogo.document.ready_metrics.definition import Definition, Form
from gonogo.model.sample import MetricKind

_GAUGE = MetricKind.GAUGE
_EXPORTER = "postgres_exporter"
_POSTGRES = "PostgreSQL"
_WAITSTART = "PostgreSQL 14 or later"

_WAITED = "extract(epoch from clock_timestamp() - waitstart)::float8"
_CONNECTIONS = (
    "select 100.0 * count(*) / current_setting('max_connections')::int as value"
    " from pg_stat_activity where backend_type = 'client backend'"
)


def definitions() -> Iterator[Definition]:
    """Yield the metrics of databases."""
    yield from _locks()
    yield Definition(
        name="replication lag",
        words=("replica lag", "standby lag", "replication delay"),
        kind=_GAUGE,
        unit="s",
        forms={
            # Without a standby the maximum is null: no data. One that has caught up
            # and has nothing to do tells no lag at all.
            "sql": Form(
                events=(
                    "select max(extract(epoch from coalesce(replay_lag, interval '0')))"
                    "::float8 as value from pg_stat_replication"
                ),
                needs=_POSTGRES,
            ),
            "prometheus": Form(
                events="max(pg_replication_lag_seconds{<selector>})", needs=_EXPORTER
            ),
            "datadog": Form(
                events="max:postgresql.replication_delay{<selector>}",
                parameters={"selector": "*"},
            ),
        },
    )
    yield Definition(
        name="connection pool use",
        words=("connection pool", "pool use", "connection use", "connection pool size"),
        kind=_GAUGE,
        unit="%",
        forms={
            "sql": Form(events=_CONNECTIONS, needs=_POSTGRES),
            "prometheus": Form(
                events=(
                    "100 * sum by (instance) (<used>{<selector>})"
                    " / sum by (instance) (<most>{<selector>})"
                ),
                parameters={
                    "used": "hikaricp_connections_active",
                    "most": "hikaricp_connections_max",
                },
                needs="HikariCP's metrics, or levels of used and possible connections",
            ),
            "datadog": Form(
                events="100 * max:postgresql.percent_usage_connections{<selector>}",
                parameters={"selector": "*"},
            ),
        },
    )
    yield Definition(
        name="invalid indexes",
        words=("invalid index",),
        kind=_GAUGE,
        forms={
            "sql": Form(
                events="select count(*) as value from pg_index where not indisvalid",
                needs=_POSTGRES,
            ),
        },
    )


def _locks() -> Iterator[Definition]:
    yield Definition(
        name="ungranted locks",
        words=("waiting locks", "locks waiting", "blocked locks"),
        kind=_GAUGE,
        forms={
            "sql": Form(
                events="select count(*) as value from pg_locks where not granted",
                needs=_POSTGRES,
            ),
            "prometheus": Form(
                events=(
                    'sum(pg_stat_activity_count{wait_event_type="Lock"[[,<selector>]]})'
                    " or 0 * sum(pg_stat_activity_count{<selector>})"
                ),
                needs=_EXPORTER,
            ),
        },
    )
    yield Definition(
        name="deadlocks",
        words=("deadlock rate", "deadlock"),
        kind=MetricKind.COUNT,
        unit="/h",
        forms={
            "sql": Form(
                events=(
                    "select deadlocks as counter from pg_stat_database"
                    " where datname = current_database()"
                ),
                needs=_POSTGRES,
            ),
            "prometheus": Form(
                events="sum(increase(pg_stat_database_deadlocks{<selector>}[$window]))",
                needs=_EXPORTER,
            ),
            "datadog": Form(
                events="sum:postgresql.deadlocks.count{<selector>}.as_count()",
                parameters={"selector": "*"},
            ),
        },
    )
    # Where nobody waits, the wait is zero: that was looked at, and is so.
    yield Definition(
        name="lock wait p95",
        words=("lock wait time p95", "p95 lock wait", "lock time p95"),
        kind=_GAUGE,
        unit="s",
        forms={
            "sql": Form(
                events=(
                    f"select coalesce(percentile_cont(0.95) within group (order by"
                    f" {_WAITED}), 0) as value from pg_locks where not granted"
                ),
                needs=_WAITSTART,
            ),
        },
    )
    yield Definition(
        name="lock wait max",
        words=("max lock wait", "longest lock wait", "lock wait time max", "lock wait"),
        kind=_GAUGE,
        unit="s",
        forms={
            "sql": Form(
                events=(
                    f"select coalesce(max({_WAITED}), 0) as value"
                    " from pg_locks where not granted"
                ),
                needs=_WAITSTART,
            ),
        },
    )
