"""The judge of expectations: what a command gave against what it should give."""

import pytest

from gonogo.analysis.expectation import judge, succeeded
from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.verdict import Observation, Outcome

PASS, FAIL = Outcome.PASS, Outcome.FAIL
INCONCLUSIVE, ERROR = Outcome.INCONCLUSIVE, Outcome.ERROR
KIND = ExpectationKind


def expects(kind, value):
    """Return one expectation."""
    return Expectation(line=1, kind=ExpectationKind(kind), value=value)


def outcome_of(kind, value, seen):
    """Return the outcome for one expectation; a text is a script's output."""
    seen = Observation(output=seen, exit_status=0) if isinstance(seen, str) else seen
    return judge([expects(kind, value)], seen).outcome


TEXTS: dict[str, tuple] = {
    "exactly": (PASS, "exact", "OK", " OK\n"),
    "not exactly": (FAIL, "exact", "OK", "OK then"),
    "exactly, over lines": (PASS, "exact", "GRANT\nGRANT", "GRANT  \nGRANT\n"),
    "exactly, in backticks": (PASS, "exact", "`OK`", "OK"),
    "contained": (PASS, "contains", "OVERALL: HEALTHY", "x OVERALL: HEALTHY y"),
    "not contained": (FAIL, "contains", "HEALTHY", "SICK"),
    "the end of another word": (FAIL, "contains", "HEALTHY", "OVERALL: UNHEALTHY"),
    "the start of another word": (FAIL, "contains", "run", "running"),
    "the start of a number": (FAIL, "contains", "v1.2", "v1.23"),
    "beside punctuation": (PASS, "contains", "HEALTHY", "(HEALTHY)"),
    "punctuation itself": (PASS, "contains", "[ok]", "x[ok]y"),
    "contained, in quotes": (PASS, "contains", "'is up'", "it is up now"),
    "a person judges": (INCONCLUSIVE, "human", "looks calm", "calm"),
}
ABSENT: dict[str, tuple] = {
    "nothing": (PASS, "absence", "nothing", " \n"),
    "something for nothing": (FAIL, "absence", "Nothing", "5 errors"),
    "none": (PASS, "absence", "none", ""),
    "none, in words": (PASS, "absence", "none", "None."),
    "something for none": (FAIL, "absence", "none", "5 errors"),
    "empty": (FAIL, "absence", "(empty)", "x"),
    "absent": (PASS, "absence", "no errors", "all fine"),
    "present": (FAIL, "absence", "No errors", "ERROR: disk"),
    "present in another word": (FAIL, "absence", "no errors", "NullPointerError"),
    "only one s is cut off": (PASS, "absence", "no loss", "hello, log"),
    "said to be absent": (PASS, "absence", "no errors", "No errors found"),
    "counted as absent": (PASS, "absence", "no rows", "(0 rows)"),
    "counted, but not as absent": (FAIL, "absence", "no errors", "10 errors"),
    "absent and present": (FAIL, "absence", "no errors", "0 errors, then error 7"),
    "without any": (FAIL, "absence", "without any warnings.", "Warning: x"),
    "named without a lead": (FAIL, "absence", "Traceback", "Traceback (most recent"),
    "several words, present": (FAIL, "absence", "no failed jobs", "failed jobs: 3"),
    "several words, silence": (PASS, "absence", "no failed jobs", ""),
    "several words, said so": (PASS, "absence", "no failed jobs", "no failed jobs"),
    "several words, unclear": (
        INCONCLUSIVE,
        "absence",
        "no failed jobs",
        "failed: 3",
    ),
    "not something": (INCONCLUSIVE, "absence", "not found", "x"),
}
NUMBERS: dict[str, tuple] = {
    "the number": (PASS, "number", "5", "5"),
    "another number": (FAIL, "number", "5", "6"),
    "the value counts": (PASS, "number", "5", Observation(value=5, output="7")),
    "a value in words": (PASS, "number", "5", Observation(value="5", output="7")),
    "the last line counts": (PASS, "number", "0", "checked 5\nfailed: 0\n"),
    "several in the last line": (INCONCLUSIVE, "number", "0", "57 errors in 0 s"),
    "rows are no value": (FAIL, "comparator", "> 0", "count\n---\n 0\n(1 row)\n"),
    "thousands": (PASS, "number", "1,234", "1,234"),
    "thousands differ": (FAIL, "number", "234", "1,234"),
    "negative": (PASS, "comparator", "< 0", "-3"),
    "scientific": (PASS, "comparator", "< 1", "5e-3"),
    "no number": (FAIL, "number", "5", "none"),
    "no number wanted": (INCONCLUSIVE, "number", "some", "5"),
    "just below": (FAIL, "comparator", "> 5", "5"),
    "just above": (PASS, "comparator", "> 5", "5.1"),
    "at most": (PASS, "comparator", "≤ 5", "5"),
    "at least": (FAIL, "comparator", ">= 5", "4.9"),
    "equal": (PASS, "comparator", "= 5", "5"),
    "not equal": (FAIL, "comparator", "!= 5", "5"),
    "at least, in words": (PASS, "comparator", "at least 5", "6"),
    "at most, in words": (FAIL, "comparator", "up to 5", "6"),
    "more than, in words": (FAIL, "comparator", "more than 5", "5"),
    "less than, in words": (PASS, "comparator", "fewer than 5", "4"),
    "or more": (PASS, "comparator", "5+", "6"),
    "exit 0": (PASS, "number", "exit 0", "12 tests"),
    "exit 1 wanted": (
        PASS,
        "number",
        "exit code 1",
        Observation(output="", exit_status=1),
    ),
    "exit 1": (FAIL, "number", "exit 0", Observation(output="0", exit_status=1)),
    "no exit": (FAIL, "number", "exit 0", Observation(output="0")),
}
ROWS: dict[str, tuple] = {
    "rows": (PASS, "rows", "1 row", Observation(rows=1, output="a\nb")),
    "one row too few": (FAIL, "rows", "2 rows", Observation(rows=1)),
    "one row too many": (FAIL, "rows", "2 rows", Observation(rows=3)),
    "rows as lines": (PASS, "rows", "2 rows", "a\n\nb\n"),
    "rows as psql counts": (PASS, "rows", "1 row", "x\n---\na\n(1 row)\n"),
    "at least": (PASS, "rows", "at least 1 row", Observation(rows=3)),
    "more than none": (FAIL, "rows", "> 0 rows", Observation(rows=0)),
    "or more": (PASS, "rows", "5+ rows", Observation(rows=5)),
    "below a span": (FAIL, "rows", "2-3 rows", Observation(rows=1)),
    "at its start": (PASS, "rows", "2-3 rows", Observation(rows=2)),
    "at its end": (PASS, "rows", "2 to 3 rows", Observation(rows=3)),
    "above a span": (FAIL, "rows", "2-3 rows", Observation(rows=4)),
    "no number": (INCONCLUSIVE, "rows", "some rows", Observation(rows=4)),
}
STATUSES: dict[str, tuple] = {
    "the status": (PASS, "http_status", "HTTP 204", Observation(http_status=204)),
    "another": (FAIL, "http_status", "200", Observation(http_status=500)),
    "a wanted failure": (PASS, "http_status", "404", Observation(http_status=404)),
    "printed": (PASS, "http_status", "200", "HTTP/1.1 200 OK\n"),
    "printed among others": (FAIL, "http_status", "200", "HTTP/2 500\n200 bytes"),
    "the last one printed": (
        PASS,
        "http_status",
        "200",
        "HTTP/1.1 301 Moved\nHTTP/1.1 200 OK",
    ),
    "a bare code": (PASS, "http_status", "200", "200"),
    "in a longer number": (FAIL, "http_status", "200", "2000"),
    "no code wanted": (INCONCLUSIVE, "http_status", "fine", "200"),
    "a script that fails for it": (
        PASS,
        "http_status",
        "404",
        Observation(output="404", exit_status=22),
    ),
}
JSON: dict[str, tuple] = {
    "the same": (PASS, "json", '{"ok": true}', '{"ok": true}'),
    "more besides": (PASS, "json", '{"ok": true}', '{"ok": true, "at": 3}'),
    "less": (FAIL, "json", '{"ok": true}', '{"at": 3}'),
    "another value": (FAIL, "json", '{"ok": true}', '{"ok": false}'),
    "true is no 1": (FAIL, "json", '{"ok": true}', '{"ok": 1}'),
    "1 is 1.0": (PASS, "json", '{"n": 1}', '{"n": 1.0}'),
    "anything": (PASS, "json", '{"id": ...}', '{"id": [1]}'),
    "anything, in quotes": (PASS, "json", '{"id": "..."}', '{"id": 7}'),
    "anything, but missing": (FAIL, "json", '{"id": ...}', "{}"),
    "and more": (PASS, "json", '{"ok": true, ...}', '{"ok": true}'),
    "whatever object": (PASS, "json", "{...}", '{"ok": true}'),
    "nested": (PASS, "json", '{"a": {"b": 1}}', '{"a": {"b": 1, "c": 2}}'),
    "no object": (FAIL, "json", '{"a": 1}', "[1]"),
    "no list": (FAIL, "json", "[1]", "1"),
    "a list": (PASS, "json", "[1, 2]", "[1, 2]"),
    "a longer list": (FAIL, "json", "[1, 2]", "[1, 2, 3]"),
    "a list in another order": (FAIL, "json", "[1, 2]", "[2, 1]"),
    "some of a list": (PASS, "json", "[2, ...]", "[1, 2, 3]"),
    "none of a list": (FAIL, "json", "[5, ...]", "[1, 2, 3]"),
    "no JSON came": (FAIL, "json", "{}", "Not Found"),
    "no JSON stated": (INCONCLUSIVE, "json", "JSONB with user_id", "{}"),
}
TABLES = [
    ("text", TEXTS),
    ("absence", ABSENT),
    ("number", NUMBERS),
    ("rows", ROWS),
    ("status", STATUSES),
    ("json", JSON),
]
EVERY = {f"{kind}: {row}": table[row] for kind, table in TABLES for row in table}


