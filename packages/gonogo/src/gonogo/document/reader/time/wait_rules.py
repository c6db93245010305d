"""
Wait rules: what the words around a span of time make of it, as one ordered table.

The first rule that fits decides; a rule without a kind says that the span is a fact (a
timeout, an age, the window of a threshold) and structures nothing.
"""

import re

from gonogo.document.kinds import WaitKind
from gonogo.document.reader.time.span_rules import (
    FILL,
    Rule,
    Where,
    before,
    behind,
    covering,
)

SOAKING = (
    r"monitor\w*|observ\w+|soak\w*|bak(?:e[ds]?|ing)|watch\w*|hypercare|burn-?in"
    r"|keep (?:an eye|watch\w*)|stabili[sz]\w+|überwach\w+|beobacht\w+|monitore\w+"
    r"|surveill\w+|observer|monitora\w+|bewaken|vigilar"
)
_STEADY = (
    r"stable|healthy|green|clean|steady|succes\w+|met|held|holds?|maintain\w*"
    r"|pass(?:es|ed|ing)?|validat\w+|verif\w+|(?:no|zero|without) \w+"
    r"|incident-free|error-free|stabil|estable|est[aá]vel|stabile"
)
_EXPOSED = (
    r"%|deploy\w*|traffic|expand|ramp|canary|keep\w*|leave|rollout|stay|remain|run(?:s|ning)?"
    r"|tests?|enabled?|let|every|shadow|pilot|beta|active|passive|sustained|live|staging"
)
_FOR = (
    r"(?:for|during|throughout|durante|durant|por|f[uü]r|über|während|pendant|per"
    r"|gedurende|voor|over)"
)
ACTING = (
    r"roll\s?backs?|roll(?:ing)? back|revert\w*|recover\w*|restor\w+|fail-?over\w*"
    r"|switch\w*|cutover|downtime|rto|respon[ds]\w*|acknowledg\w*|escalat\w*|resol\w+"
    r"|mitigat\w*|notif\w+|disabl\w+|undo|complet\w+|finish\w*|kill|page|rückbau"
    r"|retroceso|reversão|回滚|ロールバック"
)
PROBED = (
    r"p\d\d|latenc\w+|average|avg|response times?|load times?|pages? loads?|renders?|responds?|returns?|quer(?:y|ies)|requests?"
    r"|lag|lock[ -]waits?|wait(?:ing)? times?|duration p\d\d"
)

