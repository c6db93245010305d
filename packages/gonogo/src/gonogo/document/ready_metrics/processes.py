"""Ready metrics of processes and machines: saturation, memory, CPU, restarts."""

from collections.abc import Iterator

from gonogo.document.ready_metrics.definition import Definition, Form
from gonogo.model.sample import MetricKind

_GAUGE = MetricKind.GAUGE


def definitions() -> Iterator[Definition]:
    """Yield the metrics of processes."""
    yield Definition(
        name="saturation",
        words=("cpu saturation", "host cpu use", "node cpu use", "machine cpu use"),
        kind=_GAUGE,
        unit="%",
        forms={
            "prometheus": Form(
                events=(
                    "100 * (1 - avg by (instance) "
                    '(rate(node_cpu_seconds_total{mode="idle"[[,<selector>]]}[5m])))'
                ),
                needs="node_exporter",
            ),
            "datadog": Form(
                events="100 - avg:system.cpu.idle{<selector>} by {host}",
                parameters={"selector": "*"},
            ),
            "cloudwatch": Form(
                events="Average AWS/EC2 CPUUtilization{<instance>}",
                needs='an instance: `instance: InstanceId="i-…"`',
            ),
        },
    )
    yield Definition(
        name="process memory",
        words=("memory", "memory use", "rss", "resident memory", "process memory use"),
        kind=_GAUGE,
        unit="bytes",
        forms={
            "prometheus": Form(events="process_resident_memory_bytes{<selector>}"),
            "otlp": Form(
                events="process.memory.usage{<selector>}",
                needs="OpenTelemetry's process metrics",
            ),
        },
    )
    yield Definition(
        name="process CPU",
        words=("cpu", "cpu use", "process cpu use"),
        kind=_GAUGE,
        unit="%",
        forms={
            "prometheus": Form(
                events="100 * rate(process_cpu_seconds_total{<selector>}[5m])"
            ),
        },
    )
    yield Definition(
        name="restarts",
        words=("process restarts", "crashes"),
        kind=MetricKind.COUNT,
        unit="/h",
        forms={
            "prometheus": Form(
                events="sum(changes(process_start_time_seconds{<selector>}[$window]))"
            ),
        },
    )
    yield Definition(
        name="container restarts",
        words=("pod restarts",),
        kind=MetricKind.COUNT,
        unit="/h",
        forms={
            "prometheus": Form(
                events=(
                    "sum(increase(kube_pod_container_status_restarts_total"
                    "{<selector>}[$window]))"
                ),
                needs="kube-state-metrics",
            ),
        },
    )
