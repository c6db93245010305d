"""
Settings: what a sentence stands under, where that decides how it is meant.

Under success criteria a sentence has to hold, under rollback triggers it must not come
true. A label that opens steps ('Actions:') ends such a list, and the document's own
title speaks for the document, not for each of its lists.
"""

import re

from gonogo.document.reader.layout.markup import split_label
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.if_then import unwished_lead
from gonogo.document.reader.page import Page
from gonogo.document.reader.words.vocabulary import Topic, first

_PROCEDURE = re.compile(
    r"^[\W\d]*(?:(?:immediate|required|next|first|manual|follow[- ]up|recovery|rollback"
    r"|resolution)\s+)?(?:actions?|steps?|procedures?|tasks?|instructions?|process|response"
    r"|to[- ]?dos?|how to\b.{0,60}|solutions?|fix(?:es)?|resolution|mitigations?|remedy"
    r"|(?:[\w-]+\s*/\s*)?commands?(?:\s*/\s*[\w-]+)*|automation|tooling|who decides|decision makers?|pasos|acciones|passos|ações|schritte"
    r"|maßnahmen|vorgehen|手順|対応)(?:\s+(?:to take|required|to perform|plan))?"
    r"\s*(?:\(.{1,60}\))?\s*[:\uff1a]?\W*$",
    re.IGNORECASE,
)
# What stands under these tells of a thing; it is neither wanted nor feared.
_NOTES = re.compile(
    r"^\W*(?:(?:estimated?|approximate|expected|total) (?:time|duration|effort|timeline)(?:\s+[\w-]+){0,3}\s*:?\W*$"
    r"|(?:[\w-]+\s+){0,2}?(?:references?|links?|docs|documentation|notes?"
    r"|owners?|purpose|location|see also|related(?: \w+)?|artifacts?|sources?|fields|parameters"
    r"|options|examples?|json report|details|context|background|referencias?"
    r"|notas|refer[eê]ncias?|hinweise?|verweise?|参照)"
    r"(?:\s*[/&,]\s*[\w-]+(?:\s+[\w-]+)?){0,3}\s*(?:\(.{1,160}\))?\s*:?\W*$)",
    re.IGNORECASE,
)
TOLD = frozenset({
    Topic.BACKGROUND, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE, Topic.RECORD,
})  # fmt: skip
"""What is told under these is background; it judges nothing."""
_SETTING = frozenset({
    Topic.TRIGGER, Topic.SUCCESS, Topic.METRICS, Topic.VERIFY, Topic.MONITOR,
    Topic.BACKGROUND, Topic.RISK, Topic.REFERENCE, Topic.TROUBLE, Topic.RECORD,
    Topic.APPROVAL, Topic.ROLLBACK,
})  # fmt: skip
# A longer sentence tells something of its own; it is no title of what follows.
_TITLE = 100
_ALARM = re.compile(
    r"^\W*(?:[\w-]+\s+){0,2}?(?:alert(?:s|ing)?|alarms?|alertas|alarme)(?:\s+(?:thresholds?"
    r"|rules?|conditions?|criteria|limits?))?\s*(?:\(.{1,60}\))?\s*:?\W*$",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:targets?|thresholds?|slos?|slas?|limits?|umbrales|schwellwerte|metas)\b",
    re.IGNORECASE,
)
# A line that begins with a pictograph or a dash is an item without its mark-up.
_BULLET = re.compile(
    r"^\s*[\u2022\u25aa\u25cf\u2013\u2014\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff"
    r"\U0001f000-\U0001faff]"
)


def setting(page: Page, statement: Statement, *wanted: Topic) -> Topic | None:
    """Return the wanted topic of the innermost lead below the document's title."""
    chosen = frozenset(wanted)
    for lead in page.statements.leads(statement):
        hit = lead.topics & chosen
        if hit and not is_title(page, lead):
            return first(hit)
    return None


def is_title(page: Page, lead: Statement) -> bool:
    """Tell whether a lead is the title that all other headings stand under."""
    section = page.outline.sections[lead.section]
    return (
        lead.shape is Shape.HEADING
        and section.index == 1
        and section.last >= page.outline.sections[-1].last
        and len(page.outline.sections) > 2  # noqa: PLR2004 - itself and what precedes it
    )


def is_title_like(lead: Statement) -> bool:
    """Tell whether a lead is short enough to name what stands under it."""
    return lead.shape is Shape.HEADING or lead.label or len(lead.text) <= _TITLE


def is_alarm(lead: Statement) -> bool:
    """Tell whether the limits under a lead are those that set off an alarm."""
    return _ALARM.match(lead.text) is not None


def is_procedure(lead: Statement) -> bool:
    """Tell whether what stands under a lead are things to do."""
    return _PROCEDURE.match(lead.text) is not None


def is_notes(lead: Statement) -> bool:
    """Tell whether what stands under a label or an item are notes ('References')."""
    return lead.shape is not Shape.HEADING and _NOTES.match(lead.text) is not None


def is_entry(statement: Statement) -> bool:
    """Tell whether a sentence is an item of a list, by mark-up or by a pictograph."""
    if statement.shape is Shape.ITEM:
        return not statement.label
    if statement.shape is not Shape.PARAGRAPH or statement.label:
        return False
    return statement.mark is not None or _BULLET.match(statement.raw) is not None


def judged_under(page: Page, statement: Statement) -> Topic | None:
    """Return in what context a sentence stands; its own label speaks first."""
    label = split_label(statement.raw)
    own = page.topics(label[0]) & TOLD if label and label[1] else frozenset()
    if own and statement.mark is None:
        return min(own)
    near = _nearest(page, statement, _SETTING)
    if near is Topic.METRICS and not _names_limits(page, statement):
        wanted = {Topic.TRIGGER, Topic.SUCCESS, *TOLD}
        return _nearest(page, statement, frozenset(wanted)) or near
    return near


def _names_limits(page: Page, statement: Statement) -> bool:
    """Tell whether the label right above is one of limits ('Targets', 'To monitor')."""
    lead = next(iter(page.statements.leads(statement)), None)
    if lead is None or not lead.label or Topic.TRIGGER in lead.topics:
        return False
    watched = lead.topics & {Topic.MONITOR, Topic.VERIFY}
    return bool(watched) or _LIMITS.search(lead.text) is not None


def _nearest(
    page: Page, statement: Statement, wanted: frozenset[Topic]
) -> Topic | None:
    for lead in page.statements.leads(statement):
        if not is_title_like(lead):
            continue
        if is_notes(lead) and lead.mark is None:
            return Topic.REFERENCE
        if is_procedure(lead):
            steps = (t for t in (Topic.ROLLBACK, Topic.VERIFY) if t in lead.topics)
            return next(steps, None)
        if unwished_lead(lead.text) is not None and not lead.topics & {Topic.TRIGGER}:
            return None
        hit = first(lead.topics & wanted)
        if hit is not None:
            return _meant(page, lead, hit)
    return None


def _meant(page: Page, lead: Statement, hit: Topic) -> Topic | None:
    """Return what a lead that names a topic makes of what stands under it."""
    if is_title(page, lead):
        # A title speaks for the document: what it calls for is looked at below.
        return Topic.VERIFY if hit is Topic.SUCCESS else None
    # 'Checks after a rollback' are checks.
    checks = hit is Topic.ROLLBACK and Topic.VERIFY in lead.topics
    return Topic.VERIFY if checks else hit
