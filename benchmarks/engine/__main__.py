"""
Run parts of the engine's benchmark.

    python -m benchmarks.engine sqlite --profile    where the engine spends its time
    python -m benchmarks.engine sqlite --large      100,000 rollouts, every 5 minutes
    python -m benchmarks.engine postgres peers commands
"""

import argparse
import sys
from collections.abc import Iterator

from rich.console import Console

from benchmarks.engine import commands, rows
from benchmarks.engine.soaking import LARGE, Soaking
from benchmarks.form import Row, show

PARTS = ("sqlite", "postgres", "peers", "commands")
WIDTH = 120


def main(arguments: list[str]) -> int:
    """Run what is asked for; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine")
    parser.add_argument("parts", nargs="+", metavar="PART", choices=PARTS)
    parser.add_argument("--large", action="store_true", help=str(LARGE))
    parser.add_argument("--profile", action="store_true", help="print one, of ours")
    options = parser.parse_args(arguments)
    load = LARGE if options.large else rows.SOAKING
    told = ("--profile",) if options.profile else ()
    found: list[Row] = []
    for part in options.parts:
        found += _run(part, load, told)
    show(Console(width=WIDTH), "engine", found)
    return int(any(row.holds is False for row in found))


def _run(part: str, load: Soaking, told: tuple[str, ...]) -> Iterator[Row]:
    match part:
        case "sqlite":
            return rows.alone(load, *told)
        case "postgres":
            return rows.shared(load, *told)
        case "peers":
            return rows.beside_peers(load)
        case _:
            return commands.measure()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
