"""
Import contacts by one candidate, or time exports; printed as JSON.

    python -m benchmarks.peers.hardening_csv import CANDIDATE URL FILE
    python -m benchmarks.peers.hardening_csv export

Every candidate but the floor does the same work: phone numbers to E.164 where they are
valid, by rphonenumbers; e-mail addresses checked by a pattern; text without spaces
around it; rows that cannot be imported into a file, with the reason.
"""

import csv
import io
import itertools
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.paired import timings
from hardening.csv import Column, Email, Exporter, Importer, Mapping, Phone, Text
from hardening.csv import phone as quick_phones

COLUMNS = ("phone", "name", "email", "company")
EMAIL = r"^[^\s@,;:<>()\[\]\\\"]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+$"
CONTACTS = Mapping(
    "contacts",
    (
        Column("phone", Phone("US"), required=True),
        Column("name"),
        Column("email", Email(), aliases=("E-Mail",)),
        Column("company"),
    ),
)
TABLE = """
DROP TABLE IF EXISTS contacts;
CREATE TABLE contacts (
    id bigint GENERATED ALWAYS AS IDENTITY, phone text, name text, email text, company text
)
"""
BATCH = 10_000
EXPORTED = 20_000


def main(arguments: list[str]) -> None:
    """Run what the command line asks for."""
    if arguments[0] == "export":
        print(json.dumps(exports()))
        return
    _, name, url, file = arguments
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE)
        connection.execute("CHECKPOINT")
    run = CANDIDATES[name](url, Path(file))
    before = _used()
    started = time.perf_counter()
    run()
    wall_s = time.perf_counter() - started
    after = _used()
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM contacts").fetchone()
    print(
        json.dumps(
            {
                "imported": row and row[0],
                "wall_s": wall_s,
                "cpu_s": after[0] - before[0],
                "grown_mb": (after[1] - before[1]) / 1e3,
            }
        )
    )


