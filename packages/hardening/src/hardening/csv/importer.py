"""The importer: a CSV into a table of PostgreSQL, batch by batch, resumable by name."""

import os
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardening.core import (
    Clock,
    Listener,
    Measure,
    Switch,
    SystemClock,
    always_on,
    ignore,
    require,
)
from hardening.csv.checkpoint import Checkpoint
from hardening.csv.counts import Counts, measures_of
from hardening.csv.encoding import chosen
from hardening.csv.events import (
    CsvEvent,
    CsvImportFinished,
    CsvImportStarted,
    CsvImportStopped,
    PhoneLibraryDisagreed,
)
from hardening.csv.layout import Layout, lay_out
from hardening.csv.mapping import Mapping
from hardening.csv.plain import PlainReading
from hardening.csv.reading import Position, Reading
from hardening.csv.records import Form, Limits
from hardening.csv.rejects import RejectsFile, require_apart
from hardening.csv.rows import RowReader, copy_statement, phone_readers, readers
from hardening.csv.source import Bytes, Head, opened, opened_async
from hardening.csv.work import RejectLimits, Report, Work, report

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

BATCH_ROWS = 100_000
"""A commit takes some milliseconds, a batch half a second; a crash costs half a batch."""

_CLOCK = SystemClock()
_LIMITS = Limits()
_REJECT_LIMITS = RejectLimits()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of an import before its first row."""

    head: Head
    layout: Layout
    name: str | None
    rejects: Path
    on: bool


@dataclass(slots=True)
class _Seen:
    """
    Up to where an import is kept and was counted.

    Attributes:
        counts: Where it is counted.
        on: Whether the switch was on when the import began.
        position: Up to where.
    """

    counts: Counts
    on: bool
    position: Position = field(default_factory=lambda: Position(0, 0))


class Importer:
    """
    Imports CSVs with one mapping; shared freely between threads.

    Args:
        mapping: The table, its columns and their headings.
        limits: What one record may take.
        reject_limits: When to stop because too much is rejected; the default never
            does.
        batch_rows: A named import commits after so many rows.
        encoding: Python's name of it; None decides by the first bytes of each source.
        delimiter: Between cells; None decides by the header of each source.
        listener: Told of beginnings, progress, ends, and of a phone library that errs.
        progress_s: Tells of progress at most once in so many seconds.
        switch: Off sends the rows to PostgreSQL as they stand, in one transaction:
            nothing is checked, rejected or resumed.
        clock: Measures the speed.

    Raises:
        InvalidSetting: One of them, or a kind's, is wrong; it names the field.
    """

    def __init__(
        self,
        mapping: Mapping,
        *,
        limits: Limits = _LIMITS,
        reject_limits: RejectLimits = _REJECT_LIMITS,
        batch_rows: int = BATCH_ROWS,
        encoding: str | None = None,
        delimiter: str | None = None,
        listener: Listener[CsvEvent] = ignore,
        progress_s: float = 1.0,
        switch: Switch = always_on,
        clock: Clock = _CLOCK,
    ) -> None:
        require("Importer.batch_rows", batch_rows, "1 or more", holds=batch_rows >= 1)
        require("Importer.progress_s", progress_s, "0 or more", holds=progress_s >= 0)
        if encoding is not None:
            chosen(encoding)
        rule = "one character that is no quote, letter, digit or line end, or None"
        holds = delimiter is None or _separates(delimiter)
        require("Importer.delimiter", delimiter, rule, holds=holds)
        self._mapping = mapping
        self._limits = limits
        self._reject_limits = reject_limits
        self._batch_rows = batch_rows
        self._encoding = encoding
        self._delimiter = delimiter
        self._listener = listener
        self._progress_s = progress_s
        self._switch = switch
        self._clock = clock
        self._disagreements = 0
        self._counts = {True: Counts(), False: Counts()}
        self._phones = phone_readers(mapping, self._disagreed)
        self._readers = readers(mapping, self._phones)

    def run(
        self,
        source: Bytes,
        connection: "Connection[Any]",
        *,
        rejects: str | os.PathLike[str],
        name: str | None = None,
    ) -> Report:
        """
        Import a source.

        Args:
            source: A path, a file opened to read bytes, or pieces of bytes.
            connection: Of psycopg. With a name, outside a transaction.
            rejects: The file for rows that cannot be imported; written anew, once no
                other process has the import.
            name: Of the import. Each batch is then committed together with its
                checkpoint, and to call this again with the same name and source goes
                on where it stopped, or returns the counts when it had finished. None
                imports all in one transaction.

        Raises:
            CsvError: One of its kinds; a batch that was not committed is rolled back.
            InvalidSetting: The rejects file is the source, or the name is empty.
            OSError: The source cannot be opened.
        """
        from hardening.csv.database import begin, store  # noqa: PLC0415 - loads psycopg

        with self._apart(source, rejects, name) as seen, opened(source) as given:
            plan, at = self._plan(given.first, rejects, name, on=seen.on), Checkpoint()
            if plan.name is not None:
                at = begin(connection, plan.name, plan.head)
            if at.finished:
                return self._done(plan, at)
            with self._work(plan, at, seen) as work:
                pieces = given.after(work.reading.position.offset)
                while not work.ended:
                    store(connection, work, pieces)
                    self._count(work, seen)
                return work.report()

    async def run_async(
        self,
        source: Bytes | AsyncIterable[bytes],
        connection: "AsyncConnection[Any]",
        *,
        rejects: str | os.PathLike[str],
        name: str | None = None,
    ) -> Report:
        """
        Import a source, as `run` does, while others run.

        Args:
            source: As for `run`, or pieces of bytes that are awaited.
            connection: Of psycopg's asynchronous kind.
            rejects: As for `run`.
            name: As for `run`.
        """
        from hardening.csv.database import (  # noqa: PLC0415 - loads psycopg
            begin_async,
            store_async,
        )

        with self._apart(source, rejects, name) as seen:
            async with opened_async(source) as given:
                plan, at = (
                    self._plan(given.first, rejects, name, on=seen.on),
                    Checkpoint(),
                )
                if plan.name is not None:
                    at = await begin_async(connection, plan.name, plan.head)
                if at.finished:
                    return self._done(plan, at)
                with self._work(plan, at, seen) as work:
                    pieces = given.after(work.reading.position.offset)
                    while not work.ended:
                        await store_async(connection, work, pieces)
                        self._count(work, seen)
                    return work.report()

    def measures(self) -> Iterable[Measure]:
        """Return what was counted, over all imports of this importer."""
        labels = (("table", self._mapping.table),)
        return measures_of(self._counts, self._disagreements, labels)

    def _plan(
        self,
        head: Head,
        rejects: str | os.PathLike[str],
        name: str | None,
        *,
        on: bool,
    ) -> _Plan:
        """Return how a source is imported, before its first row is looked at."""
        require("name", name, "a name, or None", holds=name != "")
        layout = lay_out(
            head.head,
            self._mapping,
            whole=head.whole,
            encoding=self._encoding,
            delimiter=self._delimiter,
        )
        return _Plan(head, layout, name if on else None, Path(rejects), on)

    @contextmanager
    def _work(self, plan: _Plan, at: Checkpoint, seen: _Seen) -> Iterator[Work]:
        """Give the work, and tell that it begins and that it finished."""
        with closing(RejectsFile(plan.rejects, at.rejects_bytes)) as file:
            work = self._begun(plan, at, file)
            seen.position = work.began
            self._tell_started(work)
            yield work
            seen.counts.ends["finished"] += 1
            self._tell_finished(work)

    def _begun(self, plan: _Plan, at: Checkpoint, file: RejectsFile) -> Work:
        """Return the work, ready for the first piece of the source."""
        reading = self._reading(plan, at)
        path, columns = self._mapping.path, reading.columns
        return Work(
            table=self._mapping.table,
            name=plan.name,
            head=plan.head,
            layout=plan.layout,
            reading=reading,
            statement=copy_statement(path, columns, reading.copy_form),
            rejects=file,
            path=plan.rejects,
            limits=self._reject_limits,
            batch_rows=self._batch_rows,
            committed=at,
            phones=self._ways(plan.layout),
            listener=self._listener,
            clock=self._clock,
            every_s=self._progress_s,
        )

    def _done(self, plan: _Plan, at: Checkpoint) -> Report:
        """Return the report of an import that had finished; nothing is touched."""
        position = at.position or Position(0, 0)
        return report(
            plan.layout,
            position,
            name=plan.name,
            rejects=plan.rejects,
            resumed_after=position.row,
            phones=self._ways(plan.layout),
        )

    def _reading(self, plan: _Plan, at: Checkpoint) -> Reading | PlainReading:
        """Return what reads the source, from where the last attempt committed."""
        layout = plan.layout
        position = at.position or Position(layout.offset, layout.line)
        if not plan.on:
            return PlainReading(layout, position)
        rows = RowReader(self._readers, layout.binding, self._mapping.rest)
        form = Form(layout.delimiter, layout.binding.width, self._limits)
        return Reading(layout.encoding, form, rows, position)

    @contextmanager
    def _apart(
        self, source: object, rejects: str | os.PathLike[str], name: str | None
    ) -> Iterator[_Seen]:
        """Watch an import whose rejects go into another file than its source."""
        with self._watched(name) as seen:
            require_apart(source, rejects)
            yield seen

    @contextmanager
    def _watched(self, name: str | None) -> Iterator[_Seen]:
        """Count and tell an end before the source's, wherever it comes from."""
        on = self._switch()
        seen = _Seen(self._counts[on], on)
        try:
            yield seen
        except BaseException as error:
            seen.counts.ends["stopped"] += 1
            table, row = self._mapping.table, seen.position.row
            self._listener(
                CsvImportStopped(table=table, name=name, row=row, error=error)
            )
            raise

    def _tell_started(self, work: Work) -> None:
        """Tell how the source is read."""
        layout = work.layout
        self._listener(
            CsvImportStarted(
                table=work.table,
                name=work.name,
                encoding=layout.encoding.codec,
                encoding_by=layout.encoding.by.value,
                delimiter=layout.delimiter,
                ignored=layout.ignored,
                row=work.kept_row,
            )
        )

    def _tell_finished(self, work: Work) -> None:
        """Tell that the whole source was read."""
        done = work.report()
        self._listener(
            CsvImportFinished(
                table=work.table,
                name=work.name,
                rows=done.rows,
                imported=done.imported,
                rejected=done.rejected,
                seconds=done.seconds,
            )
        )

    def _count(self, work: Work, seen: _Seen) -> None:
        """Count a batch that was committed."""
        old, new = seen.position, work.reading.position
        seen.counts.imported += new.imported - old.imported
        seen.counts.size += new.offset - old.offset
        seen.counts.rejected.update(work.batch_reasons)
        work.batch_reasons.clear()
        seen.position = new

    def _ways(self, layout: Layout) -> tuple[str, ...]:
        """Return what reads the phone numbers of a source."""
        used = [
            way
            for _, column in layout.binding.columns
            if column.name in self._phones
            for way in self._phones[column.name].ways
        ]
        return tuple(dict.fromkeys(used))

    def _disagreed(self, column: str, way: str, number: str) -> None:
        """Tell that a quick way to read phone numbers is wrong."""
        self._disagreements += 1
        event = PhoneLibraryDisagreed(column=column, way=way, number=number)
        self._listener(event)


def import_csv(
    source: Bytes,
    connection: "Connection[Any]",
    mapping: Mapping,
    *,
    rejects: str | os.PathLike[str],
    name: str | None = None,
) -> Report:
    """
    Import a source with the defaults of `Importer`, as its `run` does.

    Make an `Importer` to import more than one: it keeps what it learned of phones.
    """
    return Importer(mapping).run(source, connection, rejects=rejects, name=name)


async def import_csv_async(
    source: Bytes | AsyncIterable[bytes],
    connection: "AsyncConnection[Any]",
    mapping: Mapping,
    *,
    rejects: str | os.PathLike[str],
    name: str | None = None,
) -> Report:
    """Import a source while others run, as `import_csv` does."""
    importer = Importer(mapping)
    return await importer.run_async(source, connection, rejects=rejects, name=name)


def _separates(delimiter: str) -> bool:
    """Tell whether a character can stand between cells."""
    return (
        len(delimiter) == 1
        and delimiter not in '"\r\n\0'
        and not delimiter.isalnum()
        and not "\ud800" <= delimiter <= "\udfff"
    )
