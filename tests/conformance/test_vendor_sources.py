"""
Sources behind vendors' HTTP APIs: one suite over all, against answers of the real form.

The answers are written after the vendors' public documentation.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.registry import maker
from gonogo.analysis.reducing import Answers, sample_of
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.model.sample import MetricKind, Tally
from gonogo.ports.source import SourceFailed
from tests.conformance.answering import Answer, answering

UNTIL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = UNTIL - timedelta(minutes=2)
SOON = timedelta(seconds=10)
KEY = "key-that-nobody-may-see"


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A kind, and how its service writes what."""

    kind: str
    query: str
    options: Mapping[str, str]
    option: str
    number: Callable[[float | None, datetime], Any]
    nothing: Any
    refusal: Any
    refusal_status: int = 400
    refused: str = ""
    garbage: tuple[Any, ...] = ({"unexpected": True}, [1, 2], "<html>login</html>")
    headers: Mapping[str, str] = field(default_factory=dict)


def _datadog(value, at):
    begins_ms = (at - timedelta(seconds=10)).timestamp() * 1000
    series = {
        "metric": "shop.errors",
        "display_name": "shop.errors",
        "pointlist": [[begins_ms, value]],
        "interval": 10,
        "length": 1,
        "scope": "env:prod",
        "tag_set": [],
        "expression": "sum:shop.errors{env:prod}.as_count()",
    }
    return {"status": "ok", "res_type": "time_series", "series": [series]}


def _cloudwatch(value, at):
    begins = (at - timedelta(minutes=1)).timestamp()
    one = {
        "Id": "q",
        "Label": "HTTPCode_Target_5XX_Count",
        "Timestamps": [] if value is None else [begins],
        "Values": [] if value is None else [value],
        "StatusCode": "Complete",
    }
    return {"MetricDataResults": [one], "Messages": []}


def _newrelic(value, at):
    del at
    answer = {"results": [{"count": value}], "metadata": {"facets": None}}
    return {"data": {"actor": {"account": {"nrql": answer}}}}


def _loki(value, at):
    text = "NaN" if value is None else str(value)
    one = {"metric": {}, "value": [at.timestamp(), text]}
    data = {"resultType": "vector", "result": [one], "stats": {}}
    return {"status": "success", "data": data}


def _flux(value, at):
    text = "" if value is None else value
    return (
        "#datatype,string,long,dateTime:RFC3339,double\r\n"
        "#group,false,false,false,false\r\n"
        "#default,_result,,,\r\n"
        ",result,table,_time,_value\r\n"
        f",,0,{at.isoformat()},{text}\r\n\r\n"
    )


def _sql(value, at):
    return [{"time": at.isoformat().removesuffix("+00:00"), "errors": value}]


def _influxql(value, at):
    series = {
        "name": "requests",
        "columns": ["time", "count"],
        "values": [[int(at.timestamp() * 1000), value]],
    }
    return {"results": [{"statement_id": 0, "series": [series]}]}