@pytest.mark.parametrize(
    ("outcome", "kind", "value", "seen"), EVERY.values(), ids=EVERY
)
def test_an_expectation_is_judged_as_it_reads(outcome, kind, value, seen):
    """Each kind compares as its document means it; what is unclear is a question."""
    assert outcome == outcome_of(kind, value, seen)


ENDED = {
    "well": (PASS, None, Observation(exit_status=0)),
    "badly": (FAIL, None, Observation(exit_status=1)),
    "with an answer": (PASS, None, Observation(http_status=200)),
    "with the last good status": (PASS, None, Observation(http_status=299)),
    "just above": (FAIL, None, Observation(http_status=300)),
    "just below": (FAIL, None, Observation(http_status=199)),
    "badly, with the right words": (
        FAIL,
        ("contains", "OK"),
        Observation(output="OK", exit_status=1),
    ),
    "a search that found nothing": (
        PASS,
        ("absence", "no errors"),
        Observation(exit_status=1),
    ),
    "a search that could not be": (
        FAIL,
        ("absence", "no errors"),
        Observation(exit_status=2),
    ),
    "an absence behind a bad answer": (
        FAIL,
        ("absence", "nothing"),
        Observation(http_status=500),
    ),
    "not at all": (ERROR, ("contains", "OK"), Observation(error="x", output="OK")),
}


