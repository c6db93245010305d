"""
The journal of systemd: entries counted, read with `journalctl`.

    sources:
      journal: {kind: journald, options: {unit: shop-api.service}}

Queries are regular expressions over the message, or JSON paths over the entry's fields
(`matching`); a message that is JSON is followed into. Options: `unit`, `identifier`,
`directory` (of another journal), and `quiet: true`, by which silence means that nothing
happened. Else a journal that says nothing for three stretches is no data.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock

from gonogo.adapters.sources.asking import Late
from gonogo.adapters.sources.entries import Entry, object_of, text_of
from gonogo.adapters.sources.matching import NoPattern, Pattern, pattern_of
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.within import GIVE_LONGER, within
from gonogo.analysis.stretch import STALE, Stretch
from gonogo.ports.source import Point, Series

_MOST_BYTES = 32 * 1024 * 1024
_MOST_ENTRIES = 100_000
_FILTERS = ("unit", "identifier", "directory")


def opened(opening: Opening) -> "JournaldSource":
    """Return a source that counts in the journal."""
    return JournaldSource(opening)


class JournaldSource:
    """
    Answers patterns from the journal's entries.

    Args:
        opening: Has no address; its options say which entries.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._quiet = opening.is_set("quiet")
        self._filters = tuple(
            f"--{name}={opening.options[name]}"
            for name in _FILTERS
            if name in opening.options
        )

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what matches in the entries of the stretch.

        Raises:
            SourceFailed: The journal cannot be read, or the pattern is none.
        """
        try:
            pattern = pattern_of(query)
        except NoPattern as wrong:
            raise self._opening.failed(str(wrong)) from wrong
        stretch = Stretch(since, until)
        return tuple(self._answer(pattern, self._entries(stretch, deadline), stretch))

    def _answer(
        self, pattern: Pattern, entries: Sequence[Entry], stretch: Stretch
    ) -> Iterator[Series]:
        oldest = stretch.until - STALE * stretch.length
        alive = [entry for entry in entries if oldest < entry.at <= stretch.until]
        if alive or self._quiet:
            own = (entry for entry in alive if entry.at > stretch.since)
            yield from pattern.series(own, until=stretch.until)
        elif entries:
            yield Series(points=(Point(entries[-1].at, 0.0),))

    def _entries(self, stretch: Stretch, deadline: timedelta) -> list[Entry]:
        """Return the entries that say something about a stretch, oldest first."""
        reading = _Reading((*_command(stretch), *self._filters))
        try:
            lines = within(deadline, reading.run, end=reading.end)
        except FileNotFoundError as missing:
            message = "there is no journalctl here. Read the log from a file instead."
            raise self._opening.failed(message) from missing
        except (OSError, _Refused) as error:
            message = f"the journal cannot be read: {error}."
            raise self._opening.failed(message) from error
        except Late as late:
            message = (
                "journalctl did not end within its deadline of "
                f"{deadline.total_seconds():g} s. Ask for one unit, or {GIVE_LONGER}."
            )
            raise self._opening.failed(message) from late
        if len(lines) > _MOST_ENTRIES:
            message = f"more than {_MOST_ENTRIES:,} entries. Ask for one unit."
            raise self._opening.failed(message)
        return [entry for line in lines if (entry := _entry(line)) is not None]


def _command(stretch: Stretch) -> tuple[str, ...]:
    oldest = stretch.until - STALE * stretch.length
    return (
        "journalctl",
        "--output=json",
        "--no-pager",
        "--quiet",
        f"--since=@{int(min(oldest, stretch.since).timestamp())}",
        # A second more: whole ones are asked for, and the rest is left out.
        f"--until=@{int(stretch.until.timestamp()) + 1}",
        f"--lines={_MOST_ENTRIES + 1}",
    )


class _Refused(Exception):
    """journalctl ended with an error; says which."""


class _Reading:
    """One run of journalctl."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._ended, self._lock = False, Lock()

    def run(self) -> list[bytes]:
        """Return the lines that it prints."""
        with self._lock:
            if self._ended:
                return []
            self._process = subprocess.Popen(  # noqa: S603 - no shell, and no words
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        with self._process as process:
            assert process.stdout is not None  # noqa: S101
            assert process.stderr is not None  # noqa: S101
            output = process.stdout.read(_MOST_BYTES + 1)
            if len(output) > _MOST_BYTES:
                process.kill()
                message = f"it holds more than {_MOST_BYTES // 1024**2} MiB"
                raise _Refused(message)
            said = process.stderr.read(1_000).decode("utf-8", "replace").strip()
        if process.returncode:
            raise _Refused(said.partition("\n")[0].rstrip(".") or "no reason given")
        return output.splitlines()

    def end(self) -> None:
        """End it, from another thread."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()


def _entry(line: bytes) -> Entry | None:
    try:
        fields = json.loads(line)
        at_us = int(fields["__REALTIME_TIMESTAMP"])
    except (ValueError, KeyError, TypeError):
        return None
    text = _message(fields.get("MESSAGE"))
    inside = object_of(text)
    held = fields if inside is None else {**fields, "MESSAGE": inside}
    return Entry(datetime.fromtimestamp(at_us / 1e6, UTC), text, held)


def _message(message: object) -> str:
    """Return a message as text; one that is not UTF-8 comes as a list of bytes."""
    match message:
        case str():
            return text_of(message.encode())
        case list():
            return text_of(bytes(b for b in message if isinstance(b, int) and b < 256))  # noqa: PLR2004
        case _:
            return ""
