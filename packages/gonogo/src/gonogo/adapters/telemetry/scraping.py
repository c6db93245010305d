"""Scraping: metrics served over HTTP, for Prometheus to come and read."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server

from gonogo.adapters.telemetry.address import Address, AddressTaken
from gonogo.adapters.telemetry.metrics import PrometheusMetrics


@contextmanager
def serve_metrics(address: Address) -> Iterator[tuple[PrometheusMetrics, Address]]:
    """
    Serve metrics over HTTP at `/metrics`, on threads of their own.

    Yields:
        The metrics, and where they are served, with the port that was taken.

    Raises:
        AddressTaken: Somebody else serves there, or the host is not this machine's.
    """
    metrics = PrometheusMetrics()
    try:
        server, thread = start_http_server(
            address.port, addr=address.host, registry=metrics.registry
        )
    except OSError as error:
        raise AddressTaken(address, error.strerror or str(error)) from error
    try:
        yield metrics, Address(address.host, server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
