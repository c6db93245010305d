"""
A CSV file that grows: what was counted or read when, one row each.

    sources:
      numbers: {kind: csv, url: measured.csv}

The first line names the columns. A column called `time` (or `at`, `timestamp`) dates
the row: ISO 8601, or Unix time. Either the file is long: a column `value`, perhaps one
called `metric`, and labels (`le` is the upper bound of a bucket); or it is wide: a
column for each metric. A query is a name and labels: `errors{arm="canary"}`. A row
says what was counted *since the row before it*; with the option `counter: true` it
says what was counted since ever.
"""

import csv
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from gonogo.adapters.sources.counters import risen
from gonogo.adapters.sources.following import Followed
from gonogo.adapters.sources.instants import instant_of, worth_telling
from gonogo.adapters.sources.lag import number
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.selector import NoSelector, Selector, parsed
from gonogo.analysis.many import INSTANCES
from gonogo.analysis.stretch import STALE, Stretch
from gonogo.ports.source import Point, Series, SourceFailed

_MOST_ROWS = 200_000  # kept; a day of looks a minute at a hundred series
_TIMES = ("time", "at", "timestamp", "datetime", "date", "ts")
_VALUE, _METRICS = "value", ("metric", "name")


def opened(opening: Opening) -> "CsvSource":
    """Return the source of a CSV file."""
    return CsvSource(opening)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: which line it is, its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class _Table:
    """The rows kept, by time."""

    columns: Sequence[str] = ()
    times: list[datetime] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    dropped_until: datetime | None = None

    def add(self, at: datetime, row: _Row) -> None:
        place = bisect_right(self.times, at)
        self.times.insert(place, at)
        self.rows.insert(place, row)
        if len(self.rows) > _MOST_ROWS * 1.1:
            drop = len(self.rows) - _MOST_ROWS
            self.dropped_until = self.times[drop - 1]
            del self.times[:drop], self.rows[:drop]

    def around(
        self, oldest: datetime, until: datetime
    ) -> Iterator[tuple[datetime, _Row]]:
        """
        Yield what lies from `oldest` to `until`, or the newest rows before it.

        The very last row is told as well: it says whether the file's clock runs ahead.
        Others behind `until` are not: who looks back at a long file asks often.
        """
        first, end = bisect_left(self.times, oldest), bisect_right(self.times, until)
        if first == end:
            # Nothing is there; the rows before say since when.
            before = self.times[first - 1] if first else oldest
            first = bisect_left(self.times, before)
        yield from zip(self.times[first:end], self.rows[first:end], strict=True)
        if end < len(self.times):
            yield self.times[-1], self.rows[-1]


