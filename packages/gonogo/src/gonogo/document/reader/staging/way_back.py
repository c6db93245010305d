"""
The way back in words: which titles, labels and sentences are one, and which speak of one.

'Rollback procedure' is a way back; 'Rollback criteria', 'Rollback readiness' and
'Rollback count' only speak of one.
"""

import re

from gonogo.document.reader.words.titles import without_remarks
from gonogo.document.reader.words.vocabulary import Topic, Vocabulary

# What follows or comes before the word makes it something else than the way itself.
_ABOUT = re.compile(
    r"\b(?:criteria|triggers?|when (?:not )?(?:to|should)|requir\w+|conditions?|readiness|ready"
    r"|test(?:ed|ing)?|matrix|thresholds?|verif\w+|validat\w+|rehears\w+|drill|if any"
    r"|immediately if|indicators|approval|authority|contacts?|escalat\w+|communication"
    r"|decision point|considerations|counts?|rates?|metrics|status|complexity|risks?"
    r"|prevent\w*|minimi[sz]\w*|avoid\w*|principles?|philosophy"
    r"|objectives?|goals?|scope|overview|alcance|objetivos?|escopo|resumen|resumo"
    r"|responsables?|respons[aá]ve(?:l|is)|cu[aá]ndo|quando|wann"
    r"|rollbacks\s*[<>\u2264\u2265]"
    r"|riesgos?|riscos?|risiken|risques?|criterios?|crit[eè]res?|kriterien|disparadores"
    r"|gatilhos|ausl[oö]ser|verificaci\w+|pruebas?|despu[eé]s|ap[oó]s|nach dem|antes"
    r"|time|duration|window|owner|history|log|responsib\w+|rto|sla"
    r"|before (?:the )?roll\w*|(?:post|after)[ -]+(?:the )?roll\w*)\b",
    re.IGNORECASE,
)
# 'Phase 2 rollback: new metrics': what is behind says of what.
_NAMED_APART = re.compile(r":\s|\s[\u2013\u2014-]\s")
_TREE = re.compile(r"\bdecision tree\b", re.IGNORECASE)
_DECIDED = re.compile(r"\bdecision point\b", re.IGNORECASE)
_JOINED = re.compile(r"[&+/,]|\b(?:and|und|y|e|et|en)\b", re.IGNORECASE)
_SCENARIO = re.compile(
    r"\b(?:scenario|option|case|method|if|scen[aá]rio|szenario|fail(?:s|ed|ures?|ing)"
    r"|broken|breaks|corrupt(?:ed|ion)|fall[oó]|fallas?|falha|fehlgeschlagen|fehlschlag)\b"
    r"|シナリオ|场景",
    re.IGNORECASE,
)
_BACK = r"(?:roll(?:ing)? ?back|revert|undo|recover|restore|back out)"
_TOLD = (
    # 'Recover by redeploying the last tag.'
    re.compile(
        rf"^{_BACK}(?: (?!\w+ed\b)\w+){{0,4}} (?:by|via|with|using)\b",
        re.IGNORECASE,
    ),
    # In front of what is to be done: 'To roll back, run …'.
    re.compile(rf"^(?:in order )?to {_BACK}\b", re.IGNORECASE),
    # 'If the migration fails, run `…`'; whether it names a command is asked beside.
    re.compile(
        r"^(?:if|in case|should)\b.{1,100}?\b(?:fails?|failed|failure|breaks?|broken"
        r"|goes wrong|corrupt\w*)\b.{0,60}?\b(?:run|execute|restore|revert|roll ?back"
        r"|redeploy|switch back)\b",
        re.IGNORECASE,
    ),
)
_CONDITIONAL = re.compile(r"^(?:if|in case|should)\b", re.IGNORECASE)
# 'If a migration fails:' above a block that takes it back.
_FAILS = re.compile(
    r"^(?:if|in case|should|when|bei|falls|wenn|si|se|en cas|em caso|in caso)\b.{0,100}"
    r"\b(?:fail\w*|errors?|goes wrong|breaks?|fehler\w*|fehlschl\w*|fall[aeo]\w*"
    r"|err(?:o|ore|eur|or)e?s?|[eé]chou\w*|[eé]chec)\b.{0,80}:$",
    re.IGNORECASE,
)
_REVERSES = re.compile(
    r"\b(?:downgrade|roll ?back|revert|undo|restore|migrate[: ]down|reset --hard)\b",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"`[^`\s]+\s[^`]+`")
