"""
A database: PostgreSQL and SQLite by themselves, any other over SQLAlchemy.

    sources:
      orders: {kind: sql, options: {connection: orders}}

The address is `url:`, or that of a connection of the plan. A query is one statement
that reads; `:since` and `:until` are bound to the stretch (`:since_s`, `:until_s` and
`:window_s` in seconds). It is run in a read-only transaction, with the deadline as the
statement's timeout. The columns of its rows are read by their names, as
`records` says: `value` or `counter`, `at`, `le`, and labels.

    SELECT count(*) FROM jobs WHERE failed_at > :since AND failed_at <= :until
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gonogo.adapters.sources.asking import Late
from gonogo.adapters.sources.binding import parameters
from gonogo.adapters.sources.databases import MOST_ROWS, Table, Unanswered, reading
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.records import Records
from gonogo.adapters.sources.within import GIVE_LONGER, within
from gonogo.analysis.stretch import Stretch
from gonogo.ports.source import Series


def opened(opening: Opening) -> "SqlSource":
    """Return a source of a database's numbers."""
    return SqlSource(opening)


class SqlSource:
    """
    Answers SQL statements.

    Args:
        opening: Its address is a database URL.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening, self._url = opening, opening.wanted_url()
        self._records = Records(opening.failed, now=opening.now)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what a statement gives, a series for each set of labels.

        Raises:
            SourceFailed: The database did not answer, or gave what is no number.
        """
        table = self._table(query, since, until, deadline)
        if len(table.rows) > MOST_ROWS:
            message = f"gave more than {MOST_ROWS:,} rows. Count or group them in SQL."
            raise self._opening.failed(message)
        if not table.columns:
            message = "gave no rows: the statement does not read. Write a SELECT."
            raise self._opening.failed(message)
        columns = [column.lower() for column in table.columns]
        records = (dict(zip(columns, row, strict=True)) for row in table.rows)
        return self._records.series(records, query=query, stretch=Stretch(since, until))

    def _table(
        self, query: str, since: datetime, until: datetime, deadline: timedelta
    ) -> Table:
        ready = reading(
            self._url,
            query,
            parameters(since, until),
            folder=self._opening.folder,
            deadline=deadline,
        )
        try:
            return within(deadline, ready.run, end=ready.end)
        except Unanswered as unanswered:
            raise self._opening.failed(str(unanswered)) from unanswered
        except Late as late:
            message = (
                "its database did not answer within its deadline of "
                f"{deadline.total_seconds():g} s. Check that it runs, ask for less, or "
                f"{GIVE_LONGER}."
            )
            raise self._opening.failed(message) from late
