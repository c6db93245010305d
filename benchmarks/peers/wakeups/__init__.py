"""
Wake-ups from a table or a queue in PostgreSQL: what one would do without an engine.

At each wake-up a worker keeps a row in `woken` and asks for the next, a cadence later,
in one transaction. Nothing is decided and nothing is measured: less than an engine does.
"""
