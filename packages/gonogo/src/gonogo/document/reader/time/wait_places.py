"""
Wait places: what a span of time means by where it stands, when no word tells.

A label before it ('Duration:'), the brackets behind a title or an item, or a timeline.
"""

import re

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.page import Page
from gonogo.document.reader.time.span_rules import Words
from gonogo.document.reader.time.wait_words import is_measured
from gonogo.document.reader.words.vocabulary import Topic

_HOUR, _DAY = 3600.0, 86400.0
_BY_PEOPLE = 60.0
_LABELLED = re.compile(
    r"(?:^|[(.;|]\s*)(?P<label>[^:.;|()]{2,60}?)\s*[:=\uff1a]\W{0,6}$"
)
_REGULARLY = re.compile(
    r"^(?:(?:check|checking|review|monitoring|polling) )?(?:interval|frequency|cadence)$",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"\b(?:response|respond|rto|sla|acknowledge\w*|resolution|deadline|time limit"
    r"|notice|time to (?:respond|acknowledge|resolve|detect|mitigate)|frist|plazo"
    r"|prazo)\b",
    re.IGNORECASE,
)
_TAKING = re.compile(
    r"\b(?:duration|time(?:line|frame|box)?|effort|estimat\w*|eta|length|downtime"
    r"|runtime|total|maintenance window|dauer|zeit\w*|aufwand|duraci[oó]n|tiempo|tempo"
    r"|dura[cç][aã]o|dur[eé]e|temps|durata|duur)\b|時間|耗时|预计",
    re.IGNORECASE,
)
_PLAIN_DURATION = re.compile(
    r"^(?:duration|length|dauer|duraci[oó]n|dura[cç][aã]o|dur[eé]e|durata|duur|期間)$",
    re.IGNORECASE,
)
# Titles under which time goes by while people watch.
_HELD = re.compile(
    r"\b(?:soak|bake|burn-?in|monitor\w*|observ\w*|hypercare|canary|staging|shadow"
    r"|pilot|beta|stabili\w*|passive|beobacht\w*|überwach\w*|monitore\w+|piloto)\b"
    r"|監視|观察|灰度",
    re.IGNORECASE,
)
_HELD_LABEL = re.compile(
    r"\b(?:validation|verification|observation|stabili[sz]ation|soaking|baking)"
    r"(?: (?:period|time|phase))?$",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"\b(?:uptime|time ?out|time ?zone|time range|(?<!maintenance )(?<!deployment )(?<!change )window|sessions?|cache|quer\w+"
    r"|pool|interval|ttl|age|retention|expir\w*)\b",
    re.IGNORECASE,
)
_TAKES = re.compile(
    r"\b(?:takes?|took|taking|requires?|needs?|allow|budget|estimated?|expect(?:ed)?"
    r"|approximately|approx|about|roughly|lasts?|total|dauert|etwa|circa|ca|toma"
    r"|tarda|demora|dura|prend|dure|environ|duurt|impiega)\b[^.;:]{0,40}$|[~≈約约]\s*$",
    re.IGNORECASE,
)
_TAKES_BEHIND = re.compile(
    r"^\s*(?:(?:in )?total|to (?:complete|run|finish|deploy|roll|recover|restore|execute)"
    r"|per (?:batch|host|node|stage|service|server|instance|cluster|environment|\d)"
    r"|of work|active work|deploy|preparation|remaining|effort|max(?:imum)?\b|depending"
    r"|downtime|wall-?clock|かかる)",
    re.IGNORECASE,
)
_HELD_BRACKET = re.compile(
    r"\b(?:staging|canary|shadow|pilot|beta|validation) ?\("
    r"(?:at least|min(?:imum)?|about|up to|[~≈])?\s*$",
    re.IGNORECASE,
)
# '(20-minute outages)' counts nothing: it says which.
_ADJECTIVE = re.compile(r"\d-[a-z]+$", re.IGNORECASE)
_BRACKETED = re.compile(
    r"\((?:[^():]{1,40},)?\s*(?:est\.?|approx\.?|about|at least|up to|max\.?|[~≈])?\s*$",
    re.IGNORECASE,
)
_DASHED = re.compile(r"\s[\u2013\u2014|,-]\s*[~≈]?$|,\s*$")
_EVENT_BEHIND = re.compile(
    r"^\s*(?:before|prior|from|to go|out|post|pre|vor|nach|antes|despu[eé]s)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"^\s*(?:after|following|nach|despu[eé]s|depois|après)\b", re.IGNORECASE
)
# People are told so long before it happens.
_AHEAD = re.compile(r"^\s*(?:before|prior|ahead|vor|antes|avant)\b", re.IGNORECASE)
_TELLING = re.compile(
    r"\b(?:notif\w+|announc\w+|inform\w*|e-?mail\w*|send|post|communicat\w+|publish"
    r"|schedul\w+|remind\w*|freeze|avisar|notificar|informieren|ankündigen)\b",
    re.IGNORECASE,
)
# 'Estimated time: phase 1 in 1 day, phase 2 over 1 week' tells nothing else.
_ESTIMATES = re.compile(
    r"^(?:total |overall )?(?:estimat(?:ed?|ion)|planned|approx\w*)?\s*(?:total )?"
    r"(?:duration|time(?:line)?|effort|time (?:needed|required))$|^(?:estimates?|eta)$",
    re.IGNORECASE,
)
_TAKEN = re.compile(r"\b(?:in|over|for|across)\s[~≈]?$", re.IGNORECASE)
# An act with its time: 'Lower the TTL 24h before the cutover'.
_ACT = re.compile(r"^\W*(?:\w\S*\W+){2,}")
_TAKE = re.compile(r"^\W*take (?:a|an|the|one|another|your)\b", re.IGNORECASE)
# 'Reduce it to 60s before the switch': what it is set to.
_SET_TO = re.compile(r"(?:\b(?:to|of|is|at|under|below)|[=:<>≤≥~])\s*$", re.IGNORECASE)
_SHORT_ITEM = 90
_TOLD = (Topic.RISK, Topic.REFERENCE, Topic.TROUBLE)


