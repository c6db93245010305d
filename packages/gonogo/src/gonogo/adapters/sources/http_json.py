"""
An address that answers with JSON: a status page, an API of one's own.

    sources:
      api: {kind: http, url: https://api.example/stats, options: {token: $API_TOKEN}}

A query is a JSON path (RFC 9535), perhaps behind what is added to the address:

    $.errors
    /queues?since=$since_s $.queues[?@.name == "mail"].depth

`$since_s`, `$until_s` and `$window_s` are the stretch in Unix seconds. What the path
finds is a number, or objects that are read as `records` says (`value` or `counter`,
`at`, `le`, and labels). With the option `counter: true` a number grows since ever, and
its rise since the last look is taken; the option `time` is the path of the instant that
the answer is of.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment, JSONPathError

from gonogo.adapters.sources.api import Api, Request
from gonogo.adapters.sources.headers import headers_of
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.records import Record, Records
from gonogo.analysis.stretch import Stretch
from gonogo.ports.source import Series

_QUERY = re.compile(r"(?P<address>[/?]\S*\s+)?\s*(?P<path>\$.*)", re.DOTALL)
_MOST_RECORDS = 10_000
_VALUES = frozenset({"value", "counter"})
_RFC_9535 = JSONPathEnvironment(strict=True)


def opened(opening: Opening) -> "HttpJsonSource":
    """Return a source of numbers in JSON."""
    return HttpJsonSource(opening)


class HttpJsonSource:
    """
    Answers JSON paths.

    Args:
        opening: Its address answers a GET. Options: `token`, or `user` with
            `password`; `header.NAME`; `counter`; `time`.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._api = Api(
            opening,
            url=opening.wanted_url(),
            name="HTTP",
            keys="the option `token`, or `user` and `password`",
        )
        self._headers = headers_of(opening.options)
        self._name = "counter" if opening.is_set("counter") else "value"
        self._time = opening.options.get("time")
        self._records = Records(self._api.failed, now=opening.now)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return what a path finds in the answer.

        Raises:
            SourceFailed: There is no answer that reads, or the path finds no numbers.
        """
        asked = _QUERY.fullmatch(query.strip())
        if asked is None:
            message = f"{query!r} is no JSON path. Write one that begins with $."
            raise self._opening.failed(message)
        address = _filled((asked["address"] or "").strip(), since, until)
        request = Request(path=address, headers=self._headers)
        held = self._api.json(request, deadline)
        records = tuple(self._found(held, asked["path"].strip()))
        if len(records) > _MOST_RECORDS:
            message = f"gave more than {_MOST_RECORDS:,} values. Ask for fewer."
            raise self._api.failed(message)
        stretch = Stretch(since, until)
        return self._records.series(records, query=query, stretch=stretch)

    def _found(self, held: object, path: str) -> Iterator[Record]:
        """Yield what a path finds as records; `null` says nothing."""
        matches = self._matches(held, path)
        dated = self._dated(held)
        for place, found in matches:
            where = {"path": place} if len(matches) > 1 else {}
            match found:
                case None:
                    continue
                case dict() if not _VALUES.isdisjoint(found):
                    yield {**dated, **_plain_parts(found)}
                case dict() | list():
                    message = (
                        f"has no number at {place}: name one inside it, or objects "
                        "that have a `value` or a `counter`."
                    )
                    raise self._api.failed(message)
                case _:
                    yield {**where, **dated, self._name: found}

    def _dated(self, held: object) -> dict[str, object]:
        """Return when the answer is of, where it says so."""
        if self._time is None:
            return {}
        found = self._matches(held, self._time)
        if len(found) != 1:
            message = f"has no one time at {self._time}. Look at the option `time`."
            raise self._api.failed(message)
        return {"at": found[0][1]}

    def _matches(self, held: object, path: str) -> list[tuple[str, object]]:
        try:
            compiled = _compiled(path)
            return [(match.path, match.obj) for match in _walk(compiled, held)]
        except (JSONPathError, RecursionError) as error:
            reason = str(error).partition("\n")[0]
            message = f"JSON path {path} cannot be followed: {reason}."
            raise self._opening.failed(message) from error


def _plain_parts(found: dict[str, object]) -> dict[str, object]:
    """Return an object without the parts that are made of parts."""
    return {name: part for name, part in found.items() if not _is_made_of_parts(part)}


def _is_made_of_parts(part: object) -> bool:
    return isinstance(part, dict | list)


def _walk(compiled: JSONPath | CompoundJSONPath, held: Any) -> Any:  # noqa: ANN401
    return compiled.finditer(held)


@lru_cache(maxsize=256)
def _compiled(path: str) -> JSONPath | CompoundJSONPath:
    """Read a path once: a look follows the same one each time."""
    return _RFC_9535.compile(path)


def _filled(address: str, since: datetime, until: datetime) -> str:
    """Return an address with the stretch in it."""
    seconds = {
        "$since_s": since.timestamp(),
        "$until_s": until.timestamp(),
        "$window_s": (until - since).total_seconds(),
    }
    for name, value in seconds.items():
        address = address.replace(name, f"{value:.3f}")
    return address
