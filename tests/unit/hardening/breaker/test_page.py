"""The page's own examples run, and its lists are complete."""

import asyncio
import re
from pathlib import Path

from hardening.breaker import (
    Breaker,
    CircuitBreakerEvent,
    Circuits,
    FailureRate,
    Policy,
)

PAGE = Path(__file__).parents[4] / "docs/hardening/breaker.md"
TEXT = PAGE.read_text("utf-8")


def test_the_first_example_runs():
    """Whoever copies it gets an answer."""
    code = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
    body = "".join(f"    {line}\n" for line in code.splitlines())

    async def fetch_later(path):
        await asyncio.sleep(0)
        return path

    names = {"fetch": str, "fetch_later": fetch_later}
    exec(f"async def main():\n{body}    return answer, lookup(3)\n", names)  # noqa: S102
    assert ("lookups/17", "lookups/3") == asyncio.run(names["main"]())


def test_every_event_and_every_measure_is_on_the_page():
    """Somebody searches for a name at night and finds it."""
    names = [event.event for event in CircuitBreakerEvent.__args__]
    names += [measure.name for measure in Breaker("x").measures()]
    assert [] == [name for name in names if f"`{name}`" not in TEXT]


def test_the_defaults_on_the_page_are_those_of_the_code():
    """The table is what people tune by."""
    assert (5, None, 60.0, 1, None) == (
        Policy().failures,
        Policy().rate,
        Policy().cool_off_s,
        Policy().probes,
        Policy().probe_s,
    )
    assert FailureRate(share=0.5, calls=100, within_s=60, least=20) == FailureRate()
    assert "FailureRate(share=0.5, calls=100, within_s=60, least=20)" in TEXT
    assert Circuits(policies={"twilio": Policy(failures=3)}).get("twilio")
