"""
Amazon CloudWatch: metrics, metric math and Metrics Insights, by `GetMetricData`.

    sources:
      aws:
        kind: cloudwatch
        options:
          region: eu-central-1
          access_key: $AWS_ACCESS_KEY_ID
          secret_key: $AWS_SECRET_ACCESS_KEY

A query is a metric with its statistic and dimensions,

    Sum AWS/ApplicationELB HTTPCode_Target_5XX_Count{LoadBalancer="app/shop/1"}

or anything that CloudWatch takes as an expression. CloudWatch counts by the minute and
knows a minute some time after it (`delay`, by default 2m): look every two minutes or
less often, else some looks find no minute ended and say that they have no data.

Source: AWS, CloudWatch API reference, "GetMetricData", "Common errors".
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from gonogo.adapters.sources.api import Api, Refused, Request, option, said_in, shown
from gonogo.adapters.sources.lag import Lag, number
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.sigv4 import Credentials, signed
from gonogo.analysis.stretch import STALE
from gonogo.ports.source import Series, Source, SourceFailed

_USUAL_LAG_S = 120.0
_PERIOD = timedelta(minutes=1)
_MOST_PERIODS = 100_800  # points of one answer
_TARGET = "GraniteServiceVersion20100801.GetMetricData"
_METRIC = re.compile(
    r"(?P<stat>\S+)\s+(?P<namespace>[\w./#:-]+)\s+(?P<name>[\w./:% -]+?)"
    r"\s*(?:\{(?P<dimensions>[^{}]*)\})?"
)
_DIMENSION = re.compile(r'\s*([\w .:/-]+?)\s*=\s*"([^"]*)"\s*(?:,|$)')
# What CloudWatch says of a metric's statistic; anything else is an expression.
_STAT = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM|(?:p|tm|wm|tc|ts)\d{1,2}(?:\.\d+)?"
)
_THROTTLED = ("Throttling", "LimitExceeded", "RequestLimit")
_UNKNOWN = (
    "AccessDenied",
    "InvalidClientToken",
    "MissingAuthentication",
    "SignatureDoesNotMatch",
    "UnrecognizedClient",
    "ExpiredToken",
)


class CloudWatch:
    """
    Answers CloudWatch's metric queries.

    Args:
        opening: The plan's source; `url` is by default the region's address.

    Raises:
        SourceFailed: A key or the region is missing.
    """

    def __init__(self, opening: Opening) -> None:
        options = opening.options
        region = option(opening, "region")
        url = opening.url or f"https://monitoring.{region}.amazonaws.com"
        self._keys = "the options `access_key`, `secret_key`, `session_token`, `region`"
        self._api = Api(opening, url=url, name="CloudWatch", keys=self._keys)
        self._host, self._now = urlsplit(url).netloc.rpartition("@")[2], opening.now
        self._by = Credentials(
            access_key=option(opening, "access_key"),
            secret_key=option(opening, "secret_key"),
            region=region,
            service="monitoring",
            token=options.get("session_token", ""),
        )
        self._lag = Lag.of(opening, usual_s=_USUAL_LAG_S)

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """
        Return the minutes that ended in the stretch.

        Raises:
            SourceFailed: There is no answer that reads, or a part of it is missing.
        """
        body = json.dumps(self._asked(query, since, until)).encode()
        try:
            held = self._api.json(self._request(body), deadline)
        except Refused as refused:
            raise self._refusal(refused) from refused
        found = tuple(self._read(held, since=since, until=until))
        return tuple(series for series in found if series.points)

    def _asked(
        self, query: str, since: datetime, until: datetime
    ) -> Mapping[str, object]:
        width_s = _width_s(until - since)
        # A count's interval may begin before the stretch; a level may be older.
        before = max(timedelta(seconds=width_s), (STALE - 1) * (until - since))
        begins = self._lag.asked(since) - before
        return {
            "MetricDataQueries": [{"Id": "q", **data_query(query, width_s)}],
            "StartTime": int(begins.timestamp()) // width_s * width_s,
            "EndTime": int(self._lag.asked(until).timestamp()) // width_s * width_s,
            "ScanBy": "TimestampAscending",
        }

    def _request(self, body: bytes) -> Request:
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "host": self._host,
            "x-amz-target": _TARGET,
        }
        return Request(
            path="/",
            headers=signed(
                headers, method="POST", path="/", body=body, at=self._now(), by=self._by
            ),
            content=body,
        )

    def _refusal(self, refused: Refused) -> SourceFailed:
        """Return a refusal in the right words; AWS answers 400 to nearly everything."""
        text = refused.reply.text
        if any(word in text for word in _THROTTLED):
            return self._api.failed(f"is asked too often; {self._api.rest(None)}.")
        if any(word in text for word in _UNKNOWN):
            message = f"refused the key ({said_in(text)}). Look at {self._keys}."
            return self._api.failed(message)
        return refused

    def _read(
        self,
        held: Any,  # noqa: ANN401 - any JSON value
        *,
        since: datetime,
        until: datetime,
    ) -> Iterator[Series]:
        try:
            # The expression's own period is not told back; ours is what was asked.
            width = timedelta(seconds=_width_s(until - since))
            for one in held["MetricDataResults"]:
                self._whole(one)
                ended = dict(self._ended(one, width))
                points = self._lag.points(ended, since=since, until=until)
                yield Series(points=points, labels={"label": str(one.get("Label", ""))})
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            message = "gave an answer of another form. Look at `url`."
            raise self._api.failed(message) from error

    def _whole(self, one: Mapping[str, Any]) -> None:
        """Refuse a part of an answer: what is missing would count as zero."""
        status = one.get("StatusCode", "Complete")
        if status != "Complete":
            messages = one.get("Messages") or [{}]
            said = shown(str(messages[0].get("Value", "no reason given")))
            remedy = "It is asked again at the next look."
            message = f"gave a part of the data ({status}: {said}). {remedy}"
            raise self._api.failed(message)

    def _ended(
        self, one: Mapping[str, Any], width: timedelta
    ) -> Iterator[tuple[datetime, float | None]]:
        """Yield values by the end of their interval; CloudWatch gives its beginning."""
        for at_s, value in zip(one["Timestamps"], one["Values"], strict=True):
            begins = datetime.fromtimestamp(float(at_s), UTC)
            yield begins + width, number(value, self._api.failed)


def data_query(query: str, width_s: int) -> dict[str, object]:
    """Return a query as CloudWatch takes it: a metric's statistic, or an expression."""
    text = query.strip()
    found = _METRIC.fullmatch(text)
    if found is None or not _STAT.fullmatch(found["stat"]):
        return {"Expression": text, "Period": width_s}
    pairs = _DIMENSION.findall(found["dimensions"] or "")
    return {
        "MetricStat": {
            "Metric": {
                "Namespace": found["namespace"],
                "MetricName": found["name"],
                "Dimensions": [{"Name": name, "Value": value} for name, value in pairs],
            },
            "Period": width_s,
            "Stat": found["stat"],
        }
    }


def _width_s(stretch: timedelta) -> int:
    """Return the width of intervals: a minute, or more where there would be too many."""
    minutes = stretch / _PERIOD / _MOST_PERIODS
    return 60 * max(1, int(-(-minutes // 1)))


def opened(opening: Opening) -> Source:
    """Return a source of CloudWatch's numbers."""
    return CloudWatch(opening)
