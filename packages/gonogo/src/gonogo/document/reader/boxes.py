"""Boxes: checklist items, and which of eight things ticking one of them means."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from gonogo.document.kinds import BoxKind
from gonogo.document.lines import Cell
from gonogo.document.reader.durations import spans
from gonogo.document.reader.markup import plain, undecorated
from gonogo.document.reader.page import Page
from gonogo.document.reader.people import has_blank, role_in
from gonogo.document.reader.statements import Shape, Statement
from gonogo.document.reader.tables import Row, Table, TableKind
from gonogo.document.reader.vocabulary import Topic
from gonogo.document.reading import Box

_CHOICE = re.compile(
    r"^(?:(?:NO[ -]?)?GO(?:[ -]?LIVE)?|YES|NO|APPROVED?|CONDITIONAL(?:LY)?|REJECTED?"
    r"|HOLD|PROCEED|EXTEND|ABORT|WAIT|DELAY|DEFER|ROLL ?BACK|PASS|FAIL(?:ED)?|READY"
    r"|NOT READY|SI|SÍ|NEIN|JA)(?=$|\s*[-\u2013\u2014:,(/]|\s+(?:TO|WITH|FOR)\b)"
)
_CHOICE_WORD = re.compile(
    r"^(?:go|no[ -]go|approved?|rejected?|deferred|conditional|proceed|hold|extend"
    r"|delay|abort|yes|no|roll ?back)\b",
    re.IGNORECASE,
)
_WAIT = re.compile(
    r"^(?:wait|monitor|soak|bake|observe|watch|pause|hold|let (?:it )?(?:run|soak|bake)"
    r"|keep (?:an eye|monitoring|watching)|esperar|espera|warten|monitorear)\b",
    re.IGNORECASE,
)
_SOAK = re.compile(r"\b(?:soak|bake)\b", re.IGNORECASE)
_APPROVE = re.compile(
    r"\b(?:approval|approvals|approves?|approved by|sign(?:ed)?[ -]?off|authori[sz]ation"
    r"|authori[sz]ed|go[ -]ahead|green ?light|consent|reviewed by|aprobaci[oó]n"
    r"|aprobado|genehmig\w+|freigabe)\b|承認",
    re.IGNORECASE,
)
_NO_APPROVAL = re.compile(
    r"^(?:verify|check|test|configure|document|create|set up|prepare|schedule|add"
    r"|enable|define)\b|\b(?:workflow|process|rules?|page|button|flow|form|email)\b",
    re.IGNORECASE,
)
_REVIEWED = re.compile(r"\breview\w*\b.*\bby\b|\bby\b.*\breview", re.IGNORECASE)
_VERIFY_START = re.compile(
    r"^(?:re-?)?(?:verif\w+|check\w*|confirm\w*|ensure|validat\w+|test|tests|testing"
    r"|assert|inspect|make sure|double[- ]check|review|look|audit|smoke|compare|no|zero"
    r"|all|every|any|each|manual\w*|sanity|health|monitor|observe|watch|spot[- ]check"
    r"|prüfen|überprüfen|verificar|comprobar|validar|confirmar|測試|確認)\b",
    re.IGNORECASE,
)
_DO_START = re.compile(
    r"^(?:deploy|run|set|enable|disable|increase|decrease|capture|create|update|notify"
    r"|send|announce|post|merge|tag|push|pull|install|configure|start|stop|restart"
    r"|apply|execute|remove|delete|add|build|publish|release|back ?up|take|switch"
    r"|promote|scale|schedule|communicate|document|record|write|copy|move|migrate"
    r"|import|export|open|close|log|process|prepare|generate|obtain|get|request|assign"
    r"|invite|share|inform|email|archive|clean|clear|drop|revert|roll|restore|turn"
    r"|toggle|flip|ramp|route|drain|freeze|lock|unlock|bump|cut|upload|download|clone"
    r"|checkout|edit|change|replace|rename|register|subscribe|provision|launch|complete"
    r"|finalize|finish|remind|contact|call|page|escalate|identify|collect|gather"
    r"|measure|benchmark|celebrate|submit|sync|upgrade|rotate|renew|store|save|keep"
    r"|use|go|visit|click|select|choose|fill|enter|login|log in|sign in|navigate|team"
    r"|email|slack|ask|draft|plan|hold|conduct|perform|analy[sz]e|investigate|fix"
    r"|implement|refactor|optimi[sz]e|define|decide|determine|train|brief|redeploy"
    r"|rerun|bring|put|make|do|give|grant|revoke|purge|warm|initiate|begin|canary"
    r"|desplegar|ejecutar|crear|actualizar|configurar|notificar|ausführen|erstellen)\b",
    re.IGNORECASE,
)


def read_boxes(page: Page) -> tuple[Box, ...]:
    """Return every checklist item of the page, in order."""
    found = [_box(page, s) for s in page.statements.all if s.mark]
    found += [b for s in page.sentences() for b in _inline_boxes(page, s)]
    found += [b for table in page.tables.values() for b in _table_boxes(page, table)]
    return tuple(sorted(found, key=lambda b: (b.line, b.mark_column)))


def _box(page: Page, statement: Statement) -> Box:
    mark = statement.mark
    assert mark is not None  # noqa: S101 - the caller chose marked statements
    around = _parents(page, statement)
    return Box(
        line=statement.line,
        text=statement.text,
        kind=_kind(page, statement),
        checked=mark.checked,
        mark_column=mark.column,
        depth=len(around),
        parent_line=around[0].line if around else None,
        role=role_in(statement.text),
        command_line=page.first_fence(statement),
        **page.place(statement.line),
    )


def _parents(page: Page, statement: Statement) -> list[Statement]:
    found = []
    item = statement.item
    while item is not None:
        parent = page.statements.all[item]
        if parent.mark:
            found.append(parent)
        item = parent.item
    return found


def _kind(page: Page, statement: Statement) -> BoxKind:
    text = statement.text
    judged = page.nearest(
        statement, Topic.TRIGGER, Topic.SUCCESS, Topic.DECISION, Topic.VERIFY
    )
    if _is_choice(text, judged):
        return BoxKind.CHOICE
    children = list(page.statements.children(statement))
    if _is_group(statement, children):
        return BoxKind.GROUP
    if judged is Topic.TRIGGER:
        return BoxKind.TRIGGER
    if has_blank(statement.raw) or any(has_blank(c.raw) for c in children):
        return BoxKind.FILL_IN
    return _kind_by_words(text)


def _is_choice(text: str, judged: Topic | None) -> bool:
    decided = judged is Topic.DECISION and _CHOICE_WORD.match(text)
    return bool(_CHOICE.match(text) or decided)


def _is_group(statement: Statement, children: list[Statement]) -> bool:
    items = [c for c in children if c.shape is Shape.ITEM]
    if any(c.mark for c in items):
        return True
    if not items or any(has_blank(c.raw) for c in items):
        return False
    bold = statement.raw.strip().startswith("**")
    return bold or statement.text.endswith((":", "\uff1a"))


def _kind_by_words(text: str) -> BoxKind:
    if _is_wait(text):
        return BoxKind.WAIT
    if _is_approval(text):
        return BoxKind.APPROVE
    if _VERIFY_START.match(text):
        return BoxKind.VERIFY
    done = bool(_PARTICIPLE.search(text))
    if _DO_START.match(text) and not (done and _NOUN_START.match(text)):
        return BoxKind.DO
    if done and not _NOTIFIED.search(text):
        return BoxKind.VERIFY
    return BoxKind.DO if _LABELLED_DO.match(text) else BoxKind.VERIFY


_PARTICIPLE = re.compile(
    r"^\w+\s.*(?:\w{2,}ed|taken|set|in place|available|successful|done|ready|running"
    r"|working|green|healthy|built|sent|written|met|clear|valid|complete|passing)"
    r"\s*(?:\([^()]*\))?[.!]?$",
    re.IGNORECASE,
)
# Words that are as often the subject ('Release notes prepared') as the verb.
_NOUN_START = re.compile(
    r"^(?:back ?up|release|team|log|email|slack|page|plan|schedule|contact|change|build"
    r"|copy|cut|call|request|store|switch|canary|document|import|export|measure|post"
    r"|record|update|test|process|access|key|load|code|scale|tag|push|merge|restore)\b",
    re.IGNORECASE,
)
_NOTIFIED = re.compile(
    r"^(?:[\w-]+\s+){0,2}(?:updated|notified|informed|announced|sent)$", re.IGNORECASE
)
_LABELLED_DO = re.compile(
    r"^(?:[\w-]+\s+){0,2}(?:deployment|rollout|celebration|notification|announcement"
    r"|updates?|runbooks? updated|team notified)\b",
    re.IGNORECASE,
)


def _is_wait(text: str) -> bool:
    timed = bool(spans(text))
    if _WAIT.match(text):
        return timed or text.lower().startswith(("wait", "soak", "bake", "pause"))
    return timed and _SOAK.search(text) is not None


def _is_approval(text: str) -> bool:
    if _REVIEWED.search(text) and role_in(text):
        return True
    return bool(_APPROVE.search(text)) and not _NO_APPROVAL.search(text)


_MARKS = re.compile(r"[☐☑☒]|(?<![\w!\])])\[[ xX]\](?![\w(])")


def _inline_boxes(page: Page, statement: Statement) -> Iterator[Box]:
    """Yield the choices of a line such as '**Decision:** ☐ Go ☐ No-go'."""
    if statement.mark or statement.shape is Shape.HEADING:
        marks = []
    else:
        marks = list(_MARKS.finditer(page.lines[statement.line - 1]))
    line = page.lines[statement.line - 1]
    for mark, behind in zip_longest(marks, marks[1:]):
        text = line[mark.end() : behind.start() if behind else len(line)]
        kind = BoxKind.CHOICE if len(marks) > 1 else BoxKind.VERIFY
        yield _marked(page, statement.line, mark, text, kind)


def _marked(
    page: Page, line: int, mark: re.Match[str], text: str, kind: BoxKind
) -> Box:
    wide = len(mark.group()) > 1
    return Box(
        line=line,
        text=undecorated(plain(text)),
        kind=kind,
        checked=mark.group() not in {"☐", "[ ]"},
        mark_column=mark.start() + (2 if wide else 1),
        role=role_in(text),
        **page.place(line),
    )


def _table_boxes(page: Page, table: Table) -> Iterator[Box]:
    for row in table.rows:
        for index, cell in enumerate(row.cells):
            yield from _cell_boxes(page, table, (row, index), cell)


def _cell_boxes(
    page: Page, table: Table, place: tuple[Row, int], cell: Cell
) -> Iterator[Box]:
    row, index = place
    line = page.lines[cell.line - 1]
    marks = list(_MARKS.finditer(line, cell.start - 1, cell.end - 1))
    for mark in marks:
        own = line[mark.end() : cell.end - 1].split("☐")[0].strip(" |[]")
        text = own or _row_text(row, index)
        yield _marked(page, cell.line, mark, text, _cell_kind(table, marks, text))


def _row_text(row: Row, index: int) -> str:
    others = [row.text(i) for i in range(len(row.cells)) if i != index]
    return " · ".join(t for t in others if t)


def _cell_kind(table: Table, marks: list[re.Match[str]], text: str) -> BoxKind:
    if table.kind is TableKind.APPROVALS:
        return BoxKind.APPROVE
    if len(marks) > 1:
        return BoxKind.CHOICE
    if _is_wait(text):
        return BoxKind.WAIT
    if _is_approval(text):
        return BoxKind.APPROVE
    return BoxKind.DO if _DO_START.match(text) else BoxKind.VERIFY
