"""Box words: what the words of a checklist item say that ticking it means."""

import re

from gonogo.document.kinds import BoxKind
from gonogo.document.reader.people.people import role_in
from gonogo.document.reader.time.durations import spans

_WAIT = re.compile(
    r"^(?:wait|monitor|soak|bake|observe|watch|pause|hold|let (?:it )?(?:run|soak|bake)"
    r"|keep (?:an eye|monitoring|watching)|esperar|espera|warten|monitorear)\b",
    re.IGNORECASE,
)
_SOAK = re.compile(r"\b(?:soak|bake)\b", re.IGNORECASE)
_APPROVE = re.compile(
    r"\b(?:approval|approvals|approves?|approved by|sign(?:ed)?[ -]?off|authori[sz]ation"
    r"|authori[sz]ed|go[ -]ahead|green ?light|reviewed by|consent (?:by|from|of|obtained"
    r"|given|received)|aprobaci[oó]n"
    r"|aprobado|genehmig\w+|freigabe)\b|承認",
    re.IGNORECASE,
)
_NO_APPROVAL = re.compile(
    r"^(?:verify|check|test|configure|document|create|set up|prepare|schedule|add"
    r"|enable|define)\b|\b(?:workflow|process|rules?|page|button|flow|form|email|queue|screen"
    r"|feature|endpoint|api|loads|tested|works)\b",
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
    r"|implement|refactor|optimi[sz]e|tune|normali[sz]e|transition|present|reflect|refine"
    r"|adjust|adapt|link|attach|mark|lower|raise|reduce|extend|expand|retire"
    r"|decommission|deprecate|sunset|evaluate|delegate|hand over|define|decide|determine|train|brief|redeploy"
    r"|rerun|bring|put|make|do|give|grant|revoke|purge|warm|initiate|begin|canary"
    r"|respond|reply|address|onboard|note|simplify|fetch|commit|rebuild|rollback|undo"
    r"|return|press|type|paste|force|reset|stage|cherry-?pick|rebase|squash|sign in"
    r"|acknowledge|resolve|approve|allocate|reserve|book|engage|recruit|introduce|apply"
    r"|mount|unmount|attach|detach|swap|truncate|seed|index|reindex|vacuum|backfill"
    r"|pin|patch|compile|package|ship|transfer|unblock|block|suspend|resume|kill"
    r"|terminate|tear down|shut down|power|wipe|rewrite|translate|insert|append|map"
    r"|combine|split|join|wire|hook|integrate|embed|encrypt|sign|issue|order|buy"
    r"|cancel|reschedule|clarify|discuss|negotiate|agree|cleanup|clean-?up"
    r"|desplegar|ejecutar|crear|actualizar|configurar|notificar|avisar|comunicar|enviar"
    r"|eliminar|borrar|agregar|añadir|subir|instalar|detener|iniciar|reiniciar|registrar"
    r"|documentar|marcar|cerrar|publicar|restaurar|respaldar|generar|preparar|activar"
    r"|desactivar|cambiar|copiar|mover|aplicar|remover|criar|atualizar|adicionar"
    r"|deletar|excluir|executar|rodar|parar|fechar|gerar|ativar|desativar|limpar"
    r"|ausführen|erstellen|anlegen|starten|stoppen|löschen|sichern|einspielen"
    r"|benachrichtigen|aktualisieren|exécuter|créer|mettre à jour|supprimer|déployer"
    r"|configurer|notifier|démarrer|arrêter|eseguire|creare|aggiornare|uitvoeren"
    r"|kick off|trigger|ping|re-?deploy|re-?run)\b(?!-\w)"
    r"|を(?:実行|作成|更新|削除|停止|起動|適用|通知|設定|取得)",
    re.IGNORECASE,
)
# Whoever goes somewhere only to look there looks: 'Open /orders, verify the list'.
_LOOKS_LAST = re.compile(
    r"^(?:press|go|visit|open|navigate|click|select|log ?in|sign ?in|browse|load|view|access"
    r"|try|use|enter|submit)\b.*(?:\b(?:verify|verifies|check|confirm|ensure|make sure"
    r"|validate|should|expect)\b|→)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^(?P<label>[^:]{1,60}?)(?::|\s[-\u2013\u2014])\s+(?P<rest>\S.*)$"
)
# 'If there are two hosts, set `HOSTS`'.
_IN_CASE = re.compile(r"^(?:if|when|for|falls|si|se)\b[^,:]{1,80},\s+", re.IGNORECASE)
# 'On the platform → start a build'.
_WHERE = re.compile(
    r"^(?:on|in|at|from|via)\b[^,:\u2192]{1,60}(?:\u2192|:)\s+", re.IGNORECASE
)
# What is: 'Build succeeds', 'Contact processing resumes', 'Lock wait < 100ms'.
_STATE = re.compile(
    r"^(?:[\w/()-]+\s+){1,5}(?:succeeds?|pass(?:es)?|works?|loads?|resumes?|completes?"
    r"|still|returns?|shows?|runs?|starts|connects?|appears?|responds?|remains?|stays?"
    r"|matches|exists?|reflects|reflect (?:correctly|properly)|displays?|opens?|renders?|creates?|sends?|functional|updates? (?:correctly"
    r"|properly|successfully|as expected)|(?:de|in)creased\s+to|[<>≤≥]=?)(?:[\s:.]|$)",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"^[\w/-]+\s.*(?:(?<!lessons )\b\w{2,}ed|taken|set|in place|available|successful|done|ready|running"
    r"|working|green|healthy|built|sent|written|met|clear|valid|complete|passing|stable"
    r"|normal|nominal|steady|correct|intact|reachable|accessible|responsive|up to date)"
    r"\s*(?:\([^()]*\))?[.!]?$",
    re.IGNORECASE,
)
# 'Schedule the window if needed': what stands behind is no state that is reached.
_CONDITION = re.compile(
    r"(?<=\w)[\s,(]+(?:if|when|once|as|unless|where|in case|after|before|until|falls|si"
    r"|se)\s[^()]{1,80}\)?[.!]?$",
    re.IGNORECASE,
)
# Words that are as often the subject ('Release notes prepared') as the verb.
_NOUN_START = re.compile(
    r"^(?-i:GET|POST|PUT|PATCH|DELETE|HEAD)\b|^(?:back ?up|release|team|log|email|slack|page|plan|schedule|contact|change|build"
    r"|copy|cut|call|request|store|switch|canary|document|import|export|measure|post"
    r"|record|update|test|process|access|key|load|code|scale|tag|push|merge|restore|lock"
    r"|login|deploy|order|stock|return|commit|stage|block|index|map|issue|patch|package"
    r"|sign|address|note|force|seed|reset|rollback|power|pin|type|kill(?=[ -]switch))\b",
    re.IGNORECASE,
)
# Nouns only where their verb follows: 'Transfer creates an entry'.
_SUBJECT = re.compile(r"(?:transfer|run|sync|upload|download|ping)\b", re.IGNORECASE)
# 'Restart count: 0', 'Rollback time: < 5 minutes'.
_MEASURED = re.compile(
    r"^(?:[\w-]+ ){1,4}(?:counts?|rates?|time|number|procedure|usage|size|latency|errors?)"
    r"\s*:\s*(?:[<>≤≥=~]|\d|no\b|zero\b|none\b)",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"^(?!(?:deploy|merge|cut|copy|update|restore)\b)\w+(?: [\w-]+){1,2}(?<=[^s]s)$",
    re.IGNORECASE,
)
_NOTIFIED = re.compile(
    r"^(?:[\w-]+\s+){0,2}(?:updated|notified|informed|announced|sent)$",
    re.IGNORECASE,
)
_LABELLED_DO = re.compile(
    r"(?:planning|optimi[sz]ation|preparation|cleanup|announcement|celebration)$|^(?:[\w-]+\s+){0,2}(?:deployment|rollout|celebration|notification|announcement"
    r"|updates?|runbooks? updated|team notified)\b",
    re.IGNORECASE,
)


