"""
States: the words that tell how something is, and those that only look like it.

'Healthy', 'no errors', 'all tests pass' are judged by a person; 'Runbook updated' and
'Deploy successfully' tell of paper and of deeds.
"""

import re

# What a state is told by. Nothing of a bad kind; all of a good kind; a word of health;
# agreement with what is wanted; success; and the same in other languages.
_STATES = (
    (
        r"^(?:que\s+)?(?:no\s+hay|n[ãa]o\s+(?:h[áa]|existe[m]?)|il\s+n['\u2019]y\s+a\s+(?:pas|plus|aucune?)|es\s+gibt\s+keine?n?"
        r"|sin|sem|sans|ohne|kein[ers]?|aucune?|ning[úu]na?|nenhuma?)\s+\w"
    ),
    r"^(?:there\s+(?:is|are)\s+)?(?:no|zero|without)(?![\w-])(?!\s+(?:longer|action|change))",
    r"\b(?:shows?|see|sees|has|have|with|find|are|is)\s+(?:no|zero)(?!\s+longer)\s+\w",
    (
        r"\b(?:all|every|each)\s+(?:[\w/-]+\s+){0,4}?(?:pass|succeed|green|healthy|resolved"
        r"|respond|up|running|complete|met)\w*"
    ),
    (
        r"\b(?:healthy|stable|stability|nominal|(?<!switched\sto\s)(?<!shifted\sto\s)(?<!routed\sto\s)(?<!moved\sto\s)(?<!blue-)(?<!blue/)green(?!\s*:)(?!\s+(?:deployments?|environments?|stacks?|slots?|pods?|clusters?|fleet)\b(?!\s+(?:is|are)\b))|normal(?:ly)?(?!\s*:)(?!\s+(?:releases?|process|hours|mode|users?|business|operations?\s+work))|operational|clean(?!\s*:)"
        r"|(?:is|are|stays?|remains?)\s+responsive|intact|flat|unchanged|(?<=\w\s)consistent(?:ly)?|degraded|steady|error-free|normali[sz]ed|cleanly)\b"
    ),
    (
        r"\b(?:is|are|has|have|remains?|stays?|looks?|all)\s+(?:all\s+|still\s+|[\w-]+ly\s+)?(?:valid|unique|correct"
        r"|accurate|readable|legible|balanced|reconciled|identical|in sync|well[- ]formed|undamaged)\b"
    ),
    r"\b(?:is|are|be|stays?|remains?|keeps?\s+(?:it|this|that|them))\s+empty\b",
    # What is compared agrees: 'Row counts match the source', 'Reports tie'.
    (
        r"\b(?:counts?|totals?|sums?|checksums?|hash(?:es)?|versions?|balances?|reports?|quantit(?:y|ies)"
        r"|amounts?|schemas?|figures?|numbers?|rows?|records?)\s+(?:all\s+)?(?:match|matches|agree|agrees|ties?|equals?)\b"
    ),
    # What a figure has to look like: 'returns a non-zero count', 'stays near 0'.
    (
        r"\b(?:returns?|shows?|has|have|is|are|displays?)\s+(?:an?\s+)?(?:non-?zero(?!\s+(?:exit|status|code|return))"
        r"|(?:reasonable|plausible|sane|sensible)\s+(?:\w+\s+)?(?:values?|numbers?|results?|counts?|data|ranges?|amounts?))\b"
    ),
    r"\(not\s+(?:0|zero|empty|null|blank)\)",
    r"\b(?:stays?|remains?|is|are|be|keeps?)\s+(?:near|close\s+to)\s+(?:0|zero)\b",
    r"\bfunctional\W*$|\bas (?:before|usual)\b",
    r"\bgrade\s+[AB]\b|\bin\s+(?:a\s+)?(?:good|correct|proper)\s+(?:shape|state|order|condition)\b",
    (
        r"\b(?:passing|passe[sd]?|(?<!/)pass(?!/)|succeeds?|succeeded|successful(?:ly)?|transparently"
        r"|correctly|properly|as expected|visible|operating(?! systems?)|eliminated|works)\b"
    ),
    (
        r"\b(?:acceptable|meets|met|meeting\s+(?:the\s+|all\s+)?(?:targets?|slos?|slas?|criteria|goals?)|maintained|preserved|sustained|achieved"
        r"|at\s+target|on\s+target\s*$|within\s+(?:\w+\s+){0,3}(?:limits?|range|targets?|slos?|slas?"
        r"|bounds|thresholds?|baseline|budget|tolerance))\b"
    ),
    r"\bbaseline\s+or\s+(?:below|better|lower)|[≈~=]\s*baseline\b",
    r"\b(?:at|to|near|(?:at|near)\s+or\s+(?:below|above|under|better\s+than)|matches|match|matching|maintains?|of)\s+(?:the\s+)?(?:\w+\s+)?baseline\b",
    r"(?:\bis\s+|=\s*|:\s*|\bshows?\s+)success\b|\bsuccess\s*$",
    (
        r"\b(?:with(?:out)?|no)\s+(?:\w+\s+)?(?:errors?|issues?|regressions?|failures?"
        r"|warnings?|crashes|interruption)\b"
    ),
    (
        r"\b(?:estables?|saludables?|correctamente|correct[oa]s?|pasando|sin\s+errores"
        r"|funcionan?|funcional(?:es)?|funcionando|consistentes?|operativ[oa]s?|sem\s+erros"
        r"|(?:sin|sem)\s+(?:\w+\s+){0,2}?(?:error(?:es)?|erros?|fall[oa]s?|falhas?|problemas?|ca[íi]das?"
        r"|quedas?|incidencias?|incidentes?|regres\w+|cambios|interrup\w+)"
        r"|(?:com|con)\s+(?:sucesso|[ée]xito)|dentro\s+d[eoa]l?\s+(?:\w+\s+){0,2}?(?:umbral(?:es)?|rango"
        r"|l[íi]mites?|meta|objetivo|margen|esperado|previsto)|passaram|pasaron|pasan|aprobad[oa]s"
        r"|(?:conforme|seg[úu]n lo|como se?)\s+esperad?[oa]|est[áa]ve(?:l|is)|saud[áa]ve(?:l|is)|corretamente|passando)\b"
    ),
    (
        r"\b(?:stabil|gesund|fehlerfrei|ohne\s+fehler|keine\s+fehler|erfolgreich"
        r"|funktionier\w+|bestanden|im\s+(?:normal|ziel|grünen\s)\s?bereich|sans\s+(?:erreurs?|incidents?|probl[èe]mes?)"
        r"|avec\s+succ[èe]s|r[ée]ussie?s?|fonctionn\w+)\b|正常|問題なし|エラーなし|安定"
    ),
    # Chinese and Japanese stand without spaces; '通过' is 'through' where a noun follows.
    (
        r"(?:测试|检查|验证|校验|检测|构建|用例|テスト|検証)(?:均|都|全部|已|に)*(?:通过|合格)(?!\w)"
        r"|稳定(?!性)|(?:无|没有)\w{0,4}?(?:错误|异常|报错|告警|故障|崩溃|丢失)"
    ),
)
_STATE = re.compile("|".join(_STATES), re.IGNORECASE)
# 'Data integrity - no rows lost': the name of a check and what it looks for.
_NAMED = re.compile(r"(?<=\w)(?:\s+[-\u2013\u2014]\s+|:\s+)")
# The verb of a check stands before the state that it looks at.
_LOOK = re.compile(
    r"^\W*(?:(?:verify|verified|confirm|confirmed|ensure|check|validate|make sure"
    r"|verificar?|validar|confirmar|comprobar|prüfen|v[ée]rifier)\s+(?:that\s+|que\s+)?)+",
    re.IGNORECASE,
)
_PAPERWORK = re.compile(
    r"\b(?:document(?:s|ation|ed)?|docs|runbooks?|changelog|readme|lessons|retrospective"
    r"|postmortem|post-mortem|release notes|team|stakeholders?|customers?|plan|checklist"
    r"|procedures?|session|training|announcement|communication|ticket|code|production)\b"
    r".{0,60}?\b(?:updated|documented|complete|completed|trained|scheduled|reviewed"
    r"|notified|informed|written|published|sent|created|archived|held|closed|briefed"
    r"|deployed|shared|merged)\b|^documented\b"
    r"|\b(?:informed|notified|briefed|trained|invited)\W*$",
    re.IGNORECASE,
)
_ASSERTS = re.compile(
    r"^(?:[\w/`.'()-]+\s+){1,6}?(?:succeeds?|passes|pass|completes?|starts?|stays?|remains?"
    r"|resumes?|runs|works|is|are|has|have|shows?|loads?|responds?|returns?|stable"
    r"|healthy|decreased|increased|improved|dropped|reduced|within|successful)\b",
    re.IGNORECASE,
)
# What a sentence begins with that tells somebody to do something.
_DEED = re.compile(
    r"^\W*(?:or\s+|then\s+)?(?:add|apply|archive|ask|back ?up|be|build|call|capture|change"
    r"|clean|clear|communicate|configure|consider|contact|convert|copy|create|define"
    r"|delete|deploy|disable|document|draft|drop|edit|email|enable|escalate|export|fix"
    r"|follow|generate|have|identify|import|increase|inform|install|investigate|keep|log|merge"
    r"|migrate|monitor|move|notify|open|override|page|plan|poll|post|prepare|promote"
    r"|publish|pull|push|record|reduce|release|remove|rename|replace|reset|restart"
    r"|restore|review|roll|rotate|run|schedule|send|set|share|start|stop|submit|switch"
    r"|sync|tag|take|test|tune|turn|update|upgrade|use|watch|write)\b(?!\s*(?::|is\b|are\b"
    r"|pass|succeed|complet|stable|rate\b|time\b|counts?\b|\w+[ai]d[oa]s?\b)"
    # 'Restore drill passed' names a thing and how it went.
    r"|\s+(?:(?!that|which|until|if|when|once|to)[\w&-]+\s+){1,3}(?:passe[sd]|succeed(?:s|ed)|completed?)(?:\W*$|\s+(?:within|in|on|against|for)\b))",
    re.IGNORECASE,
)
_NOT_STATE = re.compile(
    r"\b(?:configured|created|documented|prepared|scheduled|capture|captured|recorded"
    r"|no longer needed|no action|baseline metrics|baseline captured|installed|notified"
    r"|(?:latest|last)\s+(?:known\s+)?(?:green|stable|successful|passing|good)\s+\w+"
    r"|imported|reviewed|assigned|set up|defined|stable\s+branch|release\s+branch|stable version|stable release"
    r"|backup(?!.{0,80}\bsuccee?[ds]))\b"
    r"|^(?:how|what|where|why|who|deploy|run|set|enable|update|create|install|configure|push|merge|tag)\b",
    re.IGNORECASE,
)


def is_paperwork(text: str) -> bool:
    """Tell whether a criterion is a deed of paper ('Runbook updated'), no state."""
    return _PAPERWORK.search(text) is not None


def is_deed(text: str) -> bool:
    """Tell whether a text says what to do rather than what has to be so."""
    return _DEED.match(text) is not None


def is_look(text: str) -> bool:
    """Tell whether a text says to look at something without saying for what."""
    return _LOOK.match(text) is not None and not state_of(text)


def asserts(text: str) -> bool:
    """Tell whether a text states that something is so: 'Build succeeds'."""
    return state_of(text) and _ASSERTS.match(text) is not None


def state_of(text: str) -> bool:
    """Tell whether a sentence asserts a state that can be judged."""
    return any(
        _STATE.search(claimed) is not None and _NOT_STATE.search(claimed) is None
        for claimed in map(_claim, (text, *_NAMED.split(text, maxsplit=1)[1:]))
    )


def _claim(text: str) -> str:
    return _LOOK.sub("", text)
