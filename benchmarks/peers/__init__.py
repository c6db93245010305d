"""What runs in the peers' environment: prints timings as JSON, by candidate."""