RULES: tuple[Rule, ...] = (
    # What a machine does again by itself: 'auto-retry every 15 min'.
    before(
        None,
        r"every|each",
        far=r"auto-?(?:matic(?:ally)?|retr(?:y|ies)|refresh\w*|sync\w*)|retries|retried",
    ),
    # What begins by itself: 'the sync starts ~60s after boot'.
    before(
        None,
        r"(?:starts|begins|starting|beginning(?!\s+of)|kicks in|fires|expires|happens|appears|takes effect)(?: at)?",
    ),
    # 'every 15 minutes', 'once a day', 'at 5-minute intervals'.
    before(
        WaitKind.CADENCE,
        r"every(?: other)?|each|alle|cada|toutes les|tous les|ogni|elke|iedere"
        r"|(?:once|twice|one time) (?:per|a|an|every|each)|intervals? of"
        r"|(?:one|an?) (?:release|batch|wave|host|node|region|step|stage|group|ring) per",
    ),
    before(WaitKind.CADENCE, r"[毎每]"),
    covering(WaitKind.CADENCE, r"(?:every|each)\s"),
    covering(WaitKind.CADENCE, r"\S{1,6}-min\w*\s(?:checks?|polls?)\b"),
    behind(WaitKind.CADENCE, r"(?:intervals?|cadence)\b|ごと|おき|間隔|间隔|一次"),
    # Behind us, a rate, or a label of the clock: 'last 24 hours', 'per day', 'T+4h'.
    covering(
        None, r"(?:per|last|past|next (?:day|week|month)|a (?:day|week|month)s?\b)\s?"
    ),
    before(
        None,
        r"last|past|previous|prior|preceding|letzten?|últim[oa]s?|derni[eè]r\w*"
        r"|ultim[ie]|afgelopen|extend(?:ed|s)? (?:to|by)|was|since",
    ),
    before(None, r"過去|最近"),
    Rule(None, Where.BEFORE, re.compile(r"\bT\s?[+\u2212-]\s?$|(?:^|\s)[+\u2212-]$")),
    # 'wait 10 minutes', 'pauses for 30s', 'a 5-minute pause'.
    before(
        WaitKind.WAIT,
        r"(?:(?<!lock )(?<!any )(?<!-)(?:wait(?!ing times?| times?|_)(?:s|ing|ed)?|pauses?|pausing"
        r"|sleep|hold (?:for|off)|cool-?(?:down|off)|allow|give|delay\w*|wartet?|warten|esper[ae]\w*|aguard\w+"
        r"|attendez|attendre|attendere|wacht(?:en)?))\b(?![^.;]{0,60}[<>])[^.;]{0,60}?",
    ),
    before(WaitKind.WAIT, r"待機|等待"),
    behind(
        WaitKind.WAIT,
        r"(?:\w+ )?(?:wait|pause|cool-?(?:off|down)|grace)\b|待|等待|warten"
        r"|to (?:settle|stabili[sz]e|warm|propagate|take effect|drain|replicate)",
    ),
    # What is as old, is kept, or is averaged for so long.
    behind(
        None,
        r"(?:ago|old|older|rolling|moving|sliding|average|avg|timeout|ttl|retention"
        r"|lookback|percentile|cache|expir\w+|lifetime|backups?|history|trend|worth"
        r"|uptime|p\d\d|error|roadmap|stale|outages?"
        r"|of (?:logs?|data|metrics|history|backups?|retention))\b",
    ),
    before(
        None,
        r"(?:time(?:s|d)?[ -]?outs?|ttl|rpo|warranty|data loss|retention|retain\w*|expir\w+|valid|look-?back"
        r"|uptime|older than|younger than|newer than|back-?off|throttl\w+|jitter|idle"
        r"|inactiv\w+|logged out|lag|--since|cron\w*)\b[^.;,]{0,25}"
        r"|auto-?(?:matic\w*\s)?\w+\b[^.;,]{0,25} after"
        r"|(?:sessions?|tokens?)\b[^.;,]{0,20}\b(?:after|for|in|of)",
    ),
    before(
        None,
        r"(?:keep|kept|retain\w*|preserve|store[ds]?|archiv\w+)\b[^.;]{0,40}"
        r"\b(?:backups?|snapshots?|logs?|data|tags?|artifacts?|images?|copy|copies"
        r"|functions?|tables?|columns?|dumps?|records?|branch(?:es)?|files?|it)\b"
        r"[^.;]{0,25}",
    ),
    # The window of a threshold: '> 1% for 5 minutes', '3 failures within 10 minutes'.
    before(
        None,
        r"(?:exceeds?|above|below|spikes?|drops?|degraded|elevated|down|unavailable"
        r"|unhealthy|unreachable|fails?|red|\d+\+?\s?(?:errors?|failures?|restarts?"
        r"|crashes|alerts?|times|requests))\b[^.;,]{0,40}\b(?:for|in|within|over"
        r"|during|por|während)(?: more than| longer than| over)?",
    ),
    Rule(
        None,
        Where.BEFORE,
        re.compile(
            r"(?:[<≤≥=+]|(?<!-)>)\s?\d[^.;,]{0,40}\b(?:for|in|within|over|during|por|für|sustained)"
            + FILL,
            re.IGNORECASE,
        ),
    ),
    # 'a 24-hour soak', '48 hours of stable traffic', '2 weeks passive'.
    behind(
        WaitKind.SOAK,
        r"(?:(?:of|with|in|on)\s+)?(?:the\s+)?(?:continuous |production |passive |active |close )?"
        r"(?:soak|bake|monitor|observ|hypercare|burn-?in|watch|stabili|validation"
        r"|passive|canary|stable|steady|green|clean|healthy|incident-free"
        r"|error-free|without (?:\w+ )?(?:issues?|errors?|incidents?|problems?|alerts?)"
        r"|(?:no|zero) (?:\w+ )?(?:issues?|errors?|incidents?|problems?|alerts?)"
        r"|at \d|überwach|beobacht|監視|観察|監控|监控|观察|de (?:monitor|observa)"
        r"|di (?:monitor|osserva)|de surveillance)",
    ),
    # 'by when': 'within 15 minutes', '24h in advance', 'not fixed in 1 hour'.
    before(
        WaitKind.DEADLINE,
        r"within(?: the)?|in under|in less than|no later than|not later than|inside"
        r"|innerhalb(?: von)?|binnen|dentro de|em até|en menos de|dans les|sous|entro"
        r"|not (?:\w+ )?(?:fix|resolv|recover|repair|work)\w*[^.;,]{0,20} in",
    ),
    behind(WaitKind.DEADLINE, r"以内|之内"),
    behind(
        WaitKind.DEADLINE,
        r"(?:in advance|ahead of|beforehand|notice|advance notice|sla|deadline"
        r"|of (?:detection|the alert|the incident|discovery))\b",
    ),
    # 'escalate after 15 minutes' gives somebody so long.
    before(WaitKind.DEADLINE, r"escalat\w+\b[^.;,]{0,30}\b(?:after|if)\b[^.;,]{0,30}"),
    # 'after 3 days'; steady or watched for so long, it is a soak.
    before(
        WaitKind.SOAK,
        r"after|nach|después de|depois de|après",
        far=rf"{SOAKING}|{_STEADY}",
    ),
    before(
        WaitKind.WAIT,
        r"after|nach|después de|tras|depois de|após|après|dopo|na afloop van",
    ),
    # 'error-free for 7 days', 'run at 25% for 2 hours', 'monitor for >24h'.
    before(WaitKind.SOAK, rf"{_FOR}\s?[>≥]?", far=rf"{SOAKING}|{_STEADY}|{_EXPOSED}"),
    before(
        WaitKind.SOAK,
        rf"(?:{SOAKING})(?: (?:the|all|for|closely|logs?|metrics?|errors?|rates?"
        r"|performance|production|period|phase|window|time|stage|duration|stable|\d+"
        r"|canary|status|health|and|continuous|cont[ií]nu\w+|active|intensive|extended)){0,4}",
    ),
    before(WaitKind.SOAK, r"period|window", far=SOAKING),
    before(WaitKind.SOAK, r"(?:stable|green|healthy|validated|clean|soaked|passive)"),
    # 'no errors 5 minutes', 'sin errores por 5 minutos'.
    before(
        WaitKind.SOAK,
        r"(?:no|zero|without|sin|sem|ohne|keine|sans|senza) (?:new )?(?:err\w+|alert\w*|incid\w+"
        r"|problem\w*|issues?|fall\w+|fehler\w*|erreurs?)(?: \w+)?",
    ),
    # A change that is spread takes so long.
    before(
        WaitKind.ESTIMATE,
        r"over|across",
        far=r"gradual\w*|ramp\w*|roll\w*(?: ?out)?|spread|increas\w+|shift\w*|migrat\w+"
        r"|expand\w*|phased?",
    ),
    # A window by itself is what something is measured over.
    behind(None, r"window"),
    # Any other 'for 5 minutes' is how long something was or is.
    before(None, rf"{_FOR}|across"),
)