VENDORS = (
    Vendor(
        kind="datadog",
        query="sum:shop.errors{env:prod}.as_count()",
        options={"api_key": KEY, "application_key": KEY, "delay": "0"},
        option="api_key",
        number=_datadog,
        nothing={"status": "ok", "series": []},
        refusal={"status": "error", "error": "Error parsing query: unable to parse"},
        refused="unable to parse",
    ),
    Vendor(
        kind="cloudwatch",
        query='Sum AWS/ApplicationELB HTTPCode_Target_5XX_Count{LoadBalancer="a/b"}',
        options={
            "region": "eu-central-1",
            "access_key": "AKIDEXAMPLE",
            "secret_key": KEY,
            "delay": "0",
        },
        option="secret_key",
        number=_cloudwatch,
        nothing={"MetricDataResults": [], "Messages": []},
        refusal={
            "__type": "com.amazonaws.cloudwatch#ValidationError",
            "Message": "Error in expression 'q': Syntax",
        },
        refused="Error in expression",
    ),
    Vendor(
        kind="newrelic",
        query="SELECT count(*) FROM Transaction WHERE error IS true",
        options={"api_key": KEY, "account": "1234567", "delay": "0"},
        option="api_key",
        number=_newrelic,
        nothing={"data": {"actor": {"account": {"nrql": {"results": []}}}}},
        refusal={
            "data": {"actor": {"account": {"nrql": None}}},
            "errors": [
                {
                    "message": "NRQL Syntax Error: Error at line 1 position 8",
                    "extensions": {"errorClass": "NRDB:1101003"},
                    "path": ["actor", "account", "nrql"],
                }
            ],
        },
        refusal_status=200,
        refused="NRQL Syntax Error",
    ),
    Vendor(
        kind="loki",
        query='sum(count_over_time({app="shop"} |= "ERROR" [$window]))',
        options={"tenant": "shop", "token": KEY},
        option="token",
        number=_loki,
        nothing={"status": "success", "data": {"resultType": "vector", "result": []}},
        refusal="parse error at line 1, col 7: syntax error: unexpected IDENTIFIER",
        refused="parse error at line 1",
    ),
    Vendor(
        kind="influxdb",
        query='from(bucket: "b") |> range(start: :since, stop: :until) |> count()',
        options={"org": "shop", "token": KEY},
        option="token",
        number=_flux,
        nothing="\r\n",
        refusal={"code": "invalid", "message": "error @1:1: undefined identifier"},
        refused="undefined identifier",
        garbage=("<html>login</html>", '{"unexpected": true}', "a,b\r\n1,2\r\n"),
    ),
    Vendor(
        kind="influxdb",
        query="SELECT count(*) AS errors FROM requests WHERE time > :since",
        options={"api": "v3", "database": "shop", "token": KEY},
        option="token",
        number=_sql,
        nothing=[],
        refusal={"error": "Error during planning: table 'requests' not found"},
        refused="table 'requests' not found",
    ),
    Vendor(
        kind="influxdb",
        query="SELECT count(status) FROM requests WHERE time > :since",
        options={"api": "v1", "database": "shop", "user": "reader", "password": KEY},
        option="password",
        number=_influxql,
        nothing={"results": [{"statement_id": 0}]},
        refusal={"error": "error parsing query: found EOF, expected FROM"},
        refused="found EOF",
    ),
)
NAMES = [f"{each.kind} {each.options.get('api', '')}".strip() for each in VENDORS]


@pytest.fixture(params=VENDORS, ids=NAMES)
def vendor(request):
    """Give each service in turn."""
    return request.param


# New Relic gives the number of the stretch that is asked, without an instant.
DATED = [each for each in VENDORS if each.kind != "newrelic"]


@pytest.fixture(params=DATED, ids=[n for n in NAMES if n != "newrelic"])
def dated(request):
    """Give each service in turn that says when its numbers were so."""
    return request.param


def ask(vendor, url, *, deadline=SOON, query=None, now=UNTIL, options=None):
    """Return what a source gives for the two minutes up to noon."""
    opening = Opening(
        name="metrics",
        url=url,
        options={**vendor.options, **(options or {})},
        now=lambda: now,
    )
    source = maker(vendor.kind, "metrics")(opening)
    return source.series(
        query or vendor.query, since=SINCE, until=UNTIL, deadline=deadline
    )


def tally(found):
    """Return the arm that an answer is made into; None for no data."""
    sample = sample_of(
        MetricKind.COUNT, stretch=Stretch(SINCE, UNTIL), canary=Answers(events=found)
    )
    return sample.canary


def failure(vendor, *answers):
    """Return the sentence that an answer leads to."""
    with answering(*answers) as desk, pytest.raises(SourceFailed) as failed:
        ask(vendor, desk.url)
    return str(failed.value)


