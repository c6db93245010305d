"""Ready metrics of services: errors, latency, circuits, caches, lines of logs."""

from collections.abc import Iterator

from gonogo.document.ready_metrics.definition import Definition, Form
from gonogo.model.sample import MetricKind

# Words for a count of errors ('5xx', 'failed requests') are no words for their rate.
# A service that never failed has no series of failed requests. That is no zero either,
# unless its requests are there: hence `or 0 *`, here and wherever events are rare.
_ERROR_RATE = Definition(
    name="error rate",
    words=(
        "error ratio",
        "request error rate",
        "5xx rate",
        "5xx error rate",
        "failed request rate",
        "request failure rate",
        "failure rate",
    ),
    kind=MetricKind.PROPORTION,
    unit="%",
    forms={
        "prometheus": Form(
            events=(
                'sum(increase(<metric>{<code>=~"5.."[[,<selector>]]}[$window]))'
                " or 0 * sum(increase(<metric>{<selector>}[$window]))"
            ),
            exposure="sum(increase(<metric>{<selector>}[$window]))",
            parameters={"metric": "http_requests_total", "code": "code"},
        ),
        "otlp": Form(
            events=(
                'count(<metric>{<code>=~"5.."[[,<selector>]]})'
                " or 0 * count(<metric>{<selector>})"
            ),
            exposure="count(<metric>{<selector>})",
            parameters={
                "metric": "http.server.request.duration",
                "code": "http.response.status_code",
            },
            needs="OpenTelemetry's semantic conventions for HTTP",
        ),
        "statsd": Form(
            events="<errors>{<selector>} or 0 * <requests>{<selector>}",
            exposure="<requests>{<selector>}",
        ),
        "datadog": Form(
            events=(
                "default_zero(sum:<metric>.errors{<selector>}.as_count()"
                ".rollup(sum, 10))"
            ),
            exposure="sum:<metric>.hits{<selector>}.as_count()",
            parameters={"metric": "trace.http.request", "selector": "*"},
            needs="Datadog's traces",
        ),
        "newrelic": Form(
            events=(
                "SELECT filter(count(*), WHERE error IS true) FROM Transaction"
                "[[ WHERE <selector>]]"
            ),
            exposure="SELECT count(*) FROM Transaction[[ WHERE <selector>]]",
            needs="New Relic's APM agent",
        ),
    },
)


def _latency(percentile: str) -> Definition:
    """Return the metric of one percentile, such as '99' or '99.9'."""
    name = f"latency p{percentile}"
    level = MetricKind.GAUGE  # a percentile that the source computed is only a number
    return Definition(
        name=name,
        words=(
            f"p{percentile}",
            f"response time p{percentile}",
            f"request time p{percentile}",
            f"request latency p{percentile}",
            f"response latency p{percentile}",
            f"time p{percentile}",
        ),
        kind=MetricKind.QUANTILE,
        unit="s",
        quantile=float(percentile) / 100,
        forms={
            "prometheus": Form(
                events="sum by (le) (increase(<metric>_bucket{<selector>}[$window]))",
                parameters={"metric": "http_request_duration_seconds"},
            ),
            "otlp": Form(
                events="<metric>{<selector>}",
                parameters={"metric": "http.server.request.duration"},
                needs="OpenTelemetry's semantic conventions for HTTP",
            ),
            "statsd": Form(events="<timer>{<selector>}", unit="ms"),
            "datadog": Form(
                events=f"p{percentile}:<metric>{{<selector>}}",
                kind=level,
                parameters={"metric": "trace.http.request", "selector": "*"},
                needs="Datadog's traces, with percentiles enabled",
            ),
            "newrelic": Form(
                events=(
                    f"SELECT percentile(duration, {percentile}) FROM Transaction"
                    "[[ WHERE <selector>]]"
                ),
                kind=level,
                needs="New Relic's APM agent",
            ),
            "cloudwatch": Form(
                events=f"p{percentile} AWS/ApplicationELB TargetResponseTime{{<load>}}",
                kind=level,
                parameters={"load": ""},
                needs='an application load balancer: `load: LoadBalancer="app/…"`',
            ),
        },
    )


_CIRCUITS = Definition(
    name="open circuits",
    words=(
        "circuit states",
        "circuit state",
        "open circuit breakers",
        "circuit breakers open",
        "circuit breaker",
        "circuit breaker state",
    ),
    kind=MetricKind.GAUGE,
    forms={
        "prometheus": Form(
            events='sum(<metric>{state="open"[[,<selector>]]})',
            parameters={"metric": "resilience4j_circuitbreaker_state"},
            needs="Resilience4j's metrics, or a state labelled `state`",
        )
    },
)

_CACHE = Definition(
    name="cache hit rate",
    words=("cache hits", "hit rate", "cache hit ratio"),
    kind=MetricKind.PROPORTION,
    unit="%",
    forms={
        "prometheus": Form(
            events="sum(increase(<hits>{<selector>}[$window]))",
            exposure=(
                "sum(increase(<hits>{<selector>}[$window]))"
                " + sum(increase(<misses>{<selector>}[$window]))"
            ),
            parameters={
                "hits": "redis_keyspace_hits_total",
                "misses": "redis_keyspace_misses_total",
            },
            needs="redis_exporter, or counters of hits and misses",
        ),
        "sql": Form(
            events=(
                "select blks_hit as counter from pg_stat_database"
                " where datname = current_database()"
            ),
            exposure=(
                "select blks_hit + blks_read as counter from pg_stat_database"
                " where datname = current_database()"
            ),
            needs="PostgreSQL",
        ),
    },
)

_LOG_ERRORS = Definition(
    name="log errors",
    words=("error logs", "error lines", "log error lines", "errors in logs"),
    kind=MetricKind.COUNT,
    unit="/h",
    forms={
        "loki": Form(
            events=(
                'sum(count_over_time({<stream>} |~ "<pattern>" [$window]))'
                " or 0 * sum(count_over_time({<stream>} [$window]))"
            ),
            parameters={"pattern": "(?i)error"},
        )
    },
)


def definitions() -> Iterator[Definition]:
    """Yield the metrics of services."""
    yield _ERROR_RATE
    for percentile in ("50", "75", "90", "95", "99", "99.9"):
        yield _latency(percentile)
    yield _CIRCUITS
    yield _CACHE
    yield _LOG_ERRORS
