"""The page: docs/benchmarks.md, rendered from what the benchmarks wrote."""

import json
from pathlib import Path

from benchmarks.form import HEADINGS, cells

HEAD = """# Benchmarks

Every figure is taken beside its peer or floor in the same run, on one machine, in
paired rounds; the ratio is the median over the rounds. A floor is what a careful person
writes by hand for this one case. Peers are installed in an environment of their own.

Written by `make bench` on {date}: {machine}.
"""


def render(results: Path, titles: dict[str, str], *, date: str, machine: str) -> str:
    """
    Return the page.

    Args:
        results: The folder with one JSON file for each benchmark.
        titles: The benchmarks by name, in the order of the page.
        date: The day they ran, as it is to be printed.
        machine: What they ran on.
    """
    sections = [HEAD.format(date=date, machine=machine)]
    for name, title in titles.items():
        path = results / f"{name}.json"
        if path.exists():
            rows = json.loads(path.read_text("utf-8"))
            sections.append(f"## {title}\n\n`make bench-{name}`\n\n{_table(rows)}")
    return "\n".join(sections)


def _table(rows: list[dict[str, object]]) -> str:
    """Return the rows as a Markdown table."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