def test_a_number_of_the_stretch_is_what_was_counted(vendor):
    """What the service counted in the stretch is the sample's count."""
    with answering(Answer(body=vendor.number(7, UNTIL))) as desk:
        assert Tally(events=7, exposure=pytest.approx(2 / 60)) == tally(
            ask(vendor, desk.url)
        )


def test_nothing_is_no_data(vendor):
    """An answer without series is no data, and never a zero."""
    with answering(Answer(body=vendor.nothing)) as desk:
        assert tally(ask(vendor, desk.url)) is None


def test_a_null_is_no_data(vendor):
    """A point without a number is no data, and never a zero."""
    with answering(Answer(body=vendor.number(None, UNTIL))) as desk:
        assert tally(ask(vendor, desk.url)) is None


def test_a_zero_is_a_number(vendor):
    """What was counted and is zero is zero, not missing."""
    with answering(Answer(body=vendor.number(0, UNTIL))) as desk:
        assert tally(ask(vendor, desk.url)).events == 0


def test_an_old_number_is_no_data(dated):
    """What lies before the stretch does not count in it."""
    old = dated.number(7, UNTIL - timedelta(minutes=30))
    with answering(Answer(body=old)) as desk:
        assert tally(ask(dated, desk.url)) is None


def test_a_clock_that_runs_ahead_is_told(dated):
    """A service whose points lie in the future is named, and not believed."""
    ahead = dated.number(7, UNTIL + timedelta(hours=1))
    with answering(Answer(body=ahead)) as desk:
        found = ask(dated, desk.url)
    with pytest.raises(Unreadable, match="clock runs ahead"):
        tally(found)


def test_a_refused_query_says_why(vendor):
    """The service's own words about a query reach the person who wrote it."""
    answer = Answer(body=vendor.refusal, status=vendor.refusal_status)
    told = failure(vendor, answer)
    assert vendor.refused in told
    assert "refused the query" in told
    assert told.startswith("Source 'metrics': ")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_the_option(vendor, status):
    """A key that is not accepted leads to the name of its option, never to the key."""
    told = failure(vendor, Answer(body={"errors": ["Forbidden"]}, status=status))
    assert f"`{vendor.option}`" in told
    assert KEY not in told


def test_a_service_that_fails_is_told(vendor):
    """An error of the service is an error of the source, with its status."""
    told = failure(vendor, Answer(body="<html>oops</html>", status=503))
    assert "failed (status 503)" in told
    assert "html" not in told


def test_who_asks_too_often_waits(vendor):
    """After 'too many requests' nothing is sent until the service wants it again."""
    busy = Answer(body="", status=429, headers={"Retry-After": "500"})
    with answering(busy) as desk:
        opening = Opening(name="metrics", url=desk.url, options=vendor.options)
        source = maker(vendor.kind, "metrics")(opening)
        asked = {"since": SINCE, "until": UNTIL, "deadline": SOON}
        with pytest.raises(SourceFailed, match="asked again in 500 s"):
            source.series(vendor.query, **asked)
        with pytest.raises(SourceFailed, match=r"asked again in \d+ s"):
            source.series(vendor.query, **asked)
        assert desk.questions.qsize() == 1


@pytest.mark.parametrize(
    ("header", "text", "told"),
    [
        ("Retry-After", "Thu, 01 Jan 2099 00:00:00 GMT", "600 s"),
        ("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT", "0 s"),
        ("Retry-After", "100000", "600 s"),
        ("Retry-After", "nan", "30 s"),
        ("Retry-After", "soon", "30 s"),
        ("X-RateLimit-Reset", "12", "12 s"),
        ("X-Other", "12", "30 s"),
    ],
)
def test_how_long_to_wait_is_bounded(header, text, told):
    """A wait may be told as seconds or a date, and is ten minutes at the most."""
    busy = Answer(status=429, headers={header: text})
    assert f"asked again in {told}" in failure(of_kind("loki"), busy)


