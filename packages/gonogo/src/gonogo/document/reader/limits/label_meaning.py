"""Label meaning: what a line says by its own label ('Gate: …', 'Target: < 200 ms')."""

import re

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.statements import Statement
from gonogo.document.reader.limits.claims import breaches, once, stated
from gonogo.document.reader.limits.if_then import conditionals
from gonogo.document.reader.limits.judging import Judged, Meaning, judge_all, target_of
from gonogo.document.reader.limits.metrics import bare_metric
from gonogo.document.reader.limits.settings import TOLD, is_title
from gonogo.document.reader.limits.thresholds import Threshold, find_threshold
from gonogo.document.reader.page import Page
from gonogo.document.reader.people.people import has_blank
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.document.reading import Box

# Labels of what has to be so before the work goes on.
_GATE = re.compile(
    r"^(?:[\w-]+ ){0,2}?(?:success (?:criteria|criterion)|exit criteria|entry criteria"
    r"|acceptance criteria|(?:go|go/no-go|pass|promotion|advance) criteria|gate|go if"
    r"|proceed (?:if|when)|advance (?:if|when)|promote (?:if|when)|criterios? de [ée]xito|erfolgskriterien|criterio)$",
    re.IGNORECASE,
)
# Labels of a limit whose metric is what the line stands under.
_LIMIT = re.compile(
    r"^(?:target|goal|slo|sla|objective|acceptable|pass criteri(?:a|on)|success threshold|objetivo"
    r"|meta|ziel|zielwert|sollwert)s?(?: (?:value|level))?$",
    re.IGNORECASE,
)
# A limit's label is followed by the limit itself.
_AT_ONCE = 3
# What is needed may be a thing ('Requires: a licence') or a person's word
# ('Go/No-Go: CTO decides') as well as a state.
_NEEDS = re.compile(
    r"^(?:[\w-]+ ){0,2}?(?:prerequisites?|preconditions?|requires|requirements?|go(?:/| / | or |-)no[- ]?go"
    r"|(?:decision|quality|release|exit|entry|promotion) gate|done when|pass(?:es)? (?:if|when)|success(?: (?:if|when))?"
    r"|definition of done)$",
    re.IGNORECASE,
)
# 'No deadlocks: [ ] YES [ ] NO' asks whether it is so.
_ASKED = re.compile(
    r"\s*(?:\[[ xX]?\]|[☐☑□])\s*(?:YES|NO|PASS|OK|SI|SÍ|JA|GO|SIM|NÃO|OUI|NEIN)\b.*$",
    re.IGNORECASE,
)
# 'Clean: `make clean`' names a command; its words judge nothing.
_CODE_ONLY = re.compile(r"^\W*[\w-]+\W{0,3}:\W{0,4}`[^`]+`\W*$")
# 'FAIL: the page is blank' tells what a failed test looks like; it is not wanted.
_FAILED = re.compile(r"^\W*fail(?:s|ed|ure)?\s*:", re.IGNORECASE)


def by_label(
    page: Page, statement: Statement, box: Box | None, setting: Topic | None
) -> Meaning | None:
    """Return what a line means by its label; None where its words decide."""
    text = statement.text
    if _FAILED.match(text):
        return Meaning()
    target = target_of(text)
    if target is not None and setting not in {Topic.RISK, Topic.TROUBLE}:
        told = setting is Topic.BACKGROUND
        context = GateContext.INFO if told else GateContext.MUST_HOLD
        return Meaning(judged=[target], context=context)
    named = _named(page, statement, box)
    if named is not None or statement.label:
        return named or _led(text, setting)
    asked = _ASKED.sub("", text)
    if asked != text and statement.mark is None:
        return Meaning(judged=stated(asked))
    command = _CODE_ONLY.match(statement.raw) and find_threshold(text) is None
    return Meaning() if command else None


def _named(page: Page, statement: Statement, box: Box | None) -> Meaning | None:
    """Return what a label with a text behind it states: '**Gate:** all tests pass'."""
    label = split_label(statement.raw)
    if label is None or not label[1] or box is not None:
        return None
    spoken = page.topics(label[0])
    answered = label[0].lower().startswith("if ")  # 'If no-go: fix it in 2 days'
    if Topic.TRIGGER in spoken and not answered and stated(label[1]):
        return Meaning(judged=stated(label[1]), context=GateContext.MUST_NOT)
    limit = _LIMIT.match(label[0])
    threshold = find_threshold(label[1], bare=True) if limit else None
    if threshold is not None and threshold.start <= _AT_ONCE:
        return _limited(page, statement, threshold)
    if _NEEDS.match(label[0]):
        return Meaning(judged=stated(label[1]))
    if _GATE.match(label[0]) and not has_blank(label[1]):
        return Meaning(judged=judge_all(label[1], bare=True))
    return None


def _limited(page: Page, statement: Statement, threshold: Threshold) -> Meaning | None:
    """Return 'Target: < 200 ms' as a limit of what the line stands under."""
    lead = next(iter(page.statements.leads(statement)), None)
    if lead is None or is_title(page, lead):
        return None
    named = Judged(metric=bare_metric(lead.text), condition=threshold.condition)
    return Meaning(judged=[named])


def _led(text: str, setting: Topic | None) -> Meaning:
    """Return the conditions of a sentence that leads others ('After 1 week stable:')."""
    if setting in TOLD:
        return Meaning()
    for one in conditionals(text):
        return Meaning(judged=breaches(one.condition), context=GateContext.MUST_NOT)
    return Meaning(judged=once(text))