@pytest.mark.parametrize(("outcome", "stated", "seen"), ENDED.values(), ids=ENDED)
def test_the_look_itself_has_to_succeed(outcome, stated, seen):
    """A command that failed proves nothing, whatever it printed."""
    expected = [expects(*stated)] if stated else []
    assert outcome == judge(expected, seen).outcome


@pytest.mark.parametrize(
    ("done", "seen"),
    [
        (True, Observation()),
        (False, Observation(exit_status=1)),
        (False, Observation(http_status=500)),
        (False, Observation(error="refused")),
    ],
)
def test_a_deed_is_done_when_nothing_tells_otherwise(done, seen):
    """An exit status, an HTTP status or an error tells that a deed was not done."""
    assert done is succeeded(seen)


def test_the_worst_outcome_counts_with_its_reasons():
    """One expectation that fails outweighs those that hold, and one that is unclear."""
    stated = [expects("contains", "a"), expects("human", "x"), expects("contains", "z")]
    verdict = judge(stated, Observation(output="a b", exit_status=0))
    assert FAIL is verdict.outcome
    assert ("expected 'z' in it, it gave: a b",) == verdict.reasons


SHOWN = {
    "nothing": ("nothing", Observation()),
    "an answer without a body": ("HTTP status 204", Observation(http_status=204)),
    "one line": ("a b", Observation(output="a\n b")),
    "no more than 200 characters": ("x" * 200 + "…", Observation(output="x" * 201)),
    "200 characters": ("x" * 200, Observation(output="x" * 200)),
}


@pytest.mark.parametrize(("shown", "seen"), SHOWN.values(), ids=SHOWN)
def test_a_failed_expectation_shows_what_came(shown, seen):
    """The reason shows the start of what came back, on one line."""
    (reason,) = judge([expects("exact", "OK")], seen).reasons
    assert f"expected exactly 'OK', it gave: {shown}" == reason


CHOSEN = {
    "a word elsewhere in the answer is not the value": ("v2", "v1", Outcome.FAIL),
    "the value that the path chose": ("v2", "v2", Outcome.PASS),
    "a number as people write it": ("100", 100.0, Outcome.PASS),
}


@pytest.mark.parametrize("kind", [ExpectationKind.EXACT, ExpectationKind.CONTAINS])
@pytest.mark.parametrize(("wanted", "value", "outcome"), CHOSEN.values(), ids=CHOSEN)
def test_where_a_path_chose_a_value_it_alone_is_judged(kind, wanted, value, outcome):
    """What else the answer holds neither helps nor harms."""
    seen = Observation(output='{"before": "v2"}', value=value, http_status=200)
    expected = Expectation(line=1, kind=kind, value=wanted)
    assert outcome == judge((expected,), seen).outcome