def test_a_key_that_no_header_may_hold_is_not_shown():
    """A line break in a key is told without the key."""
    loki = of_kind("loki")
    with answering(Answer()) as desk, pytest.raises(SourceFailed) as failed:
        ask(loki, desk.url, options={"token": f"{KEY}\nmore"})
    assert "an option holds a line break" in str(failed.value)
    assert KEY not in str(failed.value)


def test_a_service_that_hangs_is_left_within_the_deadline(vendor):
    """A look ends with its deadline, whatever the service does."""
    with answering(Answer(body=vendor.nothing)) as desk:
        desk.let_go.clear()
        with pytest.raises(SourceFailed, match=r"its deadline of 0\.2 s\. Look"):
            ask(vendor, desk.url, deadline=timedelta(seconds=0.2))


def test_a_service_that_is_down_is_told(vendor):
    """A port where nothing listens is an error with the host's name."""
    with answering(Answer()) as desk:
        url = desk.url
    with pytest.raises(SourceFailed, match=r"\(127\.0\.0\.1:\d+\) cannot be asked"):
        ask(vendor, url)


def test_answers_of_another_form_are_told(vendor):
    """What is no answer of this service is an error, never a number."""
    for body in vendor.garbage:
        told = failure(vendor, Answer(body=body))
        assert "127.0.0.1" in told


def test_a_redirect_does_not_carry_the_keys(vendor):
    """Keys are sent to the host in the plan and to no other."""
    with answering(Answer(body=vendor.number(1, UNTIL))) as other:
        away = Answer(status=302, headers={"Location": f"{other.url}/elsewhere"})
        assert "Keys are not sent on" in failure(vendor, away)
        assert other.questions.empty()


def test_an_answer_without_end_is_refused(vendor):
    """An answer is read up to a bound, and no further."""
    told = failure(vendor, Answer(body="x" * (4 * 1024 * 1024 + 1)))
    assert "larger than 4 MiB" in told


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("datadog", "api_key"),
        ("cloudwatch", "region"),
        ("newrelic", "api_key"),
        ("influxdb", "org"),
    ],
)
def test_a_missing_option_is_named(kind, missing):
    """A source without its key or its place says which option is missing."""
    opening = Opening(name="metrics", url="http://127.0.0.1")
    with pytest.raises(SourceFailed, match=f"needs the option `{missing}`"):
        maker(kind, "metrics")(opening)


def test_a_delay_that_is_none_is_told(vendor):
    """The option `delay` has to be a duration."""
    with pytest.raises(SourceFailed, match="no duration"):
        ask(vendor, "http://127.0.0.1", options={"delay": "soon"})


def test_a_delay_asks_further_back_and_dates_to_the_look(dated):
    """A service that knows late is asked late; its count belongs to the look."""
    late = dated.number(7, UNTIL - timedelta(seconds=90))
    with answering(Answer(body=late)) as desk:
        found = ask(dated, desk.url, options={"delay": "90s"})
        assert [7] == [each.points[-1].value for each in found]
        assert UNTIL == found[0].points[-1].at


# -- what each is asked ----------------------------------------------------------------


def of_kind(kind, api=None):
    """Return a service by its kind."""
    return next(
        each for each in VENDORS if each.kind == kind and each.options.get("api") == api
    )


def asked(vendor, *, query=None, options=None, body=None):
    """Return the request that a look sends."""
    answer = Answer(body=vendor.nothing if body is None else body)
    with answering(answer) as desk:
        ask(vendor, desk.url, query=query, options=options)
        return desk.next()


def test_datadog_is_asked_with_keys_and_a_rollup():
    """Counts get intervals of 10 seconds, so that each lies in one look."""
    question = asked(of_kind("datadog"))
    assert question.path == "/api/v1/query"
    assert question.params["query"] == (
        "sum:shop.errors{env:prod}.as_count().rollup(sum, 10)"
    )
    assert int(question.params["to"]) == UNTIL.timestamp()
    assert int(question.params["from"]) <= SINCE.timestamp() - 10
    assert question.headers["dd-api-key"] == KEY
    assert question.headers["dd-application-key"] == KEY


