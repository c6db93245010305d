"""
New Relic: NRQL over NerdGraph, its GraphQL API.

    sources:
      apm:
        kind: newrelic
        options:
          api_key: $NEW_RELIC_API_KEY
          account: "1234567"

A query names one number (`SELECT count(*) FROM Transaction WHERE error IS true`); with
`FACET` one for each facet. The stretch is added as `SINCE … UNTIL …`; a query says
`:since` and `:until` itself where it needs them elsewhere.

Source: New Relic documentation, "NerdGraph tutorial: Query your data", "NRQL syntax".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gonogo.adapters.sources.api import Api, Request, option, shown
from gonogo.adapters.sources.lag import Lag, number
from gonogo.adapters.sources.opening import Opening
from gonogo.ports.source import Series, Source

URL = "https://api.newrelic.com"

_USUAL_LAG_S = 60.0
_SINCE = re.compile(r"\b(since|until)\b", re.IGNORECASE)
_ASK = """query($account: Int!, $nrql: Nrql!, $timeout: Seconds!) {
  actor { account(id: $account) { nrql(query: $nrql, timeout: $timeout) {
    results metadata { facets }
  } } }
}"""
# The service takes 5 to 120 seconds.
_SHORTEST_S, _LONGEST_S = 5, 120
_TIMES = frozenset({"beginTimeSeconds", "endTimeSeconds", "timestamp"})


class NewRelic:
    """
    Answers NRQL queries.

    Args:
        opening: The plan's source; `url` is the region's, by default the US one.

    Raises:
        SourceFailed: The key or the account is missing.
    """

    def __init__(self, opening: Opening) -> None:
        self._api = Api(
            opening,
            url=opening.url or URL,
            name="New Relic",
            keys="the option `api_key` (a user key), and the region in `url`",
        )
        self._key = option(opening, "api_key")
        self._account = _account(opening)
        self._lag = Lag.of(opening, usual_s=_USUAL_LAG_S)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return the number of the stretch, or one for each facet.

        Raises:
            SourceFailed: There is no answer that reads.
        """
        nrql = of_stretch(query, self._lag.asked(since), self._lag.asked(until))
        held = self._api.json(self._request(nrql, deadline), deadline)
        answer = self._answer(held)
        facets = (answer.get("metadata") or {}).get("facets") or ()
        found = (self._read(one, facets) for one in answer.get("results") or ())
        asked = self._lag.asked(until)
        given = (
            (self._lag.points({asked: value}, since=since, until=until), labels)
            for value, labels in found
        )
        return tuple(Series(points=points, labels=of) for points, of in given if points)

    def _request(self, nrql: str, deadline: timedelta) -> Request:
        allowed = int(min(max(deadline.total_seconds(), _SHORTEST_S), _LONGEST_S))
        variables = {"account": self._account, "nrql": nrql, "timeout": allowed}
        return Request(
            path="/graphql",
            headers={"api-key": self._key, "content-type": "application/json"},
            content=json.dumps({"query": _ASK, "variables": variables}).encode(),
        )

    def _answer(self, held: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON value
        """Return the part that answers; GraphQL tells errors with status 200."""
        if isinstance(held, dict) and held.get("errors"):
            raise self._api.failed(self._complaint(held["errors"]))
        try:
            answer = held["data"]["actor"]["account"]["nrql"]
        except (KeyError, TypeError) as error:
            message = "gave no results. Look at the option `account`."
            raise self._api.failed(message) from error
        if not isinstance(answer, dict):
            message = "gave no results for the query; correct it."
            raise self._api.failed(message)
        return answer

    def _complaint(self, errors: Sequence[Any]) -> str:
        first = errors[0] if isinstance(errors, list) and errors else {}
        kind = (first.get("extensions") or {}).get("errorClass", "")
        said = shown(str(first.get("message", "no reason given")))
        if kind == "TOO_MANY_REQUESTS":
            again = self._api.rest(None)
            return f"is asked too often ({said}); {again}."
        if kind in {"ACCESS_DENIED", "UNAUTHORIZED"}:
            remedy = "Look at the options `api_key` and `account`."
            return f"refused the key ({said}). {remedy}"
        return f"refused the query ({said}). Correct the query."

    def _read(
        self, one: Mapping[str, Any], facets: Sequence[str]
    ) -> tuple[float | None, dict[str, str]]:
        """Return the one number of a result, and what its facet is called."""
        labels = {name: str(one[name]) for name in facets if name in one}
        values = tuple(_values(one, {*facets, "facet"}))
        if len(values) != 1:
            message = (
                f"gave {len(values)} values for one query; write "
                "`SELECT` with one function, without `TIMESERIES` and `COMPARE WITH`."
            )
            raise self._api.failed(message)
        return number(values[0], self._api.failed), labels


def of_stretch(query: str, since: datetime, until: datetime) -> str:
    """Return a query of a stretch, whose bounds are written as milliseconds."""
    bounds = {":since": _ms(since), ":until": _ms(until)}
    text = re.sub(r":(?:since|until)\b", lambda m: str(bounds[m[0]]), query.strip())
    if _SINCE.search(text):
        return text
    return f"{text} SINCE {bounds[':since']} UNTIL {bounds[':until']}"


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000)


def _values(one: Mapping[str, Any], apart: set[str]) -> Iterator[object]:
    """Yield the values of a result; `percentile(…)` has an object of its own."""
    for name, value in one.items():
        if name in apart or name in _TIMES:
            continue
        if isinstance(value, dict):
            yield from value.values()
        else:
            yield value


def _account(opening: Opening) -> int:
    text = option(opening, "account")
    if text.isascii() and text.isdigit():
        return int(text)
    message = f"its option `account` is '{text}', no number. "
    remedy = "New Relic shows it beside the account's name."
    raise opening.failed(message + remedy)


def opened(opening: Opening) -> Source:
    """Return a source of New Relic's numbers."""
    return NewRelic(opening)
