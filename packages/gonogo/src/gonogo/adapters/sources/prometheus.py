"""
Prometheus, and what speaks its API (Thanos, Mimir, VictoriaMetrics): PromQL.

    sources:
      metrics:
        kind: prometheus
        url: http://prometheus:9090
        options: {token: $PROMETHEUS_TOKEN}

A query is evaluated at the end of the stretch; `$window` stands for the stretch's
length, so that looks neither overlap nor leave a gap:

    sum(increase(http_requests_total{code=~"5..", version="2"}[$window]))

Classic histograms are asked with `sum by (le) (increase(NAME_bucket[$window]))`, native
ones with `sum(increase(NAME[$window]))`. With the option `step: 15s` a level is read
every 15 s of the stretch. A series that is not there is no data: where it means none,
the query says so with `or vector(0)`.

Source: Prometheus documentation, "HTTP API", "Expression queries", "Native histograms".
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from gonogo.adapters.sources.api import Api, Request
from gonogo.adapters.sources.headers import headers_of
from gonogo.adapters.sources.lag import Lag, number
from gonogo.adapters.sources.opening import Opening
from gonogo.ports.source import Point, Series, SourceFailed

_WINDOW = re.compile(r"\$window\b|\$\{window\}")
_FIXED = re.compile(r"\bincrease\s*\([^\[]*\[\s*([0-9][0-9a-z]*)\s*\]")
# By its naming convention, the level of a counter since its process began.
_RAW = re.compile(r".*_(?:total|bucket)")
_FORM = "application/x-www-form-urlencoded"


def opened(opening: Opening) -> "PrometheusSource":
    """Return a source of Prometheus' numbers."""
    return PrometheusSource(opening)


class PrometheusSource:
    """
    Answers PromQL.

    Args:
        opening: The plan's source. Options: `token`, or `user` with `password`;
            `header.NAME`; `step`; `delay`, by default none.
    """

    def __init__(self, opening: Opening) -> None:
        self._api = Api(
            opening,
            url=opening.wanted_url(),
            name="Prometheus",
            keys="the option `token`, or `user` and `password`",
        )
        self._headers = {"content-type": _FORM, **headers_of(opening.options)}
        self._step = opening.options.get("step")
        self._lag = Lag.of(opening, usual_s=0)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what a query gives at the end of the stretch, or at steps of it.

        Raises:
            SourceFailed: There is no answer that reads, or it is a counter's level.
        """
        request = self._request(query, since, until, deadline)
        held = self._api.json(request, deadline)
        try:
            found = tuple(self._read(held["data"]))
            notes = _notes(held, query, until - since)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            message = "gave an answer of another form than Prometheus'. Look at `url`."
            raise self._api.failed(message) from error
        told = tuple(series for series in found if series.points)
        return (*told, Series(points=(), notes=notes)) if notes else told

    def _request(
        self, query: str, since: datetime, until: datetime, deadline: timedelta
    ) -> Request:
        asked = {
            "query": _WINDOW.sub(_duration(until - since), query),
            "timeout": _duration(deadline),
        }
        if self._step is None:
            asked["time"] = _unix(self._lag.asked(until))
            path = "/api/v1/query"
        else:
            # The first step is not at `since`, which belongs to the look before.
            first = since + timedelta(milliseconds=1)
            asked["start"] = _unix(self._lag.asked(first))
            asked["end"] = _unix(self._lag.asked(until))
            asked["step"] = self._step
            path = "/api/v1/query_range"
        body = urlencode(asked).encode()
        return Request(path=path, headers=self._headers, content=body)

    def _read(self, data: Mapping[str, Any]) -> Iterator[Series]:
        kind, result = data["resultType"], data["result"]
        match kind:
            case "vector" | "matrix":
                for one in result:
                    yield from self._series(one)
            case "scalar":
                yield Series(points=tuple(self._points([result])))
            case _:
                message = f"gave a {kind}: {str(result)[:60]!r}. Ask for a number."
                raise self._api.failed(message)

    def _series(self, one: Mapping[str, Any]) -> Iterator[Series]:
        labels = {str(name): str(text) for name, text in one["metric"].items()}
        name = labels.pop("__name__", "")
        histograms = one.get("histograms", [])
        if "histogram" in one:
            histograms = [one["histogram"]]
        if _RAW.fullmatch(name) or (histograms and name):
            raise self._level_of(name)
        values = [one["value"]] if "value" in one else one.get("values", [])
        yield Series(points=tuple(self._points(values)), labels=labels)
        for at, histogram in histograms:
            yield from self._native(_instant(at), histogram, labels)

    def _points(self, values: Sequence[Sequence[Any]]) -> Iterator[Point]:
        for at, text in values:
            value = number(text, self._api.failed)
            if value is not None:
                yield Point(_instant(at) + self._lag.delay, value)

    def _native(
        self, at: datetime, histogram: Mapping[str, Any], labels: Mapping[str, str]
    ) -> Iterator[Series]:
        """Yield the buckets of a native histogram as those of a classic one."""
        for bound, count in _cumulative(histogram):
            point = Point(at + self._lag.delay, count)
            yield Series(points=(point,), labels={**labels, "le": bound})

    def _level_of(self, name: str) -> SourceFailed:
        return self._api.failed(
            f"gave {name} as it stands, which counts since its process began. Ask for "
            f"its rise: increase({name}[$window]). If it is no counter, wrap it: "
            f"sum({name})."
        )


def _cumulative(histogram: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """
    Yield the counts up to both edges of each bucket that holds something.

    What lies between two of them is empty, and both ends are named, so that nothing of
    what is known gets lost.
    """
    buckets = sorted(
        (float(high), float(low), float(count))
        for _, low, high, count in histogram.get("buckets", ())
    )
    below, last = 0.0, None
    for high, low, count in buckets:
        if low != last:
            yield repr(low), below
        below += count
        yield repr(high), below
        last = high
    yield "+Inf", float(histogram["count"])


def _notes(held: Mapping[str, Any], query: str, stretch: timedelta) -> tuple[str, ...]:
    """Return what Prometheus warns of, and what is odd about the query."""
    said = [*held.get("warnings", ()), *held.get("infos", ())]
    notes = [f"Prometheus says: {text}" for text in said]
    fixed = _FIXED.search(query)
    if fixed and not _WINDOW.search(query):
        notes.append(
            f"The query counts the last {fixed[1]} at each look, and the last look was "
            f"{stretch.total_seconds():g} s ago: write [$window], so that every event "
            "is counted once."
        )
    return tuple(notes)


def _duration(span: timedelta) -> str:
    milliseconds = max(round(span / timedelta(milliseconds=1)), 1)
    whole, rest = divmod(milliseconds, 1000)
    return f"{milliseconds}ms" if rest else f"{whole}s"


def _unix(instant: datetime) -> str:
    # Never a later one: what is given as of then has to lie in the stretch.
    return f"{math.floor(instant.timestamp() * 1000) / 1000:.3f}"


def _instant(unix_s: float) -> datetime:
    return datetime.fromtimestamp(float(unix_s), UTC)
