"""CSV: contacts into PostgreSQL and out again, beside what people use for it."""

import csv
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.form import Bar, Of, Row
from benchmarks.hardening import in_peers_environment
from gonogo.testing.postgres import private_postgres

MODULE = "benchmarks.peers.hardening_csv"
FEW = 100_000
"""What slow peers get, and ours beside them: their rate is the same for a tenth."""

ALL = 1_000_000
ROUNDS = 3
PEERS = ("polars", "pandas", "sqlalchemy")
COMPANIES = (
    "Acme",
    "Harbour & Sons",
    "Northwind",
    "Soylent",
    "=Equal Rights Org",
    "Blue, Inc.",
    'The "Q" Shop',
    "Two\nLines Ltd",
)
FIRST = ("Ada", "Bo", "Chen", "Fatou", "Inês", "Jürgen", "Noor", "Piotr")
LAST = ("Brown", "Castro", "Fuchs", "Gómez", "Ito", "Novák", "王")
FLOOR = "raw COPY"
AREAS = (212, 303, 312, 415, 617, 650)


def measure() -> Iterator[Row]:
    """Yield speeds of imports and exports, and the memory of an import."""
    with tempfile.TemporaryDirectory() as folder, private_postgres() as server:
        url = server.create_database("bench")
        whole, part = Path(folder) / "all.csv", Path(folder) / "few.csv"
        _write(whole, contacts(ALL))
        _write(part, contacts(FEW))
        yield from _against_the_floor(url, whole)
        yield from _against_peers(url, part)
    yield from _exports()


def contacts(count: int) -> Iterator[tuple[str, str, str, str]]:
    """
    Yield contacts as people keep them.

    Seven in ten numbers are E.164, 14 % British, 15 % American as they are written
    there, 1 % none; British ones are drawn from all that begin alike, so that some are
    not valid. Three of eight companies need quotes, one of them has a line end.
    """
    dice = Random(3)
    for number in range(count):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        email = f"{first.lower()}.{number}@example{dice.randrange(1000)}.com"
        yield _phone(dice), f"{first} {last}", email, dice.choice(COMPANIES)


def _phone(dice: Random) -> str:
    """Return a number as somebody wrote it."""
    form, local = dice.random(), str(dice.randrange(2_000_000, 9_999_999))
    area = dice.choice(AREAS)
    if form < 0.7:  # noqa: PLR2004 - the shares are those of the docstring
        return f"+1{area}{local}"
    if form < 0.84:  # noqa: PLR2004 - likewise
        return f"+44 7{local[:3]} {local[1:]}"
    if form < 0.99:  # noqa: PLR2004 - likewise
        return f"({area}) {local[:3]}-{local[3:]}"
    return dice.choice(("n/a", "12", "+1 999"))


def _write(path: Path, rows: Iterator[tuple[str, ...]]) -> None:
    """Write a file of contacts, a batch at a time."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("Phone", "Name", "E-Mail", "Company"))
        while batch := list(islice(rows, 10_000)):
            writer.writerows(batch)


def _against_the_floor(url: str, file: Path) -> Iterator[Row]:
    """Yield a million rows, ours and raw, each round one after the other."""
    floor, ours = [], []
    for _ in range(ROUNDS):
        floor.append(_once("floor", url, file))
        ours.append(_once("ours", url, file))
    speeds = [ALL / run["wall_s"] for run in ours]
    against = [ALL / run["wall_s"] for run in floor]
    pairs = zip(speeds, against, strict=True)
    yield Row(
        figure="csv: 1,000,000 contacts, normalised, rejects listed",
        value=median(speeds),
        unit="rows/s",
        against=FLOOR,
        ratio=median(mine / raw for mine, raw in pairs),
        bar=Bar(Of.RATIO, least=0.6),
    )
    yield Row(figure=f"csv: {FLOOR}", value=median(against), unit="rows/s")
    yield Row(
        figure="csv: memory that the import of 1,000,000 adds",
        value=max(run["grown_mb"] for run in ours),
        unit="MB",
        bar=Bar(Of.VALUE, most=10),
    )


def _against_peers(url: str, file: Path) -> Iterator[Row]:
    """Yield rows per second of CPU in the importing process, and how far ours is ahead."""
    names = ("ours", *PEERS)
    runs = [{name: _rate(name, url, file) for name in names} for _ in range(ROUNDS)]
    for name in PEERS:
        yield Row(
            figure="csv: contacts a second of CPU",
            value=median(run["ours"] for run in runs),
            unit="rows/CPU-s",
            against=f"{name}, {median(run[name] for run in runs):,.0f}",
            ratio=median(run["ours"] / run[name] for run in runs),
            bar=Bar(Of.RATIO, least=1),
        )
    yield Row(
        figure="csv: contacts a second of CPU, without rphonenumbers",
        value=_rate("ours_without", url, file),
        unit="rows/CPU-s",
    )


def _rate(name: str, url: str, file: Path) -> float:
    """Return rows per second of CPU."""
    return FEW / float(_once(name, url, file)["cpu_s"])


def _once(name: str, url: str, file: Path) -> Any:  # noqa: ANN401 - JSON
    """Return what one import took, in a process of its own."""
    return in_peers_environment(MODULE, "import", name, url, str(file))


def _exports() -> Iterator[Row]:
    """Yield what an export costs."""
    taken = in_peers_environment(MODULE, "export")
    plain, *others = taken
    for name in others:
        pairs = zip(taken[name], taken[plain], strict=True)
        yield Row(
            figure=f"csv: a row exported, {name}",
            value=median(taken[name]) / 20_000,
            unit="ns",
            against=plain,
            ratio=median(mine / raw for mine, raw in pairs),
        )


if __name__ == "__main__":
    sys.exit("type: python -m benchmarks.hardening csv")
