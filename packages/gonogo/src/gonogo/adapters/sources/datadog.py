"""
Datadog: timeseries queries over its HTTP API.

    sources:
      metrics:
        kind: datadog
        url: https://api.datadoghq.eu
        options:
          api_key: $DD_API_KEY
          application_key: $DD_APPLICATION_KEY

Counts are asked with `.as_count()`. Datadog chooses the width of their intervals by
the length of the stretch; a query that does not say `.rollup(…)` is given one here, so
that every interval lies in exactly one look.

Source: Datadog API reference, "Query timeseries points" (v1), and "Rate limits".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gonogo.adapters.sources.api import Api, Request, option, shown
from gonogo.adapters.sources.lag import Lag, number
from gonogo.adapters.sources.opening import Opening
from gonogo.analysis.stretch import STALE
from gonogo.ports.source import Series, Source

URL = "https://api.datadoghq.com"

_USUAL_LAG_S = 60.0
_MOST_POINTS = 300  # of an answer; Datadog widens the intervals of longer ones
_WIDTHS_S = (10, 20, 30, 60, 120, 300, 600, 1_200, 3_600)
_COUNT = re.compile(r"[a-z]+:[^()]*\.as_count\(\)")


class Datadog:
    """
    Answers Datadog's metric queries.

    Args:
        opening: The plan's source; `url` is the site's API, by default the US1 one.

    Raises:
        SourceFailed: A key is missing.
    """

    def __init__(self, opening: Opening) -> None:
        self._api = Api(
            opening,
            url=opening.url or URL,
            name="Datadog",
            keys="the options `api_key` and `application_key`, and the site in `url`",
        )
        self._headers = {
            "dd-api-key": option(opening, "api_key"),
            "dd-application-key": option(opening, "application_key"),
        }
        self._lag = Lag.of(opening, usual_s=_USUAL_LAG_S)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return the points of a query whose interval ended in the stretch.

        Raises:
            SourceFailed: There is no answer that reads.
        """
        held = self._api.json(self._request(query, since, until), deadline)
        if not isinstance(held, dict) or held.get("status") == "error":
            raise self._api.failed(_complaint(held))
        found = tuple(self._series(held, since=since, until=until))
        return tuple(series for series in found if series.points)

    def _request(self, query: str, since: datetime, until: datetime) -> Request:
        width_s = _width_s(until - since)
        # A count's interval may begin before the stretch; a level may be older.
        before_s = max(width_s, (STALE - 1) * (until - since).total_seconds())
        params = {
            "from": str(int(self._lag.asked(since).timestamp() - before_s)),
            "to": str(int(self._lag.asked(until).timestamp())),
            "query": rolled_up(query, width_s),
        }
        return Request(path="/api/v1/query", params=params, headers=self._headers)

    def _series(
        self,
        held: Mapping[str, Any],
        *,
        since: datetime,
        until: datetime,
    ) -> Iterator[Series]:
        try:
            for one in held["series"]:
                points = self._lag.points(
                    dict(self._ended(one)), since=since, until=until
                )
                yield Series(points=points, labels=_labels(one))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            message = "gave an answer of another form. Look at `url`."
            raise self._api.failed(message) from error

    def _ended(self, one: Mapping[str, Any]) -> Iterator[tuple[datetime, float | None]]:
        """Yield values by the end of their interval; Datadog gives its beginning."""
        width = timedelta(seconds=float(one.get("interval") or 0))
        for at_ms, value in one["pointlist"]:
            begins = datetime.fromtimestamp(at_ms / 1_000, UTC)
            yield begins + width, number(value, self._api.failed)


def rolled_up(query: str, width_s: int) -> str:
    """Return a query of a count with the width of its intervals, unless it has one."""
    text = query.strip()
    return f"{text}.rollup(sum, {width_s})" if _COUNT.fullmatch(text) else text


def _complaint(held: Any) -> str:  # noqa: ANN401 - any JSON value
    said = shown(str(held.get("error", ""))) if isinstance(held, dict) else ""
    return f"refused the query ({said or 'no reason given'}). Correct it."


def _width_s(stretch: timedelta) -> int:
    """Return the finest width that stays within what one answer may hold."""
    least = stretch.total_seconds() / _MOST_POINTS
    return next((width for width in _WIDTHS_S if width >= least), _WIDTHS_S[-1])


def _labels(one: Mapping[str, Any]) -> dict[str, str]:
    tags = one.get("tag_set")
    if tags is None:
        tags = [each for each in one.get("scope", "*").split(",") if each != "*"]
    pairs = (tag.partition(":") for tag in tags)
    return {name: value for name, _, value in pairs}


def opened(opening: Opening) -> Source:
    """Return a source of Datadog's numbers."""
    return Datadog(opening)