def _used() -> tuple[float, int]:
    """Return seconds of CPU, and the highest memory in kB, of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def floor(url: str, file: Path) -> Callable[[], None]:
    """Copy the file as it stands."""

    def run() -> None:
        statement = b"COPY contacts (phone, name, email, company) FROM STDIN (FORMAT csv, HEADER)"
        with (
            psycopg.connect(url) as connection,
            connection.cursor() as cursor,
            file.open("rb") as source,
            cursor.copy(statement) as copy,
        ):
            while piece := source.read(1 << 17):
                copy.write(piece)

    return run


def ours(url: str, file: Path) -> Callable[[], None]:
    """Import by name, with a checkpoint each 100,000 rows."""
    importer = Importer(CONTACTS)
    rejects = file.with_suffix(".rejects.csv")
    _checkpoints(url)

    def run() -> None:
        with psycopg.connect(url) as connection:
            importer.run(file, connection, rejects=rejects, name=f"bench {time.time()}")

    return run


def ours_without(url: str, file: Path) -> Callable[[], None]:
    """Import as `ours`, on a machine that has no rphonenumbers."""

    def missing(region: str | None) -> quick_phones.Library | None:  # noqa: ARG001
        return None

    quick_phones.installed = missing
    return ours(url, file)


def _checkpoints(url: str) -> None:
    """Make the table of checkpoints."""
    from hardening.csv import migrations  # noqa: PLC0415 - not what is timed

    with psycopg.connect(url) as connection:
        for step in migrations():
            connection.execute(step.apply.encode())


def _phone() -> Callable[[str], str | None]:
    """Return what makes E.164 of a number, or None."""
    import rphonenumbers as library  # noqa: PLC0415 - ours does without

    def read(text: str) -> str | None:
        try:
            number = library.parse(text, "US")
        except library.NumberParseException:
            return None
        if not library.is_valid_number(number):
            return None
        return str(library.format_number(number, library.PhoneNumberFormat.E164))

    return read


def _good(file: Path) -> Iterator[dict[str, str | None]]:
    """Yield the rows that can be imported, one by one; write the others."""
    phone, email = _phone(), re.compile(EMAIL)
    with (
        file.open(newline="", encoding="utf-8") as source,
        file.with_suffix(".rejects.csv").open("w", newline="", encoding="utf-8") as bad,
    ):
        reader, writer = csv.reader(source), csv.writer(bad)
        next(reader)
        for row in reader:
            number = phone(row[0])
            address = row[2].strip()
            if number is None or not email.match(address):
                writer.writerow((reader.line_num, "phone or email", *row))
                continue
            yield {
                "phone": number,
                "name": row[1].strip(),
                "email": address,
                "company": row[3].strip(),
            }


def sqlalchemy_core(url: str, file: Path) -> Callable[[], None]:
    """Insert batches by SQLAlchemy Core."""
    import sqlalchemy  # noqa: PLC0415 - one candidate a process

    engine = sqlalchemy.create_engine(url.replace("://", "+psycopg://", 1))
    table = sqlalchemy.table("contacts", *map(sqlalchemy.column, COLUMNS))

    def run() -> None:
        rows = _good(file)
        with engine.begin() as connection:
            while batch := list(itertools.islice(rows, 1_000)):
                connection.execute(sqlalchemy.insert(table), batch)

    return run


def pandas(url: str, file: Path) -> Callable[[], None]:
    """Append chunks by pandas.to_sql."""
    import pandas as pd  # noqa: PLC0415 - one candidate a process
    import sqlalchemy  # noqa: PLC0415 - likewise

    engine = sqlalchemy.create_engine(url.replace("://", "+psycopg://", 1))
    phone, bad = _phone(), file.with_suffix(".rejects.csv")

    def run() -> None:
        for chunk in pd.read_csv(
            file, dtype=str, chunksize=BATCH, keep_default_na=False
        ):
            chunk.columns = list(COLUMNS)
            number = chunk["phone"].map(phone)
            email = chunk["email"].str.strip()
            good = number.notna() & email.str.match(EMAIL)
            chunk[~good].assign(reason="phone or email").to_csv(bad, mode="a")
            frame = chunk.assign(
                phone=number,
                email=email,
                name=chunk["name"].str.strip(),
                company=chunk["company"].str.strip(),
            )[good]
            frame.to_sql(
                "contacts",
                engine,
                if_exists="append",
                index=False,
                method="multi",
                chunksize=1_000,
            )

    return run


def polars(url: str, file: Path) -> Callable[[], None]:
    """Copy batches that polars reads and writes."""
    import polars as pl  # noqa: PLC0415 - one candidate a process

    phone, bad = _phone(), file.with_suffix(".rejects.csv")
    statement = b"COPY contacts (phone, name, email, company) FROM STDIN (FORMAT csv)"

    def run() -> None:
        frames: Any = pl.scan_csv(file, infer_schema=False, new_columns=[*COLUMNS])
        with (
            psycopg.connect(url) as connection,
            connection.cursor() as cursor,
            bad.open("wb") as rejects,
            cursor.copy(statement) as copy,
        ):
            for frame in frames.collect_batches(chunk_size=BATCH):
                done = frame.with_columns(
                    pl.col("phone")
                    .map_elements(phone, return_dtype=pl.String)
                    .alias("e164"),
                    pl.col("name", "email", "company").str.strip_chars(),
                )
                good = pl.col("e164").is_not_null() & pl.col("email").str.contains(
                    EMAIL
                )
                rejects.write(
                    frame.filter(~done.select(good).to_series()).write_csv().encode()
                )
                kept = done.filter(good).select("e164", "name", "email", "company")
                copy.write(kept.write_csv(include_header=False).encode())

    return run


CANDIDATES: dict[str, Callable[[str, Path], Callable[[], None]]] = {
    "floor": floor,
    "ours": ours,
    "ours_without": ours_without,
    "sqlalchemy": sqlalchemy_core,
    "pandas": pandas,
    "polars": polars,
}


def exports() -> dict[str, tuple[float, ...]]:
    """Return the nanoseconds of writing 20,000 contacts, by candidate and round."""
    import defusedcsv.csv as defused  # noqa: PLC0415 - exports only

    companies = itertools.cycle(("Acme", "Blue, Inc.", "=Equal Rights Org", "Hooli"))
    rows = [
        (f"+1{4155550000 + i}", f"Zoë Ray-{i}", f"zoe.{i}@example.org", next(companies))
        for i in range(EXPORTED)
    ]
    kinds: dict[str, Phone | Text | Email] = {
        "Phone": Phone(),
        "Name": Text(),
        "Email": Email(),
        "Company": Text(),
    }
    exporter = Exporter({**kinds})

    return dict(
        timings(
            {
                "the standard library's csv, nothing escaped": lambda: csv.writer(
                    io.StringIO(newline="")
                ).writerows(rows),
                "Exporter": lambda: exporter.run(rows, io.BytesIO()),
                "defusedcsv": lambda: defused.writer(io.StringIO(newline="")).writerows(
                    rows
                ),
            },
            rounds=9,
            number=1,
        ).rounds
    )


if __name__ == "__main__":
    main(sys.argv[1:])
