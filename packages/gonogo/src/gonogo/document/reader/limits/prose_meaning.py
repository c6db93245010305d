"""
Prose meaning: what a sentence judges by its words alone.

A sentence that demands or claims a state comes before one that says 'if', and that
before a number that a word of demand stands beside.
"""

import re

from gonogo.document.kinds import GateContext
from gonogo.document.reader.layout.statements import Shape, Statement
from gonogo.document.reader.limits.claims import breaches, numbers, once, stated
from gonogo.document.reader.limits.if_then import conditionals
from gonogo.document.reader.limits.judging import Meaning, counted, judge_all
from gonogo.document.reader.limits.settings import is_entry
from gonogo.document.reader.limits.states import state_of
from gonogo.document.reader.limits.thresholds import find_threshold
from gonogo.document.reader.words.vocabulary import Topic
from gonogo.model.condition import Comparator

_ALERT = re.compile(
    r"\b(?:alerts?|alarms?|page|warn(?:ings?)?|escalate|rollback|roll back|abort|stop"
    r"|pause|halt)\b.{0,30}?\b(?:if|when|on|at)\b|^\W*(?:alerts?|warn\w*|critical)\s*:",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:must|should|target|threshold|require[sd]?|limit|no more than|at least|keep"
    r"|stays?|remains?|expected|acceptable|shall|budget|slo|criteri\w+|within|exceeds?)\b",
    re.IGNORECASE,
)
# 'If p95 > 8 s → add an index': whatever is done then, the number must not be reached.
_IF_LIMIT = re.compile(
    r"^\W*(?:if|when|whenever)\s+(?P<what>[^,→:;]{3,120}?)\s*(?:[,→:;]|->)",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"^\W*(?:no|zero|0)\s+(?:[\w/-]+\s+){0,3}?(?:errors?|issues?|bugs?|violations?|alerts?"
    r"|failures?|complaints?|regressions?|data loss|loss|corruption|degradation|downtime"
    r"|crash(?:es)?|deadlocks?|leaks?|incidents?|increase|spikes?|drift|mismatch(?:es)?)\b",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"\b(?:must|should|shall|has to|have to|deben?|debe[mr]os?|devem?|muss|m[üu]ssen|soll(?:en)?"
    r"|doi(?:ven)?t|deve|devono)\b",
    re.IGNORECASE,
)
# 'All alerts of the cluster stay green': an item that says of all how they are.
_EVERY = re.compile(
    r"^\W*(?:all|every|each|both|todos|todas|alle|tous|toutes)\b.{3,200}\b(?:remains?|stays?|are|is"
    r"|pass(?:es|ed)?|succeeds?|succeeded)\b",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"^\W*(?:re-?)?(?:verify|verifies|confirm|ensure|check|validate|make sure|assert"
    r"|verificar?|comprobar|confirmar|validar|revisar|asegurar|garantir|checar|v[ée]rifier"
    r"|contr[ôo]ler|prüfen|überprüfen|sicherstellen)\b",
    re.IGNORECASE,
)
# A state stands near the word that demands it.
_NEAR = 60
_WATCHED = frozenset({Topic.METRICS, Topic.MONITOR, Topic.VERIFY, Topic.SUCCESS})


def in_prose(statement: Statement, setting: Topic | None) -> Meaning:
    """Return what one sentence judges; `setting` is what it stands under."""
    demanded = _demanded(statement, setting)
    if demanded is not None:
        return demanded
    feared = _conditional(statement)
    if setting is Topic.ROLLBACK:
        # Prose about a way back tells when to use it; an item states a condition.
        return (feared if is_entry(statement) else None) or Meaning()
    return feared or _numeric(statement.text, setting)


def demands(text: str) -> bool:
    """Tell whether a sentence says that something must be so."""
    return _MUST.search(text) is not None


def alerts(text: str) -> bool:
    """Tell whether a sentence says when to alert or to stop."""
    return _ALERT.search(text) is not None


def _demanded(statement: Statement, setting: Topic | None) -> Meaning | None:
    """Return what a sentence demands or claims: 'No errors', 'Verify that all pass'."""
    text = statement.text
    told = (_NONE.match(text) or _EVERY.match(text)) and is_entry(statement)
    claimed = setting in _WATCHED and _claims(statement)
    if not (told or claimed or _is_demanded(text) or _CHECKS.match(text)):
        return None
    found = stated(text)
    return Meaning(judged=found) if found else None


def _conditional(statement: Statement) -> Meaning | None:
    """Return what must not come true: 'If p95 > 8 s, add an index'."""
    for one in conditionals(statement.text):
        # 'Revert the deploy if critical' is a step; its words judge nothing.
        said = one.leading or statement.shape is not Shape.ITEM
        if said or numbers(one.condition):
            found = breaches(one.condition)
            return Meaning(judged=found, context=GateContext.MUST_NOT)
    limit = _IF_LIMIT.match(statement.text)
    found = numbers(limit["what"]) if limit else ()
    return Meaning(judged=found, context=GateContext.MUST_NOT) if found else None


def _numeric(text: str, setting: Topic | None) -> Meaning:
    threshold = find_threshold(text)
    if threshold is not None and alerts(text):
        return Meaning(judged=breaches(text), context=GateContext.MUST_NOT)
    if threshold is not None and not threshold.approximate:
        ranged = threshold.condition.comparator is Comparator.BETWEEN
        watched = setting in _WATCHED or _MODAL.search(text)
        if watched and not ranged:
            return Meaning(judged=judge_all(text, bare=False))
    return Meaning(judged=once(text))


def _is_demanded(text: str) -> bool:
    """Tell whether a sentence demands a state: 'All of them must work without errors'."""
    must = _MUST.search(text)
    wanted = text[must.end() :][:_NEAR] if must else ""
    return state_of(wanted) or (must is not None and counted(text) is not None)


def _claims(statement: Statement) -> bool:
    """Tell whether an item of a list claims a state ('Logs clean', 'No errors')."""
    return is_entry(statement) and find_threshold(statement.text) is None
