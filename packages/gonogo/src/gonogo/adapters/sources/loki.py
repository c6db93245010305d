"""
Grafana Loki: metric queries over logs, at the end of the stretch.

    sources:
      logs:
        kind: loki
        url: http://loki:3100
        options: {tenant: shop, user: $LOKI_USER, password: $LOKI_PASSWORD}

`$window` stands for the stretch's length:
`sum(count_over_time({app="shop"} |= "ERROR" [$window]))`.

Source: Grafana Loki documentation, "HTTP API", "Query logs at a single point in time".
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gonogo.adapters.sources.api import Api, Request
from gonogo.adapters.sources.lag import Lag, number
from gonogo.adapters.sources.opening import Opening
from gonogo.ports.source import Series, Source


class Loki:
    """
    Answers LogQL metric queries.

    Args:
        opening: The plan's source. Options: `tenant`, and `user` with `password`, or
            `token`; `delay`, by default none.
    """

    def __init__(self, opening: Opening) -> None:
        self._api = Api(
            opening,
            url=opening.wanted_url(),
            name="Loki",
            keys="the options `user` and `password` (or `token`), and `tenant`",
        )
        self._headers = dict(_headers(opening.options))
        self._lag = Lag.of(opening, usual_s=0)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what a metric query gives at the end of the stretch.

        Raises:
            SourceFailed: There is no answer that reads, or it is lines of a log.
        """
        window_ms = max(round((until - since) / timedelta(milliseconds=1)), 1)
        params = {
            "query": query.replace("$window", f"{window_ms}ms"),
            "time": str(_nanoseconds(self._lag.asked(until))),
        }
        request = Request(
            path="/loki/api/v1/query", params=params, headers=self._headers
        )
        held = self._api.json(request, deadline)
        found = tuple(self._read(held, since=since, until=until))
        return tuple(series for series in found if series.points)

    def _read(
        self,
        held: Any,  # noqa: ANN401 - any JSON value
        *,
        since: datetime,
        until: datetime,
    ) -> Iterator[Series]:
        try:
            kind, result = held["data"]["resultType"], held["data"]["result"]
            self._refuse_logs(kind)
            rows = [{"metric": {}, "value": result}] if kind == "scalar" else result
            for one in rows:
                at_s, text = one["value"]
                at = datetime.fromtimestamp(float(at_s), UTC)
                values = {at: number(text, self._api.failed)}
                points = self._lag.points(values, since=since, until=until)
                yield Series(points=points, labels=dict(one["metric"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            message = "gave an answer of another form. Look at `url`."
            raise self._api.failed(message) from error

    def _refuse_logs(self, kind: str) -> None:
        if kind == "streams":
            message = (
                "gave lines of a log, and a number is wanted. Count "
                'them: `sum(count_over_time({…} |= "…" [$window]))`.'
            )
            raise self._api.failed(message)


def _headers(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if tenant := options.get("tenant"):
        yield "x-scope-orgid", tenant
    if token := options.get("token"):
        yield "authorization", f"Bearer {token}"
    elif user := options.get("user"):
        pair = f"{user}:{options.get('password', '')}".encode()
        yield "authorization", f"Basic {base64.b64encode(pair).decode()}"


def _nanoseconds(instant: datetime) -> int:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (instant - epoch) // timedelta(microseconds=1) * 1_000


def opened(opening: Opening) -> Source:
    """Return a source of Loki's numbers."""
    return Loki(opening)
