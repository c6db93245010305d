"""CSV: users upload small files of contacts, some rows of which are no good."""

import itertools
from collections.abc import Mapping as Readings
from pathlib import Path

from psycopg_pool import ConnectionPool

from hardening.csv import Column, Importer, Integer, Mapping, Phone, Text

from .piece import Piece, pct, rate_pct, total
from .place import Place

ROWS = 20
_SETUP = "create table contacts (phone text, name text)"
_MB = 2**20


class Service(Piece):
    """Imports files; broken, customers are to have numbers for names."""

    def __init__(self, place: Place) -> None:
        pool = ConnectionPool(
            place.postgres(), min_size=1, open=False, kwargs={"autocommit": True}
        )
        self._pool = place.keep(pool)
        with self._pool.connection() as connection:
            connection.execute(_SETUP)
        self._importer = Importer(_contacts(place), switch=place.switch)
        self._rejects = place.folder / "rejects.csv"
        self._numbers = itertools.count(1)
        self._used_at_start = 0

    def serve(self, user: str) -> None:
        """Import a file of a user; one in fifty has a row that cannot be imported."""
        number = next(self._numbers)
        with self._pool.connection() as connection:
            self._importer.run(
                [_file(number)],
                connection,
                rejects=self._rejects,
                name=f"{user}-{number}",
            )
        self._used_at_start = self._used_at_start or _resident()

    def readings(self) -> Readings[str, float]:
        """Return how imports ended, what was rejected, and how the process grew."""
        measures = tuple(self._importer.measures())
        ends = "hardening_csv_imports"
        stopped = total(measures, ends, switch="on", end="stopped")
        rejected, imported = (
            total(measures, f"hardening_csv_rows_{what}", switch="on")
            for what in ("rejected", "imported")
        )
        disagreements = total(measures, "hardening_csv_phone_disagreements")
        return {
            "csv_imports_stopped_pct": pct(stopped, total(measures, ends, switch="on")),
            "csv_rows_rejected_pct": rate_pct(rejected, rejected + imported, least=100),
            "csv_phone_disagreements": disagreements,
            "csv_memory_growth_mb": (_resident() - self._used_at_start) / _MB,
        }


def _contacts(place: Place) -> Mapping:
    """Return what the files are to hold."""
    phone = Column("phone", Phone("US"), required=True)
    name = Column("name", Integer() if place.is_broken else Text())
    return Mapping("contacts", (phone, name))


def _file(number: int) -> bytes:
    """Return a file; as for the plain COPY of old, its columns are the table's."""
    is_odd = number % 50 == 0
    rows = [
        f"{'' if is_odd and not row else f'+1415555{2000 + row}'},Customer {row}"
        for row in range(ROWS)
    ]
    return "\n".join(("phone,name", *rows, "")).encode()


def _resident() -> int:
    """Return how many bytes of memory the process holds."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096
