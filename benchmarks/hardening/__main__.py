"""
Run parts of the benchmark of the kit.

    python -m benchmarks.hardening breaker retry
"""

import argparse
import sys

from rich.console import Console

from benchmarks.form import show
from benchmarks.hardening import PARTS, rows_of

WIDTH = 140


def main(arguments: list[str]) -> int:
    """Run what is asked for; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hardening")
    parser.add_argument("parts", nargs="+", metavar="PART", choices=PARTS)
    options = parser.parse_args(arguments)
    rows = [row for part in options.parts for row in rows_of(part)]
    show(Console(width=WIDTH), "hardening", rows)
    return int(any(row.holds is False for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
