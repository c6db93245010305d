"""The judge of expectations: what a command gave against what it should give."""

import json
import re
from collections.abc import Callable, Mapping, Sequence

from gonogo.model.expectation import Expectation, ExpectationKind
from gonogo.model.verdict import Observation, Outcome, Verdict

OK_STATUSES = range(200, 300)
SEVERITY = (Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.FAIL)


def judge(expectations: Sequence[Expectation], observation: Observation) -> Verdict:
    """
    Judge one look against everything that it should give; the worst outcome counts.

    Without any expectation the look itself has to succeed: status 0, or an HTTP
    status of 200 to 299. With one, a script's exit status still has to be 0, unless
    an expectation names a status; for an absence 1 will do, as a search that finds
    nothing ends with it.

    Returns:
        `ERROR` when nothing could be looked at, `INCONCLUSIVE` where only a person
        can judge, else `PASS` or `FAIL`.
    """
    if observation.error is not None:
        return Verdict(outcome=Outcome.ERROR, reasons=(observation.error,))
    ended = _succeeded(expectations, observation)
    found = [ended, *(_judge_one(each, observation) for each in expectations)]
    worst = max((outcome for outcome, _ in found), key=SEVERITY.index)
    reasons = tuple(reason for outcome, reason in found if outcome is worst)
    return Verdict(outcome=worst, reasons=reasons)


def succeeded(observation: Observation) -> bool:
    """Return whether a deed was done: no error, and no status that tells of one."""
    return judge((), observation).outcome is Outcome.PASS


Judged = tuple[Outcome, str]

NOTHING_FOUND = 1


def _succeeded(expectations: Sequence[Expectation], seen: Observation) -> Judged:
    kinds = {expectation.kind for expectation in expectations}
    if ExpectationKind.HTTP_STATUS in kinds or _exit_wanted(expectations):
        return Outcome.PASS, "it answered"
    searched = ExpectationKind.ABSENCE in kinds and seen.exit_status == NOTHING_FOUND
    if seen.exit_status and not searched:
        return Outcome.FAIL, f"it ended with status {seen.exit_status}"
    if seen.http_status is not None and seen.http_status not in OK_STATUSES:
        return Outcome.FAIL, f"it answered with HTTP status {seen.http_status}"
    return Outcome.PASS, "it succeeded"


def _judge_one(expectation: Expectation, seen: Observation) -> Judged:
    return JUDGES[expectation.kind](expectation.value.strip(), seen)


def _held(held: bool, wanted: str, seen: Observation) -> Judged:  # noqa: FBT001
    if held:
        return Outcome.PASS, f"it gave {wanted}"
    return Outcome.FAIL, f"expected {wanted}, it gave: {_shown(seen)}"


def _judge_exact(value: str, seen: Observation) -> Judged:
    same = _trimmed(_asked_for(seen)) in {_trimmed(value), _trimmed(_bare(value))}
    return _held(same, f"exactly '{value}'", seen)


def _judge_contains(value: str, seen: Observation) -> Judged:
    given = _asked_for(seen)
    there = _has_words(value, given) or _has_words(_bare(value), given)
    return _held(there, f"'{value}' in it", seen)


def _asked_for(seen: Observation) -> str:
    """Return the one value that a JSON path chose, where one did; else the output."""
    if seen.http_status is None or seen.value is None:
        return seen.output
    return f"{seen.value:g}" if isinstance(seen.value, float) else seen.value


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _bare(value: str) -> str:
    """Return what stands within quotes or backticks; else the value itself."""
    quoted = re.fullmatch(r"([`'\"])(.+)\1", value, flags=re.DOTALL)
    return quoted[2] if quoted else value


def _has_words(words: str, text: str) -> bool:
    """Find whole words only: 'HEALTHY' is not in 'UNHEALTHY', nor '20' in '200'."""
    before = r"(?<!\w)" if re.match(r"\w", words) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", words) else ""
    return re.search(f"{before}{re.escape(words)}{after}", text) is not None


def _judge_human(value: str, seen: Observation) -> Judged:
    del seen
    return Outcome.INCONCLUSIVE, f"a person has to judge: {value}"


