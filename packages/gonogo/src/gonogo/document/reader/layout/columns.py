"""
Columns: what the header of a column says that its cells hold.

A header is known by many synonyms in several languages, by its last words, or by its
first, as people write 'Alert threshold' and 'Target (p95)'.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from gonogo.document.reader.words.vocabulary import folded


class Column(StrEnum):
    """What a column holds."""

    METRIC = "metric"
    THRESHOLD = "threshold"
    LIMIT = "limit"
    EXPECTED = "expected"
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
    SETTING = "setting"
    OTHER = "other"


_COLUMNS: dict[Column, str] = {
    Column.WINDOW: "measurement window|window|evaluation window|period|for how long",
    Column.LIMIT: """alert threshold|alert|abort|abort threshold|rollback trigger
        |rollback threshold|rollback if|rollback when|roll back when|revert if|revert when
        |stop when|halt when|no go when|rollback criteria|critical
        |critical threshold|warning|warning threshold|warn|alert if|alert when|page if
        |no go|no go if|max error|abort if|abort when|abort criteria|halt|halt if|fail if
        |failure threshold|must not exceed|not to exceed|ceiling|upper limit|upper bound
        |max allowed|maximum allowed|stop if|yellow|amber|orange|red|alarm|roll back if
        |rollback condition|umbral de alerta|umbral de reversion|abbruch|alarmschwelle""",
    Column.EXPECTED: """expected|expected value|expected result|expected output|expectation
        |expected response|expected state|should be|valor esperado|resultado esperado
        |erwartet|erwartung|erwartetes ergebnis|期待値""",
    Column.THRESHOLD: """threshold|thresholds|target|targets|limit|goal|required
        |requirement|pass criteria|pass criterion|acceptable|acceptable range
        |normal range|normal|slo|sla|objective|green|healthy|healthy range|target value
        |success criteria|success criterion|success threshold|go criteria|go if|pass
        |criteria|minimum|maximum|go|go when|lower limit|floor|pass when|pass if|success metric|success metrics
        |exit criteria|exit criterion|entry criteria|go no go gate|go no go criteria
        |success advance|advance|advance when|advance if|promote when|promote if
        |promotion criteria|advance criteria|acceptance criteria|acceptance criterion
        |exit gate|gate criteria|umbral|criterio de exito|criterios de exito
        |objetivo|schwellwert|ziel|sollwert|limite|基準|目標|meta|bar|max|min""",
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
        |when to rollback|stop condition|trigger condition|failure scenario|what happens
        |if this happens|when you see|indicator of failure|sintoma|sintomas|situacion
        |problema|auslöser|ausloser|situation|fehlerbild""",
    Column.ACTION: """action|actions|response|rollback action|fix|what to do|steps
        |resolution|remedy|rollback method|rollback procedure|rollback|mitigation
        |aktion|accion|then|recovery|solution|do this|reaction|countermeasure|what we do
        |our response|reaktion|massnahme|reaccion|acao""",
    Column.TIME: """time|when|duration|day|days|date range|t|offset|start|end|zeit
        |hora|dauer|duracion|week|dates|window time|estimated time|estimate""",
    Column.STAGE: "stage|phase|step|wave|schritt|fase|etapa|paso|milestone|ring",
    Column.SEVERITY: "severity|priority|level|sev|impact|risk|risk level",
    Column.TASK: "task|tasks|activity|activities|deliverable|aktivitat|tarea|test",
    Column.SETTING: """variable|variables|env var|env vars|environment variable|setting
        |settings|key|option|field|property|secret|secrets|config|configuration|config key
        |argument|flag|feature flag|env|variable de entorno|umgebungsvariable|einstellung
        |ajuste|variavel|campo""",
    Column.STATUS: """status|pass|pass fail|ok|done|complete|completed|estado
        |verified|pass?|met|satisfied|fulfilled|cumplido|erfullt|state|check box|tick|ready|erledigt""",
}
_SYNONYMS = {
    " ".join(phrase.split()): column
    for column, phrases in _COLUMNS.items()
    for phrase in phrases.split("|")
}
# As the first word of a longer header these qualify ('Required changes').
_QUALIFYING = frozenset({
    "required", "requirement", "normal", "goal", "expected", "pass", "healthy", "green",
    "red", "yellow", "minimum", "maximum", "min", "max", "advance", "critical", "warning",
})  # fmt: skip
_ANSWERS = frozenset({Column.ACTION, Column.TIME, Column.CONTACT})
# Beside a severity and an answer these say which case it is.
_DESCRIBING = frozenset({
    "description", "definition", "example", "examples", "meaning", "details", "incident",
    "descripcion", "beschreibung", "descricao",
})  # fmt: skip
_MEASURED = (Column.THRESHOLD, Column.LIMIT, Column.EXPECTED)
# Behind the column that says what is checked, these say what it has to be.
_DEMANDING = re.compile(
    r"^(?:what )?(?:must|has to|have to|needs to)(?: (?:be|be true|hold|pass|show))?$"
    r"|^(?:pass|pass fail|acceptance|success|go)(?: (?:condition|criterion))?$"
)
# Behind a column of numbers these say what is checked.
_CRITERION = frozenset({
    "criterion", "criteria", "condition", "requirement", "criterio", "criterios", "kriterium",
    "kriterien", "critere", "bedingung",
})  # fmt: skip
# Who looked at a row, not whether it is done.
_BY = re.compile(r"^(?:verified|checked|confirmed|tested|executed|done|run|owned) by$")
_COUNTING = frozenset({"", "no", "nr", "id", "n"})
# A case with one of these is a test: 'Scenario | Pass criterion'.
_PASSED = re.compile(
    r"\b(?:pass|passes|success|expected|acceptance|should|must|erwartet\w*)\b"
)
# A check that fails, at the head of a row, is what has happened: 'Failing test | …'.
_FAILED = re.compile(r"^(?:failing|failed|failure|broken|fehlgeschlagene\w*) \w+$")


