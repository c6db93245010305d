"""Reading: how fast documents are read, and how well the labelled ones."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from benchmarks.form import Bar, Of, Row
from benchmarks.paired import timings
from gonogo.document.explain import reading_as_json
from gonogo.document.reader.read import read

ROOT = Path(__file__).parents[1]
# Labelled documents of other people, beside a checkout where somebody has them.
SHARED = ROOT.parent / "shared"
# What stands on which line of them, as we labelled it: numbers and kinds, no text.
OURS = ROOT / "tests" / "documents" / "labels"

LINES = 10_000
FLOOR = "markdown-it-py, parse alone"
READ = f"read, {LINES:,} lines"
FOURFOLD = f"read, {4 * LINES:,} lines"
# As long as the longest rollout document that we know of.
EXPLAINED = 1_700
START = "python -c pass"
COMMAND = f"gonogo explain, {EXPLAINED:,} lines, start-up included"

SECTION = """
## Stage {number}: {percent}% of traffic

**Approval:** Engineering Lead, SRE On-Call

- [ ] Take a backup of `orders_{number}`
- [x] Announce the start in the channel
- [ ] Wait 30 minutes

```bash
curl -s http://localhost:8000/health | jq .status
```

Expected: `"healthy"`

```sql
UPDATE settings SET value = '{percent}' WHERE name = 'rollout_{number}';
```

| Metric | Threshold | Actual |
| --- | --- | --- |
| Error rate | < 0.5% | |
| p99 latency | < +15% against the baseline | |
| Queue depth | <= 500 for 10 minutes | |

### Rollback of stage {number}

If the error rate exceeds 5%, within 5 minutes:

1. `./flag set new-orders 0`
2. Tell <your-team>, then wait for the queue to drain.

---
"""


def document(lines: int) -> str:
    """Return a rollout document of about this many lines, as a team would write it."""
    each = SECTION.count("\n")
    sections = (
        SECTION.format(number=number, percent=number % 101)
        for number in range(1, lines // each + 1)
    )
    return "# Rollout of the new orders\n" + "".join(sections)


def measure() -> Iterator[Row]:
    """Yield speed beside a bare parse, growth with length, start-up, accuracy."""
    yield from _speed()
    yield from _start_up()
    if (SHARED / "readings").is_dir():
        yield from _accuracy()


def _speed() -> Iterator[Row]:
    """Yield how fast a generated document is read, and that it stays linear."""
    text, longer = document(LINES), document(4 * LINES)
    data, longer_data = text.encode(), longer.encode()
    parser = MarkdownIt("gfm-like", {"linkify": False})
    taken = timings(
        {
            FLOOR: lambda: parser.parse(text),
            READ: lambda: read(data, name="bench.md"),
            FOURFOLD: lambda: read(longer_data, name="bench.md"),
        },
        rounds=3,
        number=1,
    )
    megabytes = len(data) / 1e6
    for name in (FLOOR, READ):
        against = None if name == FLOOR else FLOOR
        yield Row(
            figure=name,
            value=megabytes / (taken.median_ns(name) / 1e9),
            unit="MB/s",
            against=against,
            ratio=1 / taken.ratio(name, FLOOR) if against else None,
        )
    yield Row(
        figure=FOURFOLD,
        value=taken.median_ns(FOURFOLD) / 1e9,
        unit="s",
        against=READ,
        ratio=taken.ratio(FOURFOLD, READ),
        bar=Bar(Of.VALUE, most=4),
    )
    yield Row(
        figure="growth per line, at four times the length",
        value=taken.ratio(FOURFOLD, READ) / 4,
        unit="times",
        bar=Bar(Of.VALUE, most=1.3),
    )


def _start_up() -> Iterator[Row]:
    """Yield what the whole command takes, beside a Python that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        # Whoever installs compiles once; a checkout may keep no byte code.
        kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        file = Path(folder, "bench.md")
        file.write_text(document(EXPLAINED), encoding="utf-8")

        def run(*arguments: str) -> None:
            subprocess.run(
                [sys.executable, *arguments],
                stdout=subprocess.DEVNULL,
                env=kept,
                check=True,
            )

        taken = timings(
            {
                START: lambda: run("-c", "pass"),
                COMMAND: lambda: run("-m", "gonogo", "explain", str(file)),
            },
            rounds=10,
            number=1,
        )
    yield Row(figure=START, value=taken.median_ns(START) / 1e9, unit="s")
    yield Row(
        figure=COMMAND,
        value=taken.median_ns(COMMAND) / 1e9,
        unit="s",
        against=START,
        ratio=taken.ratio(COMMAND, START),
        bar=Bar(Of.VALUE, most=0.5),
    )


def _accuracy() -> Iterator[Row]:
    """Yield the score of the labelled documents; prints the whole table."""
    with tempfile.TemporaryDirectory() as folder:
        labels, readings = Path(folder, "labels"), Path(folder, "readings")
        labels.mkdir()
        readings.mkdir()
        for label, document in _labelled():
            shutil.copy(label, labels)
            (readings / label.name).write_text(_explained(document), encoding="utf-8")
        tool = SHARED / "tools" / "score_reading.py"
        done = subprocess.run(
            [sys.executable, tool, labels, readings],
            check=True,
            capture_output=True,
            text=True,
        )
    print(done.stdout)
    mean = next(line for line in done.stdout.splitlines() if "mean F1" in line)
    yield Row(
        figure="mean F1 over the kinds, labelled documents",
        value=float(mean.split()[-1]),
        unit="F1",
        bar=Bar(Of.VALUE, least=0.85),
    )


def _labelled() -> Iterator[tuple[Path, Path]]:
    """Yield each label file with its document, of those that are at hand."""
    for label in sorted([*OURS.glob("*.json"), *(SHARED / "readings").glob("*.json")]):
        for folder in (SHARED / "corpus", SHARED / "seeds"):
            document = folder / f"{label.stem}.md"
            if document.exists():
                yield label, document


def _explained(path: Path) -> str:
    """Return the reading of a document as `gonogo explain --json` prints it."""
    reading = read(path.read_bytes(), name=path.name)
    return json.dumps(reading_as_json(reading))
