"""Prompts: what a field costs, beside the normalization that nothing can do without."""

import unicodedata
from collections.abc import Iterator

from benchmarks.form import Row
from benchmarks.paired import timings
from hardening.prompts import FieldRule, Fields, clean

PLAIN = "Acme Incorporated, 17 Main Street, Springfield: wholesale of anvils and rope. "
ODD = "\uff21cme\u200b Inc\u202e \U0001f469\u200d\U0001f52c " * 6
FLOOR = "NFKC alone, 78 plain characters"


def measure() -> Iterator[Row]:
    """Yield the microseconds of a field."""
    rule, notes = FieldRule(), FieldRule(chars_max=4000, lines=True)
    prompt = Fields({"name": rule}).prompt()

    def marked() -> None:
        prompt.data("name", PLAIN)
        prompt.reports.clear()

    calls = {
        FLOOR: lambda: unicodedata.normalize("NFKC", PLAIN),
        "clean, 78 plain characters": lambda: clean(PLAIN, rule),
        "clean, 78 characters with emoji and hidden ones": lambda: clean(ODD, rule),
        "clean, 3,900 plain characters": lambda: clean(PLAIN * 50, notes),
        "Prompt.data, 78 plain characters": marked,
    }
    taken = timings(calls, number=1_000)
    for name in calls:
        against = None if name == FLOOR else FLOOR
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=against,
            ratio=taken.ratio(name, FLOOR) if against else None,
        )