@pytest.mark.parametrize(
    "query",
    [
        "avg:system.cpu.user{*}",
        "sum:a{*}.as_count().rollup(sum, 60)",
        "sum:a{*}.as_count() / sum:b{*}.as_count()",
    ],
)
def test_datadog_leaves_other_queries_alone(query):
    """Only a plain count without a rollup is given one."""
    assert asked(of_kind("datadog"), query=query).params["query"] == query


def test_datadog_reports_errors_that_come_with_success():
    """Datadog may answer 200 and say inside that it did not work."""
    told = failure(
        of_kind("datadog"), Answer(body={"status": "error", "error": "Rate too high"})
    )
    assert "Rate too high" in told


def test_datadog_series_carry_their_tags():
    """Two groups of a query stay two series, told apart by their tags."""
    body = _datadog(1, UNTIL)
    body["series"][0]["tag_set"] = ["host:a", "env:prod"]
    with answering(Answer(body=body)) as desk:
        found = ask(of_kind("datadog"), desk.url)
    assert [{"host": "a", "env": "prod"}] == [dict(each.labels) for each in found]


def test_datadog_counts_only_intervals_that_ended_in_the_stretch():
    """An interval is counted in the one look in which it ends."""
    body = _datadog(0, UNTIL)
    ends = [SINCE, SINCE + timedelta(seconds=10), UNTIL, UNTIL + timedelta(seconds=10)]
    begin = [(end - timedelta(seconds=10)).timestamp() * 1000 for end in ends]
    body["series"][0]["pointlist"] = list(zip(begin, (1, 10, 100, 1000), strict=True))
    with answering(Answer(body=body)) as desk:
        assert tally(ask(of_kind("datadog"), desk.url)).events == 110


def test_cloudwatch_is_asked_with_a_signature():
    """A metric with its statistic and dimensions is asked, signed and by the minute."""
    question = asked(of_kind("cloudwatch"))
    target = "GraniteServiceVersion20100801.GetMetricData"
    assert question.headers["x-amz-target"] == target
    assert question.headers["x-amz-date"] == "20261122T120000Z"
    scope = "AKIDEXAMPLE/20261122/eu-central-1/monitoring/aws4_request"
    assert f"Credential={scope}" in question.headers["authorization"]
    body = question.json()
    assert body["MetricDataQueries"] == [
        {
            "Id": "q",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/ApplicationELB",
                    "MetricName": "HTTPCode_Target_5XX_Count",
                    "Dimensions": [{"Name": "LoadBalancer", "Value": "a/b"}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
    ]
    assert body["EndTime"] == UNTIL.timestamp()


def test_cloudwatch_takes_expressions():
    """Anything that is no metric with its statistic goes as an expression."""
    query = 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName)'
    body = asked(of_kind("cloudwatch"), query=query).json()
    assert [{"Id": "q", "Expression": query, "Period": 60}] == body["MetricDataQueries"]


def test_cloudwatch_refuses_a_part_of_the_data():
    """A part of the data is no data: what is missing would count as zero."""
    body = _cloudwatch(3, UNTIL)
    body["MetricDataResults"][0]["StatusCode"] = "PartialData"
    assert "a part of the data" in failure(of_kind("cloudwatch"), Answer(body=body))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("ThrottlingException", "is asked too often"),
        ("UnrecognizedClientException", "refused the key"),
        ("SignatureDoesNotMatch", "refused the key"),
    ],
)
def test_cloudwatch_means_more_than_400(kind, sentence):
    """AWS tells throttling and wrong keys with the status of a wrong query."""
    body = {"__type": f"com.amazon.coral.service#{kind}", "message": "The token"}
    told = failure(of_kind("cloudwatch"), Answer(body=body, status=400))
    assert sentence in told