def _judge_absence(value: str, seen: Observation) -> Judged:
    if EMPTY.fullmatch(value):
        nothing = not seen.output.strip() or EMPTY.fullmatch(seen.output.strip())
        return _held(bool(nothing), "nothing", seen)
    named = ABSENT.match(value)
    if named is None:
        return Outcome.INCONCLUSIVE, f"a person has to judge: {value}"
    return _judge_absent(named["words"], seen)


EMPTY = re.compile(
    r"\W*(?:no|none|nothing|zero|empty|no output|no results?)\W*", re.IGNORECASE
)
ABSENT = re.compile(
    r"(?!not\b)(?:(?:no|zero|without)\s+(?:any\s+)?)?(?P<words>.+?)[\s.]*\Z",
    re.IGNORECASE | re.DOTALL,
)


def _judge_absent(words: str, seen: Observation) -> Judged:
    """
    Look for what should not be there, in any form of the word, also inside others.

    'No errors' and '0 errors' in the output say that it is absent. Where several
    words name it and none of them stands there, only a person can tell.
    """
    stem = re.escape(words.casefold().removesuffix("s"))
    output = seen.output.casefold()
    rest = re.sub(rf"(?<![\w.,])(?:no|zero|0)\s+{stem}", "", output)
    if re.search(stem, rest):
        return Outcome.FAIL, f"expected no '{words}', it gave: {_shown(seen)}"
    if rest != output or not output.strip() or len(words.split()) == 1:
        return Outcome.PASS, f"it gave no '{words}'"
    return Outcome.INCONCLUSIVE, f"a person has to judge: no '{words}'"


COMPARED = re.compile(r"(<=|>=|==|!=|≤|≥|<|>|=)?\s*(-?\d+(?:\.\d+)?)")
PLAIN = {"≤": "<=", "≥": ">=", "=": "==", None: "=="}
EXIT = re.compile(r"exit(?:s|ed)?(?:\s+(?:with|code|status))*[:=\s]+", re.IGNORECASE)
IN_WORDS = (
    (re.compile(r"\b(?:at least|minimum|min)\s+", re.IGNORECASE), ">= "),
    (re.compile(r"\b(?:at most|up to|maximum|max)\s+", re.IGNORECASE), "<= "),
    (re.compile(r"\b(?:more than|over|above)\s+", re.IGNORECASE), "> "),
    (re.compile(r"\b(?:less than|fewer than|under|below)\s+", re.IGNORECASE), "< "),
    (re.compile(r"(?<![\w.])(\d+)\+(?!\w)"), r">= \1"),
)


def _exit_wanted(expectations: Sequence[Expectation]) -> bool:
    numbers = (e for e in expectations if e.kind is ExpectationKind.NUMBER)
    return any(EXIT.match(each.value.strip()) for each in numbers)


def _judge_number(value: str, seen: Observation) -> Judged:
    wanted = _comparison(value)
    if wanted is None:
        return Outcome.INCONCLUSIVE, f"a person has to judge: {value}"
    if EXIT.match(value):
        status = seen.exit_status
        given = [] if status is None else [float(status)]
    else:
        given = _numbers_in(seen)
    if len(given) > 1:
        return Outcome.INCONCLUSIVE, f"expected {value}, it gave several numbers"
    if not given:
        return Outcome.FAIL, f"expected {value}, it gave no number: {_shown(seen)}"
    return _held(_compare(wanted[0], given[0], wanted[1]), value, seen)


def _comparison(value: str) -> tuple[str, float] | None:
    """Return comparator and limit; a bare number has to be equal."""
    text = THOUSANDS.sub("", value)
    for words, sign in IN_WORDS:
        text = words.sub(sign, text)
    found = COMPARED.search(text)
    return (PLAIN.get(found[1], found[1]), float(found[2])) if found else None


def _compare(sign: str, left: float, right: float) -> bool:
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }[sign]


THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# What psql writes below a result; it counts the rows and is no value.
FOOTER = re.compile(r"^\((\d+) rows?\)$", re.MULTILINE)


def _numbers_in(seen: Observation) -> list[float]:
    """
    Return the numbers that were given: the value asked for, else the output's.

    The last line that holds a number speaks for the output: scripts end with their
    result. Where it holds several, nothing tells which one is meant.
    """
    if isinstance(seen.value, int | float):
        return [float(seen.value)]
    text = seen.value if isinstance(seen.value, str) else seen.output
    lines = THOUSANDS.sub("", FOOTER.sub("", text)).splitlines()
    for line in reversed(lines):
        found = [float(each) for each in NUMBER.findall(line)]
        if found:
            return found
    return []


