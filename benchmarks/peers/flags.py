"""Time a look-up of a 5 % flag: ours, by hand, and flagd's evaluator in Python."""

import json
import sys
from itertools import cycle

import mmh3
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext

from benchmarks.paired import timings
from gonogo_flags import Snapshot

NAME = "new-checkout"
KEYS = tuple(f"user-{number}" for number in range(4096))
DOCUMENT = {
    "flags": {
        NAME: {
            "state": "ENABLED",
            "variants": {"on": True, "off": False},
            "defaultVariant": "off",
            "targeting": {"fractional": [["on", 5], ["off", 95]]},
        },
        "killed": {
            "state": "ENABLED",
            "variants": {"on": True, "off": False},
            "defaultVariant": "off",
        },
    }
}


def main() -> None:
    """Print the nanoseconds of each round, by candidate."""
    text = json.dumps(DOCUMENT)
    snapshot, core = Snapshot.parse(text), FlagdCore()
    core.set_flags(text)
    key = cycle(KEYS).__next__
    threshold = 5 * 2**32 // 100

    def by_hand() -> bool:
        place: int = mmh3.hash(NAME + key(), 0, signed=False)
        return place < threshold

    def flagd() -> object:
        context = EvaluationContext(key())
        return core.resolve_boolean_value(NAME, default_value=False, ctx=context)

    taken = timings(
        {
            "one murmur3 and one comparison": by_hand,
            "gonogo_flags is_on": lambda: snapshot.is_on(NAME, key()),
            "gonogo_flags is_on, a killed flag": lambda: snapshot.is_on(
                "killed", key()
            ),
            "openfeature-flagd-core": flagd,
        },
        number=5_000,
    )
    json.dump(taken.rounds, sys.stdout)


if __name__ == "__main__":
    main()