def kind_by_place(page: Page, statement: Statement, words: Words) -> WaitKind | None:
    """Return what a span without a telling word is; None where it structures nothing."""
    label = _label(words.before)
    if label is not None:
        kind = _labelled(page, statement, label, words.seconds)
        if kind is not None or _SETTING.search(label):
            return kind
    if is_measured(words.before) and words.seconds < _BY_PEOPLE:
        return None
    if _TAKES_BEHIND.match(words.behind):
        return WaitKind.ESTIMATE
    is_title = statement.shape is Shape.HEADING
    if not is_title and page.nearest(statement, *_TOLD) is not None:
        return None
    if _TAKES.search(words.before) and not _TAKE.match(words.before):
        return WaitKind.ESTIMATE
    return _placed(page, statement, words)


def is_part_estimate(statement: Statement, words: Words) -> bool:
    """Tell whether a span is one part of an estimate ('phase 2 over 1 week')."""
    label = split_label(statement.raw)
    named = label is not None and _ESTIMATES.match(label[0].strip(" *"))
    return bool(named and _TAKEN.search(words.before))


def _label(before: str) -> str | None:
    found = _LABELLED.search(before)
    return found["label"].strip(" *") if found else None


def _labelled(
    page: Page, statement: Statement, label: str, seconds: float
) -> WaitKind | None:
    if _REGULARLY.match(label):
        return WaitKind.CADENCE
    if _DUE.search(label):
        return WaitKind.DEADLINE if seconds >= _BY_PEOPLE else None
    if _PLAIN_DURATION.match(label) and seconds >= _HOUR and _is_held(page, statement):
        return WaitKind.SOAK
    if _HELD_LABEL.search(label) and seconds >= _HOUR:
        return WaitKind.SOAK
    timed = _TAKING.search(label) and not _SETTING.search(label)
    measured = is_measured(label) or seconds < 1
    return WaitKind.ESTIMATE if timed and not measured else None


def _is_due_ahead(statement: Statement, words: Words) -> bool:
    """Tell whether something has to be done so long before it happens."""
    listed = statement.shape is Shape.ITEM or statement.mark is not None
    told = _TELLING.search(words.before) is not None
    acts = _ACT.match(words.before) and not _SET_TO.search(words.before)
    return told or bool(listed and acts)


def _is_held(page: Page, statement: Statement) -> bool:
    above = next(iter(page.statements.leads(statement)), None)
    return above is not None and _HELD.search(above.text) is not None


def _placed(page: Page, statement: Statement, words: Words) -> WaitKind | None:
    """Return the estimate that stands in brackets, in a title, or in a timeline."""
    if _LATER.match(words.behind) and statement.shape is not Shape.HEADING:
        return None if statement.label else WaitKind.WAIT
    if _AHEAD.match(words.behind) and _is_due_ahead(statement, words):
        return WaitKind.DEADLINE
    told = _ADJECTIVE.search(words.span) and re.match(r"\s\w", words.behind)
    if _EVENT_BEHIND.match(words.behind) or (told and "(" in words.before[-3:]):
        return None
    if words.seconds >= _HOUR and _HELD_BRACKET.search(words.before):
        return WaitKind.SOAK
    is_title = statement.shape is Shape.HEADING
    short = len(statement.text) <= _SHORT_ITEM
    bracketed = _BRACKETED.search(words.before) and (is_title or short)
    titled = is_title and (words.seconds < _DAY or _DASHED.search(words.before))
    listed = statement.shape is Shape.ITEM and re.match(
        r"^[^:]{2,40}:\s*\(?$", words.before
    )
    timeline = page.nearest(statement, Topic.TIMELINE) is not None
    if bracketed or titled or timeline:
        return WaitKind.ESTIMATE
    return WaitKind.ESTIMATE if listed and words.seconds >= _BY_PEOPLE else None