def _judge_rows(value: str, seen: Observation) -> Judged:
    given = seen.rows if seen.rows is not None else _lines(seen.output)
    span = re.match(r"(\d+)\s*(?:-|\u2013|to)\s*(\d+)\b", value)
    wanted = _comparison(value)
    if wanted is None:
        return Outcome.INCONCLUSIVE, f"a person has to judge: {value}"
    if span is not None:
        held = int(span[1]) <= given <= int(span[2])
    else:
        held = _compare(wanted[0], given, wanted[1])
    if held:
        return Outcome.PASS, f"it gave {given} rows"
    return Outcome.FAIL, f"expected {value}, it gave {given} rows"


def _lines(output: str) -> int:
    counted = FOOTER.findall(output)
    if counted:
        return int(counted[-1])
    return sum(1 for line in output.splitlines() if line.strip())


def _judge_status(value: str, seen: Observation) -> Judged:
    wanted = re.search(r"\b[1-5]\d\d\b", value)
    if wanted is None:
        return Outcome.INCONCLUSIVE, f"a person has to judge: {value}"
    return _held(wanted[0] in _statuses(seen), f"HTTP status {wanted[0]}", seen)


def _statuses(seen: Observation) -> Sequence[str]:
    """Return the status; of a script's output its last status line, else its words."""
    if seen.http_status is not None:
        return [str(seen.http_status)]
    lines = re.findall(r"\bHTTP/\d(?:\.\d)?\s+(\d{3})\b", seen.output)
    return lines[-1:] or re.findall(r"\b\d{3}\b", seen.output)


def _judge_json(value: str, seen: Observation) -> Judged:
    try:
        wanted = _relaxed(value)
    except ValueError:
        return Outcome.INCONCLUSIVE, f"a person has to judge: {value}"
    try:
        given = json.loads(seen.output)
    except ValueError:
        return Outcome.FAIL, f"expected JSON like {value}, it gave: {_shown(seen)}"
    return _held(_covers(wanted, given), f"JSON like {value}", seen)


def _relaxed(text: str) -> object:
    """Read JSON in which `...` stands for anything, also for 'and more'."""
    marked = re.sub(r"(?<![\"\w])\.\.\.(?![\"\w])", '"\\\\u2026"', text)
    marked = re.sub(r'\{\s*"\\u2026"\s*\}', "{}", marked)
    marked = re.sub(r',\s*"\\u2026"\s*\}', "}", marked)
    return json.loads(marked)


def _covers(wanted: object, given: object) -> bool:
    """Tell whether everything wanted is there; what is there besides is fine."""
    if wanted in ANYTHING:
        return True
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            key in given and _covers(each, given[key]) for key, each in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(given, list) and _covers_list(wanted, given)
    # True is no 1, though Python thinks so.
    return wanted == given and isinstance(wanted, bool) is isinstance(given, bool)


ANYTHING = ("…", "...")


def _covers_list(wanted: list[object], given: list[object]) -> bool:
    if "…" in wanted:
        asked = [each for each in wanted if each != "…"]
        return all(any(_covers(each, one) for one in given) for each in asked)
    return len(wanted) == len(given) and all(map(_covers, wanted, given))


def _shown(seen: Observation) -> str:
    """Return the start of what came back, on one line."""
    if seen.http_status is not None and not seen.output:
        return f"HTTP status {seen.http_status}"
    text = " ".join(seen.output.split()) or "nothing"
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004


JUDGES: Mapping[ExpectationKind, Callable[[str, Observation], Judged]] = {
    ExpectationKind.EXACT: _judge_exact,
    ExpectationKind.CONTAINS: _judge_contains,
    ExpectationKind.ABSENCE: _judge_absence,
    ExpectationKind.NUMBER: _judge_number,
    ExpectationKind.COMPARATOR: _judge_number,
    ExpectationKind.ROWS: _judge_rows,
    ExpectationKind.HTTP_STATUS: _judge_status,
    ExpectationKind.JSON: _judge_json,
    ExpectationKind.HUMAN: _judge_human,
}