def test_new_relic_is_asked_for_the_stretch():
    """A query without bounds is given those of the stretch, in milliseconds."""
    question = asked(of_kind("newrelic"))
    assert question.path == "/graphql"
    assert question.headers["api-key"] == KEY
    variables = question.json()["variables"]
    assert variables["account"] == 1234567
    assert variables["nrql"].endswith(
        f" SINCE {SINCE.timestamp():.0f}000 UNTIL {UNTIL.timestamp():.0f}000"
    )


def test_new_relic_leaves_bounds_of_the_query():
    """A query that says its bounds keeps them."""
    query = "SELECT count(*) FROM Log SINCE :since UNTIL :until"
    nrql = asked(of_kind("newrelic"), query=query).json()["variables"]["nrql"]
    assert nrql == (
        f"SELECT count(*) FROM Log SINCE {SINCE.timestamp():.0f}000 "  # noqa: S608 - no SQL
        f"UNTIL {UNTIL.timestamp():.0f}000"
    )


def test_new_relic_facets_are_series():
    """Each facet is a series of its own, labelled by what it is a facet of."""
    body = _newrelic(0, UNTIL)
    body["data"]["actor"]["account"]["nrql"] = {
        "results": [
            {"facet": "a", "host": "a", "count": 1},
            {"facet": "b", "host": "b", "count": 2},
        ],
        "metadata": {"facets": ["host"]},
    }
    with answering(Answer(body=body)) as desk:
        found = ask(of_kind("newrelic"), desk.url)
    assert [{"host": "a"}, {"host": "b"}] == [dict(each.labels) for each in found]


def test_new_relic_percentiles_are_one_number():
    """A percentile comes in an object of its own, and is the number in it."""
    body = _newrelic(0, UNTIL)
    nrql = {"results": [{"percentile.duration": {"99": 1.25}}]}
    body["data"]["actor"]["account"]["nrql"] = nrql
    with answering(Answer(body=body)) as desk:
        found = ask(of_kind("newrelic"), desk.url)
    assert [1.25] == [each.points[-1].value for each in found]


def test_new_relic_timeseries_are_refused():
    """Several numbers for one stretch are not guessed from."""
    body = _newrelic(0, UNTIL)
    nrql = {"results": [{"count": 1, "average.duration": 2}]}
    body["data"]["actor"]["account"]["nrql"] = nrql
    assert "2 values for one query" in failure(of_kind("newrelic"), Answer(body=body))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("TOO_MANY_REQUESTS", "is asked too often"),
        ("ACCESS_DENIED", "Look at the options `api_key` and `account`"),
    ],
)
def test_new_relic_tells_errors_with_success(kind, sentence):
    """GraphQL answers 200; what went wrong stands inside."""
    errors = [{"message": "no", "extensions": {"errorClass": kind}}]
    told = failure(of_kind("newrelic"), Answer(body={"errors": errors, "data": None}))
    assert sentence in told


def test_loki_is_asked_at_the_end_of_the_stretch():
    """The window is the stretch's length, and the instant its end, in nanoseconds."""
    question = asked(of_kind("loki"))
    assert question.path == "/loki/api/v1/query"
    assert question.params["query"] == (
        'sum(count_over_time({app="shop"} |= "ERROR" [120000ms]))'
    )
    assert question.params["time"] == f"{UNTIL.timestamp():.0f}000000000"
    assert question.headers["x-scope-orgid"] == "shop"
    assert question.headers["authorization"] == f"Bearer {KEY}"


def test_loki_refuses_lines_of_a_log():
    """A query for lines is told how to count them."""
    data = {"resultType": "streams", "result": [{"stream": {}, "values": []}]}
    told = failure(of_kind("loki"), Answer(body={"status": "success", "data": data}))
    assert "count_over_time" in told


def test_flux_is_asked_with_its_bounds():
    """Flux gets the bounds as instants, and the organisation and token it needs."""
    question = asked(of_kind("influxdb"))
    assert question.path == "/api/v2/query"
    assert question.params == {"org": "shop"}
    assert question.headers["authorization"] == f"Token {KEY}"
    assert question.json()["query"] == (
        'from(bucket: "b") |> range(start: 2026-11-22T11:58:00.000000Z, '
        "stop: 2026-11-22T12:00:00.000000Z) |> count()"
    )


