"""Telemetry: traces, metrics, logs and CDEvents of an engine."""