def _column(header: str) -> Column:
    words = folded(header)
    exact = _SYNONYMS.get(words)
    if exact is not None:
        return exact
    if _BY.match(words):
        return Column.NAME
    bare = folded(re.sub(r"\(.*?\)", "", header))
    if bare in _SYNONYMS:
        return _SYNONYMS[bare]
    parts = bare.split()
    # The last word of an English compound is its head ('Alert threshold').
    first = [w for w in parts[:1] if w not in _QUALIFYING]
    for phrase in (" ".join(parts[-2:]), *parts[-1:], *first):
        if phrase in _SYNONYMS:
            return _SYNONYMS[phrase]
    return Column.OTHER


def _asks(header: str) -> bool:
    """Tell whether a column of times says in which case ('When')."""
    return folded(header) in {"when", "wann", "cuando", "quando"}


def _paired(found: list[Column], words: Sequence[str]) -> list[Column]:
    """Return the columns as those beside them say: 'Check | Criterion' is a limit."""
    for index, said in enumerate(words):
        behind = any(w not in _COUNTING for w in words[:index])
        wordy = said in _CRITERION and Column.STATUS not in found
        free = not {*_MEASURED, Column.ACTION} & {*found}
        if behind and free and (wordy or _DEMANDING.match(said)):
            found[index] = Column.THRESHOLD
        elif _FAILED.match(said) and not index:
            found[index] = Column.TRIGGER
    if Column.TRIGGER in found and _is_test(found, words):
        found[found.index(Column.TRIGGER)] = Column.METRIC
    return found


def _is_test(found: Sequence[Column], words: Sequence[str]) -> bool:
    """Tell whether a case stands beside what passes it, and no answer to it."""
    wanted = {Column.THRESHOLD, Column.EXPECTED}
    passed = (
        _PASSED.search(said)
        for column, said in zip(found, words, strict=True)
        if column in wanted
    )
    return any(passed) and not {Column.ACTION, Column.LIMIT, Column.SEVERITY} & {*found}


def columns_of(headers: Sequence[str]) -> tuple[Column, ...]:
    """Return what the columns hold; beside a limit, the first names what is judged."""
    found = _paired([_column(h) for h in headers], [folded(h) for h in headers])
    named = set(found[1:])
    if found[:1] == [Column.LIMIT] and named & {*_MEASURED, Column.ACTION}:
        found[0] = Column.TRIGGER
    elif found[:1] == [Column.THRESHOLD] and named & {*_MEASURED, Column.STATUS}:
        found[0] = Column.METRIC
    elif found[:1] == [Column.TIME] and named & {Column.ACTION} and _asks(headers[0]):
        found[0] = Column.TRIGGER
    elif found[:1] == [Column.TRIGGER] and len(found) == 2:  # noqa: PLR2004 - a pair
        found = [Column.ACTION if c is Column.APPROVED else c for c in found]
    elif Column.SEVERITY in found and set(found) & _ANSWERS:
        told = Column.TRIGGER not in found
        found = [
            Column.TRIGGER
            if c is Column.THRESHOLD or (told and folded(h) in _DESCRIBING)
            else c
            for c, h in zip(found, headers, strict=True)
        ]
    return tuple(found)
