"""
Tables: rows as cells with their columns, and what kind of table it is.

A table is classified by the set of things its columns speak of, each known by many
synonyms, and never by one header.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gonogo.document.lines import Cell
from gonogo.document.reader.codes import Code, diagnostic
from gonogo.document.reader.markup import plain, undecorated
from gonogo.document.reader.outline import Block
from gonogo.document.reader.vocabulary import folded
from gonogo.model.diagnostic import Diagnostic


class Column(StrEnum):
    """What a column holds."""

    METRIC = "metric"
    THRESHOLD = "threshold"
    LIMIT = "limit"
    ACTUAL = "actual"
    STATUS = "status"
    ROLE = "role"
    NAME = "name"
    APPROVED = "approved"
    SIGNATURE = "signature"
    DATE = "date"
    TRIGGER = "trigger"
    ACTION = "action"
    CONTACT = "contact"
    METHOD = "method"
    WINDOW = "window"
    TIME = "time"
    STAGE = "stage"
    SEVERITY = "severity"
    TASK = "task"
    OTHER = "other"


class TableKind(StrEnum):
    """What a table is for."""

    METRICS = "metrics"
    TRIGGERS = "triggers"
    APPROVALS = "approvals"
    CONTACTS = "contacts"
    TIMELINE = "timeline"
    OTHER = "other"


_COLUMNS: dict[Column, str] = {
    Column.WINDOW: "measurement window|window|evaluation window|period|for how long",
    Column.LIMIT: """alert threshold|alert|abort|abort threshold|rollback trigger
        |rollback threshold|rollback if|critical|critical threshold|warning
        |warning threshold|alert if|alert when|page if|no go|max error""",
    Column.THRESHOLD: """threshold|thresholds|target|targets|limit|goal|required
        |requirement|pass criteria|pass criterion|acceptable|acceptable range
        |normal range|normal|expected|expected value|expected result|slo|objective
        |success criteria|success criterion|success threshold|go criteria|go if
        |criteria|expectation|minimum|maximum|should be|pass when|pass if|umbral
        |objetivo|schwellwert|ziel|sollwert|limite|基準|目標|meta|valor esperado|bar""",
    Column.METRIC: """metric|metrics|kpi|indicator|signal|sli|measure|measurement
        |parameter|health check|check|checks|criterion|gate|metrica|metrik|kennzahl
        |indicador|指標|what|item|query|slo name|component""",
    Column.ACTUAL: """actual|measured|observed|current|current value|result|results
        |actual value|today|ist|actual result|real|valor actual|実績|before|after
        |post migration|baseline""",
    Column.APPROVED: """approved|approval|approved yes no|sign off|signed off|signoff
        |decision|go no go|consent|vote|aprobado|aprobacion|freigegeben|承認|signed
        |approve""",
    Column.SIGNATURE: "signature|firma|unterschrift|署名|signature initials|initials",
    Column.DATE: """date|fecha|datum|signed on|approved on|date time|timestamp|承認日
        |data|date signed|日付""",
    Column.ROLE: """role|roles|rol|rolle|position|team|function|stakeholder|役割
        |department|responsibility|papel|funcao|group|cargo""",
    Column.NAME: """name|approver|approvers|person|owner|nombre|who|assignee|nome
        |responsible|承認者|signatory|reviewer|lead|primary|decision maker|wer
        |verantwortlich|responsable|backup|secondary|氏名""",
    Column.CONTACT: """contact|contacts|contact info|contact information|phone|email
        |e mail|slack|pager|pagerduty|reach|contacto|kontakt|telefon|telefono|mobile
        |連絡先|slack email|phone slack|contact method|details for contact""",
    Column.METHOD: "method|channel|via|how|how to reach|medium|hours|availability",
    Column.TRIGGER: """trigger|triggers|symptom|symptoms|condition|conditions|issue
        |problem|scenario|if|failure|failure mode|event|situation|signal to abort
        |when to rollback|stop condition""",
    Column.ACTION: """action|actions|response|rollback action|fix|what to do|steps
        |resolution|remedy|rollback method|rollback procedure|rollback|mitigation
        |aktion|accion|then|recovery|solution""",
    Column.TIME: """time|when|duration|day|days|date range|t|offset|start|end|zeit
        |hora|dauer|duracion|week|dates|window time|estimated time|estimate""",
    Column.STAGE: "stage|phase|step|wave|schritt|fase|etapa|paso|milestone|ring",
    Column.SEVERITY: "severity|priority|level|sev|impact|risk|risk level",
    Column.TASK: "task|tasks|activity|activities|deliverable|aktivitat|tarea|test",
    Column.STATUS: """status|pass|pass fail|ok|done|complete|completed|estado
        |verified|pass?|state|check box|tick|ready|erledigt""",
}
_SYNONYMS = {
    " ".join(phrase.split()): column
    for column, phrases in _COLUMNS.items()
    for phrase in phrases.split("|")
}
# A longer cell is read to here.
_LONGEST = 1000
_DELIMITER = re.compile(r"^[\s|:>-]*-[\s|:-]*$")
_PERSONAL = {Column.ROLE, Column.NAME}
_CONSENT = {Column.APPROVED, Column.SIGNATURE, Column.DATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row below the header."""

    line: int
    cells: tuple[Cell, ...]

    def text(self, index: int | None) -> str:
        """Return the plain words of a cell; '' where there is none."""
        if index is None or index >= len(self.cells):
            return ""
        return undecorated(plain(self.cells[index].text[:_LONGEST]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    One table.

    Attributes:
        line: The header row's line.
        columns: What each column holds, in order.
        headers: The header cells' plain words.
    """

    line: int
    last_line: int
    block: int
    kind: TableKind
    headers: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def column(self, *wanted: Column) -> int | None:
        """Return the index of the first column of the first kind there is."""
        for kind in wanted:
            if kind in self.columns:
                return self.columns.index(kind)
        return None


def read_table(
    block: Block, index: int, lines: Sequence[str]
) -> tuple[Table, tuple[Diagnostic, ...]]:
    """Return the table that a block of the outline is, and what is wrong with it."""
    numbers = range(block.first, block.last + 1)
    split = [Row(line=n, cells=cells(lines[n - 1], n)) for n in numbers]
    header = split[0]
    rows = tuple(r for r in split[2:] if lines[r.line - 1].strip())
    headers = tuple(header.text(i) for i in range(len(header.cells)))
    columns = tuple(_column(h) for h in headers)
    table = Table(
        line=block.first,
        last_line=rows[-1].line if rows else block.first + 1,
        block=index,
        kind=_kind(columns),
        headers=headers,
        columns=columns,
        rows=rows,
    )
    return table, _width_problems(table)


def cells(text: str, line: int) -> tuple[Cell, ...]:
    """Return the cells of a row; an escaped pipe belongs to its cell."""
    bounds = [i for i, c in enumerate(text) if c == "|" and not _escaped(text, i)]
    if not bounds or text[: bounds[0]].strip(" \t>"):
        bounds.insert(0, -1)
    if not bounds or text[bounds[-1] + 1 :].strip():
        bounds.append(len(text))
    return tuple(
        Cell(line=line, start=a + 2, end=b + 1, text=text[a + 1 : b].strip())
        for a, b in itertools.pairwise(bounds)
    )


def missing_delimiter(block: Block) -> Diagnostic | None:
    """Return a diagnostic where a paragraph looks like a table without its dashes."""
    rows = [line for line in block.text.split("\n") if line.lstrip().startswith("|")]
    if len(rows) < 2 or any(_DELIMITER.match(r) for r in rows[1:2]):  # noqa: PLR2004
        return None
    width = max(1, len(cells(rows[0], 1)))
    example = "|" + "---|" * width
    return diagnostic(Code.TABLE_DELIMITER, block.text_line, example=example)


def _escaped(text: str, index: int) -> bool:
    return index > 0 and text[index - 1] == "\\"


def _column(header: str) -> Column:
    words = folded(header)
    exact = _SYNONYMS.get(words)
    if exact is not None:
        return exact
    bare = folded(re.sub(r"\(.*?\)", "", header))
    if bare in _SYNONYMS:
        return _SYNONYMS[bare]
    parts = bare.split()
    # The last word of an English compound is its head ('Alert threshold').
    for phrase in (" ".join(parts[-2:]), *parts[-1:], *parts[:1]):
        if phrase in _SYNONYMS:
            return _SYNONYMS[phrase]
    return Column.OTHER


def _kind(columns: Sequence[Column]) -> TableKind:  # noqa: PLR0911 - rules in order
    has = set(columns)
    if Column.TRIGGER in has and has & {Column.ACTION, Column.LIMIT, Column.THRESHOLD}:
        return TableKind.TRIGGERS
    measured = has & {Column.THRESHOLD, Column.LIMIT}
    if measured and (has & {Column.METRIC, Column.TASK, Column.WINDOW, Column.ACTUAL}):
        return TableKind.METRICS
    if has & _PERSONAL and has & _CONSENT and not has & {Column.TASK, Column.TIME}:
        return TableKind.APPROVALS
    if Column.CONTACT in has and len(columns) > 1:
        return TableKind.CONTACTS
    if has & {Column.TIME, Column.STAGE} and len(columns) > 1:
        return TableKind.TIMELINE
    if measured and columns[0] in {Column.OTHER, Column.STAGE}:
        return TableKind.METRICS
    return TableKind.OTHER


def _width_problems(table: Table) -> tuple[Diagnostic, ...]:
    return tuple(
        diagnostic(
            Code.TABLE_WIDTH,
            row.line,
            _problem_column(row, len(table.headers)),
            cells=len(row.cells),
            columns=len(table.headers),
        )
        for row in table.rows
        if len(row.cells) != len(table.headers)
    )


def _problem_column(row: Row, width: int) -> int:
    if len(row.cells) > width:
        return row.cells[width].start
    return row.cells[-1].end if row.cells else 1