def kind_by_words(text: str) -> BoxKind:
    """Return what ticking an item means, by its plain words alone."""
    if is_wait(text):
        return BoxKind.WAIT
    if is_approval(text):
        return BoxKind.APPROVE
    return _verify_or_do(text if _is_state(text) else _without_label(text))


def speaks(text: str) -> bool:
    """Tell whether a text is an order, a check or a state, and no mere name."""
    said = _WAIT.match(text) or _STATE.match(text)
    return _is_order(text) or said is not None


def names_things(text: str) -> bool:
    """Tell whether a text may name what is looked at: 'Push notifications'."""
    return _NOUN_START.match(text) is not None and _THINGS.match(text) is not None


def _without_label(text: str) -> str:
    """Return what stands behind a label: 'Week 4: Implement it' is to implement it."""
    labelled = _LABELLED.match(text)
    if labelled and _is_name(labelled["label"]) and _is_order(labelled["rest"]):
        return labelled["rest"]
    case = _IN_CASE.match(text) or _WHERE.match(text)
    return text[case.end() :] if case else text


def _verify_or_do(text: str) -> BoxKind:
    if _MEASURED.match(text):
        return BoxKind.VERIFY
    if _VERIFY_START.match(text) or _is_state(text):
        return BoxKind.VERIFY
    if _LOOKS_LAST.search(text):
        return BoxKind.VERIFY
    done = bool(_PARTICIPLE.search(_CONDITION.sub("", text)))
    if _DO_START.match(text) and not (done and _NOUN_START.match(text)):
        return BoxKind.DO
    if done and not _NOTIFIED.search(text):
        return BoxKind.VERIFY
    return BoxKind.DO if _LABELLED_DO.match(text) else BoxKind.VERIFY


def _is_state(text: str) -> bool:
    """Tell whether a subject and its verb stand there, and no order."""
    subject = (
        _SUBJECT.match(text) or _NOUN_START.match(text) or not _DO_START.match(text)
    )
    return bool(subject and _STATE.match(text))


def _is_name(label: str) -> bool:
    noun = _NOUN_START.match(label) and not _PARTICIPLE.search(label)
    return not _is_order(label) or bool(noun)


def _is_order(text: str) -> bool:
    return bool(_VERIFY_START.match(text) or _DO_START.match(text))


def is_wait(text: str) -> bool:
    """Tell whether an item holds the procedure for a time."""
    timed = bool(spans(text))
    if _WAIT.match(text):
        return timed or text.lower().startswith(("wait", "soak", "bake", "pause"))
    return timed and _SOAK.search(text) is not None


def is_approval(text: str) -> bool:
    """Tell whether an item is the consent of a person."""
    if _REVIEWED.search(text) and role_in(text):
        return True
    return bool(_APPROVE.search(text)) and not _NO_APPROVAL.search(text)
