"""
InfluxDB: Flux (v2), SQL (v3) and InfluxQL (v1), by the option `api`.

    sources:
      tsdb:
        kind: influxdb
        url: http://influxdb:8086
        options: {api: v2, org: shop, token: $INFLUX_TOKEN}

The stretch stands in a query as `:since` and `:until`; in Flux it may also be called
`v.timeRangeStart` and `v.timeRangeStop`, as in InfluxDB's own pages. What a row
means says `influxdb_rows`.

Source: InfluxData documentation, "Query with the InfluxDB API" (v1, v2, v3),
"Annotated CSV".
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from gonogo.adapters.sources.api import Api, Request, option
from gonogo.adapters.sources.influxdb_rows import (
    NotAnswered,
    Row,
    Unclear,
    rows_of_csv,
    rows_of_influxql,
    rows_of_objects,
)
from gonogo.adapters.sources.lag import Lag, number
from gonogo.adapters.sources.opening import Opening
from gonogo.ports.source import Series, Source

Version = Literal["v1", "v2", "v3"]

_MILLISECOND = timedelta(milliseconds=1)
_BOUND = re.compile(r":(since|until)\b|\bv\.timeRange(Start|Stop)\b")


class InfluxDb:
    """
    Answers queries in the language of the option `api`: v2 (the usual), v3, v1.

    Args:
        opening: The plan's source. Options: `api`; v2 `org` and `token`; v3 `database`
            and `token`; v1 `database`, and `user` with `password`; `delay`.

    Raises:
        SourceFailed: An option is missing.
    """

    def __init__(self, opening: Opening) -> None:
        api = opening.options.get("api", "v2")
        if api not in {"v1", "v2", "v3"}:
            message = f"its option `api` is '{api}'. Write v1, v2 or v3."
            raise opening.failed(message)
        self._version, self._options = cast("Version", api), opening.options
        keys = "the option `token`" if api != "v1" else "the options `user`, `password`"
        self._api = Api(opening, url=opening.wanted_url(), name="InfluxDB", keys=keys)
        self._place = option(opening, "org" if api == "v2" else "database")
        self._lag = Lag.of(opening, usual_s=0)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return the rows of a query, those of the same tags as one series.

        A row without a time is of the end of the stretch.

        Raises:
            SourceFailed: There is no answer that reads.
        """
        asked = self._of_stretch(query, self._lag.asked(since), self._lag.asked(until))
        rows = tuple(self._rows(asked, deadline))
        grouped: dict[tuple[tuple[str, str], ...], dict[datetime, float | None]] = {}
        for row in rows:
            at = row.at
            if at is None or abs(at - self._lag.asked(since)) < _MILLISECOND:
                # InfluxQL dates what it adds up by the beginning of the stretch.
                at = self._lag.asked(until)
            value = number(row.value, self._api.failed)
            grouped.setdefault(row.labels, {})[at] = value
        found = (
            Series(
                points=self._lag.points(values, since=since, until=until),
                labels=dict(labels),
            )
            for labels, values in grouped.items()
        )
        return tuple(series for series in found if series.points)

    def _of_stretch(self, query: str, since: datetime, until: datetime) -> str:
        """Return a query with its bounds, written as its language writes instants."""

        def bound(found: re.Match[str]) -> str:
            first = found[1] == "since" or found[2] == "Start"
            return _instant(since if first else until, self._version)

        return _BOUND.sub(bound, query.strip())

    def _rows(self, query: str, deadline: timedelta) -> Iterator[Row]:
        match self._version:
            case "v1":
                held = self._api.json(self._influxql(query), deadline)
                yield from self._read(held, rows_of_influxql)
            case "v2":
                yield from self._read(
                    self._api.text(self._flux(query), deadline), rows_of_csv
                )
            case "v3":
                held = self._api.json(self._sql(query), deadline)
                yield from self._read(held, rows_of_objects)

    def _read(self, held: Any, reader: Any) -> Iterator[Row]:  # noqa: ANN401 - by version
        try:
            yield from reader(held)
        except NotAnswered as refused:
            message = f"refused the query ({refused}). Correct it."
            raise self._api.failed(message) from refused
        except Unclear as unclear:
            raise self._api.failed(str(unclear)) from unclear
        except (KeyError, TypeError, ValueError, AttributeError, csv.Error) as error:
            message = "gave an answer of another form. Look at `url` and `api`."
            raise self._api.failed(message) from error

    # -- requests ----------------------------------------------------------------

    def _flux(self, query: str) -> Request:
        dialect = {"annotations": ["datatype", "group", "default"], "header": True}
        body = {"query": query, "type": "flux", "dialect": dialect}
        return Request(
            path="/api/v2/query",
            params={"org": self._place},
            headers={
                "accept": "application/csv",
                "content-type": "application/json",
                **self._token("Token"),
            },
            content=json.dumps(body).encode(),
        )

    def _sql(self, query: str) -> Request:
        body = {"db": self._place, "q": query, "format": "json"}
        return Request(
            path="/api/v3/query_sql",
            headers={"content-type": "application/json", **self._token("Bearer")},
            content=json.dumps(body).encode(),
        )

    def _influxql(self, query: str) -> Request:
        params = {"db": self._place, "q": query, "epoch": "ms"}
        pair = [self._options.get(name, "") for name in ("user", "password")]
        headers = {"authorization": f"Token {':'.join(pair)}"} if pair[0] else {}
        return Request(path="/query", params=params, headers=headers)

    def _token(self, scheme: str) -> dict[str, str]:
        token = self._options.get("token", "")
        return {"authorization": f"{scheme} {token}"} if token else {}


def _instant(at: datetime, version: Version) -> str:
    at = at.astimezone(UTC)
    text = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    match version:
        case "v1":
            microseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
                microseconds=1
            )
            return f"{microseconds}u"
        case "v2":
            return text
        case "v3":
            return f"TIMESTAMP '{text}'"


def opened(opening: Opening) -> Source:
    """Return a source of InfluxDB's numbers."""
    return InfluxDb(opening)
