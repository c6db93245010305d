"""Ready metrics of job queues: Sidekiq, Celery, procrastinate, RQ."""

from collections.abc import Iterator, Mapping

from gonogo.document.ready_metrics.definition import Definition, Form
from gonogo.model.sample import MetricKind

_GAUGE, _COUNT = MetricKind.GAUGE, MetricKind.COUNT
_DUE = "status = 'todo' and (scheduled_at is null or scheduled_at <= now())"
_JOBS = "procrastinate_jobs"
_EVENTS = "procrastinate_events"
_ALIVE = "interval '30 seconds'"  # a worker of procrastinate tells every 10

# What is asked of a queue, its unit, and other words for it. Size, age of the oldest
# job that waits, jobs tried again, jobs given up, workers.
_ASKED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "queue size": ("", ("queue", "enqueued jobs", "jobs waiting", "waiting jobs")),
    "queue latency": ("s", ("latency", "queue wait", "queue wait time", "queue age")),
    "retries": ("", ("retry", "retry jobs", "retry rate", "retry queue size")),
    "dead jobs": ("", ("dead", "dead queue size", "failed jobs", "dead set size")),
    "workers": ("", ("active workers", "worker processes", "workers alive")),
}


def _prometheus(events: str, needs: str, kind: MetricKind = _GAUGE) -> Form:
    return Form(
        events=events, needs=needs, kind=kind, unit="/h" if kind is _COUNT else None
    )


def _sidekiq() -> Mapping[str, tuple[str, Form]]:
    needs = "sidekiq-prometheus-exporter"
    queries = {
        "queue size": "sum(sidekiq_queue_enqueued_jobs{<selector>})",
        "queue latency": "max(sidekiq_queue_latency_seconds{<selector>})",
        "retries": "max(sidekiq_retry_jobs{<selector>})",
        "dead jobs": "max(sidekiq_dead_jobs{<selector>})",
        "workers": "max(sidekiq_workers{<selector>})",
    }
    return {
        what: ("prometheus", _prometheus(query, needs))
        for what, query in queries.items()
    }


def _celery() -> Mapping[str, tuple[str, Form]]:
    needs = "celery-exporter"

    def rise(counter: str) -> str:
        return (
            f"sum(increase({counter}{{<selector>}}[$window]))"
            " or 0 * sum(celery_worker_up)"
        )

    return {
        "queue size": (
            "prometheus",
            _prometheus("sum(celery_queue_length{<selector>})", needs),
        ),
        "retries": (
            "prometheus",
            _prometheus(rise("celery_task_retried_total"), needs, _COUNT),
        ),
        "dead jobs": (
            "prometheus",
            _prometheus(rise("celery_task_failed_total"), needs, _COUNT),
        ),
        "workers": (
            "prometheus",
            _prometheus("sum(celery_worker_up{<selector>})", needs),
        ),
    }


def _rq() -> Mapping[str, tuple[str, Form]]:
    needs = "rq-exporter"
    queries = {
        "queue size": 'sum(rq_jobs{status="queued"[[,<selector>]]})',
        "dead jobs": 'sum(rq_jobs{status="failed"[[,<selector>]]})',
        "workers": "count(rq_workers{<selector>})",
    }
    return {
        what: ("prometheus", _prometheus(query, needs))
        for what, query in queries.items()
    }


def _procrastinate() -> Mapping[str, tuple[str, Form]]:
    needs = "procrastinate 3, in the database of the source"
    age = "now() - coalesce(scheduled_at, deferred.at)"
    deferred = f"select min(at) as at from {_EVENTS} where job_id = {_JOBS}.id"
    retried = f"from {_EVENTS} where type = 'deferred_for_retry'"
    alive = f"last_heartbeat > now() - {_ALIVE}"
    queries = {
        "queue size": f"select count(*) as value from {_JOBS} where {_DUE}[[ and <selector>]]",
        "queue latency": (
            f"select coalesce(extract(epoch from max({age})), 0)::float8 as value"
            f" from {_JOBS} left join lateral ({deferred}) deferred on true"
            f" where {_DUE}[[ and <selector>]]"
        ),
        "retries": (
            f"select count(*) as value {retried} and at > :since and at <= :until"
        ),
        "dead jobs": (
            f"select count(*) as value from {_JOBS} where status = 'failed'"
            "[[ and <selector>]]"
        ),
        "workers": f"select count(*) as value from procrastinate_workers where {alive}",
    }
    counted = {"retries"}
    return {
        what: (
            "sql",
            Form(
                events=query,
                needs=needs,
                kind=_COUNT if what in counted else _GAUGE,
                unit="/h" if what in counted else None,
            ),
        )
        for what, query in queries.items()
    }


_SYSTEMS = {
    "Sidekiq": _sidekiq,
    "Celery": _celery,
    "procrastinate": _procrastinate,
    "RQ": _rq,
}


def definitions() -> Iterator[Definition]:
    """Yield the metrics of each job queue that can be asked."""
    for system, forms in _SYSTEMS.items():
        for what, (source_kind, form) in forms().items():
            unit, words = _ASKED[what]
            yield Definition(
                name=f"{system} {what}",
                words=tuple(f"{system} {each}" for each in words),
                kind=form.kind or _GAUGE,
                unit=unit,
                forms={source_kind: form},
            )