class CsvSource:
    """
    Answers selectors from the rows of a file.

    Args:
        opening: Its address is the file's path.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        opening.wanted_url()
        self._counter = opening.is_set("counter")
        self._file = Followed(opening.path)
        self._table, self._line = _Table(), 0
        self._lock = Lock()

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return the values of the rows that the query selects.

        Raises:
            SourceFailed: The file is not there, or holds what cannot be read.
        """
        stretch = Stretch(since, until)
        with self._lock:
            self._read_on(time.monotonic() + deadline.total_seconds())
            found = self._selected(query, stretch)
        now = self._opening.now()
        if self._counter:
            return tuple(risen(each, stretch, now=now) for each in found)
        return tuple(
            Series(
                points=worth_telling(each.points, stretch, now=now), labels=each.labels
            )
            for each in found
        )

    def close(self) -> None:
        """Let go of the file; who asks again begins anew."""
        with self._lock:
            self._file.close()
            self._table, self._line = _Table(), 0

    # -- reading -----------------------------------------------------------------

    def _read_on(self, limit_s: float) -> None:
        more = True
        while more:
            if time.monotonic() > limit_s:
                path = self._opening.path
                message = f"{path} is long; reading goes on at the next look."
                raise self._opening.failed(message)
            more = self._read_some()

    def _read_some(self) -> bool:
        try:
            new = self._file.read()
        except FileNotFoundError:
            message = f"there is no file {self._opening.path}. Check its `url`."
            raise self._opening.failed(message) from None
        except OSError as error:
            message = f"{self._opening.path} cannot be read: {error.strerror}."
            raise self._opening.failed(message) from error
        if new.began:
            # A file that is written anew says everything again.
            self._table, self._line = _Table(), 0
        lines = (line.decode("utf-8-sig", "replace") for line in new.lines)
        wrong = [text for cells in csv.reader(lines) if (text := self._take(cells))]
        if wrong:
            message = f"{self._opening.path} {wrong[0]} The line is left out."
            raise self._opening.failed(message)
        return new.more

    def _take(self, cells: Sequence[str]) -> str:
        """Take a line in; return what is wrong with it."""
        self._line += 1
        if not cells:
            return ""
        if not self._table.columns:
            self._table.columns = tuple(cell.strip() for cell in cells)
            return ""
        if len(cells) != len(self._table.columns):
            wanted = len(self._table.columns)
            return f"has {len(cells)} cells in line {self._line}, not {wanted}."
        row = dict(zip(self._table.columns, map(str.strip, cells), strict=True))
        at = instant_of(row[self._time_column()])
        if at is None:
            return f"has no time in line {self._line}: '{row[self._time_column()]}'."
        self._table.add(at, _Row(self._line, row))
        return ""

    def _time_column(self) -> str:
        columns = self._table.columns
        return next((c for c in columns if c.lower() in _TIMES), columns[0])

    # -- answering ---------------------------------------------------------------

    def _selected(self, query: str, stretch: Stretch) -> list[Series]:
        """Return all values that a look may need, by label."""
        try:
            selector = parsed(query)
        except NoSelector as wrong:
            raise self._opening.failed(str(wrong)) from wrong
        if selector.count or selector.otherwise is not None:
            message = "a file's rows are asked by name and labels only."
            raise self._opening.failed(message)
        if not self._table.columns:
            return []
        column, name_column, labelled = self._form(selector)
        oldest = min(stretch.until - STALE * stretch.length, stretch.since)
        self._check_kept(oldest)
        points: dict[tuple[tuple[str, str], ...], list[Point]] = {}
        for at, row in self._table.around(oldest, stretch.until):
            if name_column and row.cells[name_column] != selector.name:
                continue
            if selector.matches(selector.name, row.cells):
                key = tuple((label, row.cells[label]) for label in labelled)
                points.setdefault(key, []).extend(self._points(at, row, column))
        return [Series(points=found, labels=dict(key)) for key, found in points.items()]

    def _form(self, selector: Selector) -> tuple[str, str | None, Sequence[str]]:
        """Return the column of the value, of the metric's name, and those of labels."""
        columns = self._table.columns
        unknown = [label for label, _ in selector.matchers if label not in columns]
        if unknown:
            raise self._no_column(unknown[0])
        if selector.name in columns:
            return selector.name, None, self._labels_of_wide(selector)
        names = next((c for c in columns if c.lower() in _METRICS), None)
        if _VALUE not in columns or names is None:
            raise self._no_column(selector.name)
        known = {self._time_column(), _VALUE, names}
        labels = [column for column in columns if column not in known]
        return _VALUE, names, labels

    def _labels_of_wide(self, selector: Selector) -> Sequence[str]:
        if selector.name == _VALUE:
            known = {self._time_column(), _VALUE}
            return [column for column in self._table.columns if column not in known]
        kept = {*(label for label, _ in selector.matchers), "le", *INSTANCES}
        return [column for column in self._table.columns if column in kept]

    def _no_column(self, name: str) -> SourceFailed:
        columns = ", ".join(self._table.columns)
        message = f"{self._opening.path} has no column '{name}'; it has {columns}."
        return self._opening.failed(message)

    def _check_kept(self, oldest: datetime) -> None:
        dropped = self._table.dropped_until
        if dropped is not None and oldest <= dropped:
            message = (
                f"of {self._opening.path} only the newest {_MOST_ROWS:,} rows are "
                f"kept, those after {dropped.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC. "
                "Split the file."
            )
            raise self._opening.failed(message)

    def _points(self, at: datetime, row: _Row, column: str) -> Iterator[Point]:
        cell = row.cells[column]

        def failed(what: str) -> SourceFailed:
            where = f"line {row.line}, column '{column}'"
            return self._opening.failed(f"{self._opening.path}, {where}, {what}")

        value = number(cell, failed) if cell else None
        if value is not None:
            yield Point(at, value)
