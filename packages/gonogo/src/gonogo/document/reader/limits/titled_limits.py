"""Titled limits: headings that name a check and its limit ('Bundle size: < 250 KB')."""

import re

from gonogo.document.kinds import GateContext
from gonogo.document.reader.limits.judging import Meaning, numeric
from gonogo.document.reader.limits.settings import TOLD
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.words.titles import exposures
from gonogo.document.reader.words.vocabulary import Topic

# The sign stands right behind the name; 'Phase 2: 50 % of traffic' has none.
_TITLED = re.compile(r"^[^:]{2,80}[:\uff1a]\s*(?P<limit>(?:<=?|>=?|≤|≥)\s*\d.{0,80})$")
# What these number is a part of the work, whatever limit stands behind.
_PART = re.compile(
    r"^\W*(?:phase|stage|step|wave|ring|day|week|hour|canary|rollout|ramp|batch|priority"
    r"|fase|etapa|paso|tag|woche)\b",
    re.IGNORECASE,
)


def titled(text: str, setting: Topic | None) -> Meaning:
    """Return the limit that a heading names; `setting` is what it stands under."""
    stated = _TITLED.match(text)
    if stated is None or setting in TOLD or _PART.match(text) or exposures(text):
        return Meaning()
    threshold = find_threshold(text)
    if threshold is None or threshold.start < stated.start("limit"):
        return Meaning()
    feared = setting is Topic.TRIGGER
    context = GateContext.MUST_NOT if feared else GateContext.MUST_HOLD
    return Meaning(judged=[numeric(text, threshold)], context=context)