_TO_DO_IT = re.compile(
    r"^(?:in order )?to (?!(?:demonstrate|test|simulate|verify|rehearse|practi[cs]e"
    r"|trigger|prevent|avoid|minimi[sz]e|reduce|limit)\b)",
    re.IGNORECASE,
)
# What a matrix of cases says instead of a way back, or on a further condition.
_OTHERWISE = re.compile(
    r"^(?:roll ?back|revert) (?:if|when|only)\b|\bno (?:roll ?back|revert)\b"
    r"|\b(?:patch|fix|roll) forward\b|\b(?:re-?check|monitor|investigate)\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"^(?:n/?a|none|not needed|yes|no|✅|low|medium|high|-|\u2014|\d{1,6})?[.\s]*$",
    re.IGNORECASE,
)
# Labels of what any way back consists of.
_PART_OF_WAY = re.compile(
    r"\b(?:steps?|procedure|process|actions?|immediate\w*|commands?|impact|method|notes?"
    r"|symptoms?|example|naming|template|mitigation|diagnos\w*|investigat\w*|workaround"
    r"|then|first|finally|after|before)\b",
    re.IGNORECASE,
)
# '.env.local', 'config/flags.yml': where to change it, not a case.
_FILE_NAME = re.compile(r"^[\w./~-]{0,60}\.[a-z]{2,10}$", re.IGNORECASE)
# '**Rollback runbook:** see the wiki' says where to read it.
_ELSEWHERE = re.compile(
    r"\b(?:runbook|playbook|docs?|document|documentation)\W*$", re.IGNORECASE
)
# A label is short.
_LONGEST_LABEL = 6


def is_way_back(title: str, known: Vocabulary) -> bool:
    """Tell whether a title or column is a way back itself."""
    bare = without_remarks(title)
    if Topic.ROLLBACK not in known.topics(bare):
        return False
    head = _NAMED_APART.split(bare, maxsplit=1)[0]
    if Topic.ROLLBACK in known.topics(head):
        bare = head
    return bool(_TREE.search(bare)) or not _ABOUT.search(bare)


def is_about_something_else(title: str) -> bool:
    """Tell whether a title only speaks of a way back."""
    return bool(_ABOUT.search(without_remarks(title)))


def is_whole_way_back(title: str, known: Vocabulary) -> bool:
    """Tell whether a document's title says that it is one way back and no more."""
    head = _NAMED_APART.split(title, maxsplit=1)[0]
    named = head if Topic.ROLLBACK in known.topics(head) else title
    return is_way_back(title, known) and not _JOINED.search(named)


def is_scenario(title: str) -> bool:
    """Tell whether a title names one case of several."""
    return bool(_SCENARIO.search(title))


def is_label(name: str, rest: str, *, alone: bool, known: Vocabulary) -> bool:
    """
    Tell whether a labelled line is a way back: '**Rollback:** revert the commit'.

    Args:
        name: The label.
        rest: What stands behind it on the line.
        alone: Whether more stands under the label.
        known: The words of this document.
    """
    if _ELSEWHERE.search(name):
        return False
    if len(name.split()) > _LONGEST_LABEL or Topic.ROLLBACK not in known.topics(name):
        return False
    if _DECIDED.search(name):
        return bool(re.search(rf"\b{_BACK}", rest, re.IGNORECASE))
    return not _ABOUT.search(name) and (alone or says_how(rest))


def is_sentence(text: str, raw: str, *, leads: bool, known: Vocabulary) -> bool:
    """
    Tell whether a sentence says how to go back.

    Args:
        text: Plain words.
        raw: With its mark-up.
        leads: Whether a list or a block stands under it.
        known: The words of this document.
    """
    if leads and _TO_DO_IT.match(text) and Topic.ROLLBACK in known.topics(text):
        return True
    told = any(form.match(text) for form in _TOLD)
    return told and (not _CONDITIONAL.match(text) or bool(_COMMAND.search(raw)))


def says_it_failed(text: str) -> bool:
    """Tell whether a sentence leads what is to be done on a failure."""
    return bool(_FAILS.match(text))


def reverses(block: str) -> bool:
    """Tell whether the commands of a block take a change back."""
    return bool(_REVERSES.search(block))


def names_a_case(label: str, known: Vocabulary) -> bool:
    """Tell whether a label in a way back names what failed, not a part of the way."""
    beside = known.topics(label) & {Topic.VERIFY, Topic.MONITOR, Topic.EXPECTED}
    if _FILE_NAME.match(label.rstrip(" :")):
        return False
    return not beside and not _PART_OF_WAY.search(label) and not _ABOUT.search(label)


def says_how(text: str) -> bool:
    """Tell whether a cell or a rest says how, not 'N/A', 'Yes' or 'Low'."""
    return not _NONE.match(text)


def goes_back(cell: str) -> bool:
    """Tell whether a cell of a column for the way back says how, on no condition."""
    return says_how(cell) and not _OTHERWISE.search(cell)


def has_inline_command(line: str) -> bool:
    """Tell whether a line holds a command of two words or more in code."""
    return bool(_COMMAND.search(line))
