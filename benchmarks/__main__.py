"""
Run benchmarks.

    python -m benchmarks NAME...           run these
    python -m benchmarks --date 2026-12-01 run all, and write docs/benchmarks.md
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console

from benchmarks import machine, page
from benchmarks.form import Row, show, write

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"
WIDTH = 120
NAMES = (
    "reading",
    "journal",
    "flags",
    "simulation",
    "engine",
    "engine_large",
    "judging",
    "hardening",
)
"""The benchmarks, in the order of the page."""


def main(arguments: list[str]) -> int:
    """Run what is asked for; return 1 when a bar is missed, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--date", help="with no NAME: the day to print on the page")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    console = Console(width=WIDTH)
    rows = [row for name in options.names or NAMES for row in run(name, console)]
    if options.date:
        write_page(options.date)
        console.print(f"wrote {PAGE.relative_to(ROOT)}")
    return int(any(row.holds is False for row in rows))


def run(name: str, console: Console) -> list[Row]:
    """Run one benchmark, print its table and write its file."""
    module = import_module(f"benchmarks.{name}")
    rows = list(module.measure())
    show(console, f"{name}: {title(name)}", rows)
    write(RESULTS / f"{name}.json", rows)
    return rows


def title(name: str) -> str:
    """Return the first line of a benchmark's docstring, without its full stop."""
    text = import_module(f"benchmarks.{name}").__doc__ or name
    return text.strip().splitlines()[0].removesuffix(".")


def write_page(date: str) -> None:
    """Write the page from what the benchmarks wrote."""
    titles = {name: title(name) for name in NAMES}
    text = page.render(RESULTS, titles, date=date, machine=machine.describe())
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