def test_flux_takes_the_names_of_its_own_pages():
    """A query copied from InfluxDB's pages works as it is."""
    query = "range(start: v.timeRangeStart, stop: v.timeRangeStop)"
    sent = asked(of_kind("influxdb"), query=query).json()["query"]
    assert sent == (
        "range(start: 2026-11-22T11:58:00.000000Z, stop: 2026-11-22T12:00:00.000000Z)"
    )


def test_flux_tables_are_series_by_what_groups_them():
    """Each table of the answer is a series, labelled by its group."""
    body = (
        "#datatype,string,long,string,string,double\r\n"
        "#group,false,false,true,true,false\r\n"
        "#default,_result,,,,\r\n"
        ",result,table,_field,host,_value\r\n"
        ",,0,errors,a,1\r\n"
        ",,1,errors,b,2\r\n\r\n"
    )
    with answering(Answer(body=body)) as desk:
        found = ask(of_kind("influxdb"), desk.url)
    assert [{"host": "a"}, {"host": "b"}] == [dict(each.labels) for each in found]
    assert [1, 2] == [each.points[-1].value for each in found]


def test_flux_errors_come_as_a_table():
    """An error behind the first rows is an error, not a shorter answer."""
    body = (
        _flux(1, UNTIL) + "#datatype,string,string\r\n#group,true,true\r\n"
        "#default,,\r\n,error,reference\r\n,query timed out,897\r\n"
    )
    assert "query timed out" in failure(of_kind("influxdb"), Answer(body=body))


def test_influxdb_3_is_asked_in_sql():
    """SQL gets the bounds as timestamps, and the database it is about."""
    question = asked(of_kind("influxdb", "v3"))
    assert question.path == "/api/v3/query_sql"
    assert question.headers["authorization"] == f"Bearer {KEY}"
    sent = question.json()
    assert sent["db"] == "shop"
    assert sent["q"].endswith("time > TIMESTAMP '2026-11-22T11:58:00.000000Z'")


def test_influxdb_1_is_asked_in_influxql():
    """InfluxQL gets the bounds in microseconds."""
    question = asked(of_kind("influxdb", "v1"))
    assert question.path == "/query"
    assert question.params["db"] == "shop"
    assert question.params["q"].endswith(f"time > {SINCE.timestamp():.0f}000000u")
    assert question.headers["authorization"] == f"Token reader:{KEY}"


def test_influxdb_1_counts_are_of_the_stretch_though_dated_by_its_beginning():
    """InfluxQL dates a sum by the first instant it covers; it is the stretch's."""
    with answering(Answer(body=_influxql(5, SINCE))) as desk:
        assert tally(ask(of_kind("influxdb", "v1"), desk.url)).events == 5


def test_rows_with_several_numbers_are_refused():
    """Which of two columns is meant is not guessed."""
    body = [{"time": "2026-11-22T12:00:00", "errors": 1, "requests": 2}]
    told = failure(of_kind("influxdb", "v3"), Answer(body=body))
    assert "columns: errors, requests" in told


def test_text_where_a_number_is_wanted_is_told():
    """A word is never taken for a number."""
    told = failure(of_kind("loki"), Answer(body=_loki("many", UNTIL)))
    assert "where a number is wanted" in told


def test_a_wrong_version_of_influxdb_is_told():
    """The option `api` is one of three."""
    opening = Opening(name="m", url="http://127.0.0.1", options={"api": "v9"})
    with pytest.raises(SourceFailed, match="Write v1, v2 or v3"):
        maker("influxdb", "m")(opening)


def test_no_secret_stands_in_any_message(vendor):
    """Whatever goes wrong, the keys are not told."""
    for status in (400, 401, 404, 429, 500):
        told = failure(vendor, Answer(body=json.dumps({"error": "no"}), status=status))
        assert KEY not in told
