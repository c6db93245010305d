"""
A log file: entries counted as they are written, through rotation.

    sources:
      log: {kind: log, url: /var/log/shop/api.log}

Queries are regular expressions, or JSON paths over lines of JSON (`matching`). A line
belongs to the time that it names (option `zone`, where that says no zone; option `time`:
the member of a JSON line); a log without times is counted from the first look on, as it
is written. A log that says nothing for three stretches is no data: its service may be
gone. With the option `quiet: true` silence means that nothing happened.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from threading import Lock
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gonogo.adapters.sources.entries import Entry, object_of, stamp, text_of
from gonogo.adapters.sources.following import Followed
from gonogo.adapters.sources.lag import Lag
from gonogo.adapters.sources.matching import NoPattern, Pattern, pattern_of
from gonogo.adapters.sources.opening import Opening
from gonogo.analysis.stretch import STALE, Stretch
from gonogo.ports.source import Point, Series

_TAIL = 8 * 1024 * 1024  # bytes of what is there already that are read
_MOST_BYTES = 64 * 1024 * 1024  # kept; a minute of a busy service has a tenth of it


def opened(opening: Opening) -> "LogSource":
    """Return a source that counts in a log file."""
    return LogSource(opening)


@dataclass(frozen=True, slots=True)
class _Line:
    at: datetime
    line: bytes


class LogSource:
    """
    Answers patterns from the lines of a file.

    Args:
        opening: Its address is the file's path.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        opening.wanted_url()
        self._member, self._zone = opening.options.get("time"), _zone(opening)
        self._quiet = opening.is_set("quiet")
        self._lag = Lag.of(opening, usual_s=0)
        self._file = Followed(opening.path, tail=_TAIL)
        self._lines: list[_Line] = []
        self._bytes = 0
        # Everything after it is known; None while nothing was read.
        self._known_from: datetime | None = None
        self._stamped, self._lock = False, Lock()

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what matches in the lines of the stretch.

        Raises:
            SourceFailed: The file is not there, or the pattern is none.
        """
        try:
            pattern = pattern_of(query)
        except NoPattern as wrong:
            raise self._opening.failed(str(wrong)) from wrong
        stretch = Stretch(self._lag.asked(since), self._lag.asked(until))
        with self._lock:
            self._read_on(stretch.until, time.monotonic() + deadline.total_seconds())
            return tuple(self._answer(pattern, stretch))

    def close(self) -> None:
        """Let go of the file; who asks again begins anew."""
        with self._lock:
            self._file.close()
            self._lines, self._bytes = [], 0
            self._known_from, self._stamped = None, False

    # -- reading -----------------------------------------------------------------

    def _read_on(self, until: datetime, limit_s: float) -> None:
        more = True
        while more:
            if time.monotonic() > limit_s:
                message = (
                    f"{self._opening.path} grows faster than it is read; reading goes "
                    "on at the next look."
                )
                raise self._opening.failed(message)
            more = self._read_some(until)

    def _read_some(self, until: datetime) -> bool:
        first = self._known_from is None
        try:
            new = self._file.read()
        except FileNotFoundError:
            message = f"there is no file {self._opening.path}. Check its `url`."
            raise self._opening.failed(message) from None
        except OSError as error:
            message = f"{self._opening.path} cannot be read: {error.strerror}."
            raise self._opening.failed(message) from error
        kept = list(self._dated(new.lines, None if first else until))
        if first and not new.more:
            self._known_from = self._beginning(kept, until, whole=new.began)
        self._keep(kept)
        return new.more

    def _dated(
        self, lines: Sequence[bytes], arrived: datetime | None
    ) -> Iterator[_Line]:
        """Yield lines with their instants; those without any only once they arrive."""
        last = self._lines[-1].at if self._lines and self._stamped else None
        for line in lines:
            own = stamp(line, member=self._member, zone=self._zone)
            if own is not None:
                self._stamped, last = True, own
            at = last if last is not None else arrived
            if at is not None:
                yield _Line(at, line)

    def _beginning(
        self, kept: Sequence[_Line], until: datetime, *, whole: bool
    ) -> datetime:
        """Return from when on everything is known, after the first reading."""
        if whole and (kept or self._lines):
            return datetime.min.replace(tzinfo=UTC)
        first = next(iter((*self._lines, *kept)), None)
        return until if first is None else first.at

    def _keep(self, lines: Sequence[_Line]) -> None:
        self._lines += lines
        self._bytes += sum(len(line.line) for line in lines)
        drop = 0
        while self._bytes > _MOST_BYTES and drop < len(self._lines):
            self._bytes -= len(self._lines[drop].line)
            self._known_from = self._lines[drop].at
            drop += 1
        del self._lines[:drop]

    # -- answering ---------------------------------------------------------------

    def _answer(self, pattern: Pattern, stretch: Stretch) -> Iterator[Series]:
        until = stretch.until + self._lag.delay
        newest = max((line.at for line in self._lines), default=None)
        if newest is not None and newest > self._opening.now() + stretch.length:
            # It says that the clock by which it is written runs ahead.
            yield Series(points=(Point(newest, 0.0),))
        elif (known := self._known_from) is not None and stretch.since < known:
            yield Series(points=(), notes=(self._too_early(known),))
        elif self._quiet or self._is_alive(stretch):
            yield from pattern.series(self._inside(stretch), until=until)
        elif newest is not None:
            # As old as it is, it says since when there is silence.
            yield Series(points=(Point(newest + self._lag.delay, 0.0),))

    def _too_early(self, known_from: datetime) -> str:
        return (
            f"{self._opening.path} is known only from "
            f"{known_from.astimezone(UTC):%H:%M:%S} UTC on; the next look counts."
        )

    def _is_alive(self, stretch: Stretch) -> bool:
        oldest = stretch.until - STALE * stretch.length
        return any(oldest < line.at <= stretch.until for line in self._lines)

    def _inside(self, stretch: Stretch) -> Iterator[Entry]:
        for line in self._lines:
            if stretch.since < line.at <= stretch.until:
                text = text_of(line.line)
                yield Entry(line.at + self._lag.delay, text, object_of(text))


def _zone(opening: Opening) -> tzinfo:
    name = opening.options.get("zone", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"its option `zone` is '{name}', which names no time zone."
        raise opening.failed(message) from error
