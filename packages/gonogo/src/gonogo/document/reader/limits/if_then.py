"""
If-then: the condition and the response that a sentence states.

'If X, roll back' and 'Roll back if X' say the same. A response that undoes or ends the
work speaks for itself; one that may be an ordinary step ('stop the old worker') counts
only where the condition is one that nobody wishes for.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from gonogo.document.reader.limits.thresholds import find_threshold

# Several readers ask about every sentence, each in its turn: as many are remembered
# as a long document has.
_REMEMBERED = 8192
_IF = (
    r"(?:if|when|whenever|in case(?: of)?|should|wenn|falls|si"
    # The Spanish reflexive is no 'if': 'se puede'.
    r"|se(?!\s+(?:puede|pueden|pode|podem|debe|deve|ha|han|hace|requiere|recomienda|realiza|ejecuta|usa|va)\b)"
    r"|cuando|quando|en cas de)"
)
# Undoes or ends the work, whatever the condition.
_STRONG = (
    r"(?:(?:auto(?:matic(?:ally)?)?[ -]?)?roll(?:ing|ed)?[ -]?back|revert(?:ed|ing)?"
    r"|abort(?:s|ed|ing)?|halt(?:s|ed|ing)?|back(?:ing)?[ -]?out|escalat(?:e|ed|ion|ing)"
    r"|(?:do not|don't|never|no) (?:proceed|continue|promote|advance|deploy|release|merge"
    r"|go (?:live|ahead|on)|ship|launch|broaden|widen|expand|ramp|roll ?out|cut ?over|avanzar)|postpon(?:e|ed)|fail ?over|no[ -]go|undo|zurückrollen|abbrechen"
    r"|revertir|reverter|abortar|detener el despliegue|切り戻し|ロールバック|回滚)"
)
# May as well be an ordinary step.
_WEAK = (
    r"(?:stop(?:s|ped)?|paus(?:e|ed|ing)|disabl(?:e|ed|ing)|restor(?:e|ing)|hold|delay"
    r"|investigat(?:e|ing|ion)|triage|kill|extend|fix (?:before|first|and)|page"
    r"|turn off|(?:switch|point|move|flip|shift|route|fail|change|put)(?= (?:[\w./-]+ ){0,4}?back\b)"
    r"|invoke|(?:file|open|raise|log)(?= (?:an? |the )?(?:\w+ )?(?:issue|bug|ticket|incident))"
    r"|(?:contact|notify|alert|call|inform)(?= (?:the |your |our |on[- ]?call)"
    r"|\b.{3,40}\b(?:team|engineer|lead|manager|owner|channel|support))|detener|parar|stoppen|anhalten|investigar)"
)
_RESPONSE = rf"(?<![\w-])(?:{_STRONG}|{_WEAK})(?![\w-])"
_IF_THEN = re.compile(
    rf"^\W{{0,4}}(?:[\w /&()-]{{2,40}}:\s+)?{_IF}\s+(?P<if>.{{3,200}}?)"
    rf"\s*(?:,|:|→|->|=>|;|[\u2013\u2014]|\bthen\b)\s*(?P<then>.{{0,120}}?{_RESPONSE}.*)$",
    re.IGNORECASE,
)
# 'If the id, the hash or the proof is missing, stop': the list belongs to the condition.
_IF_LIST = re.compile(
    rf"^\W{{0,4}}{_IF}\s+(?P<if>[^,]{{2,80}}(?:,\s+(?!then\b)[^,]{{2,80}}){{0,5}},?\s+(?:or|nor|oder|o|ou)\s+"
    rf"[^,]{{3,120}}),\s+(?P<then>{_RESPONSE}.*)$",
    re.IGNORECASE,
)
_IF_AT_ONCE = re.compile(
    rf"^\W{{0,4}}{_IF}\s+(?P<if>.{{3,120}}?)\s+(?P<then>{_STRONG}"
    r"(?:\s+(?:immediately|at once|now|to\b|and\b|the\b|all\b).*)?[.!]?)$",
    re.IGNORECASE,
)
_THEN_IF = re.compile(
    rf"(?P<then>(?:{_RESPONSE}|^\W*(?:use|follow|run|execute|invoke|apply)\s+(?:this|these)\b|^\W*(?:use|invoke|apply)(?=\s+(?:only\s+)?{_IF}\s))[^.;:]{{0,60}}?)\s+{_IF}(?:\s+any(?: of)?)?\s+"
    r"(?P<if>(?:[^.;]|\.(?=\w)){3,200})",
    re.IGNORECASE,
)
_ON = re.compile(
    rf"(?P<then>(?<![\w-]){_STRONG}(?![\w-])[^.;:]{{0,30}}?)\s+(?:on|upon)\s+"
    r"(?P<if>[^.;]{3,120})",
    re.IGNORECASE,
)
_ARROW = re.compile(
    rf"^(?P<if>.{{3,120}}?)\s*(?:→|->|=>|⇒|:|[\u2013\u2014])\s*(?P<then>"
    rf"(?:immediate(?:ly)?\s+|automatic(?:ally)?\s+)?{_RESPONSE}.*)$",
    re.IGNORECASE,
)
# 'Any FAIL → stop', 'One check is red: abort': it is said of all of them at once.
_ANY = re.compile(
    r"^\W{0,4}(?P<if>(?:any|one|either|some|an?|at least one|alguna?|irgendein\w*|algum\w*)\b"
    r".{2,100}?)\s*(?:→|->|=>|⇒|:|;|,|=|[\u2013\u2014])\s*(?P<then>(?:an?\s+)?"
    rf"(?:immediate(?:ly)?\s+|automatic(?:ally)?\s+)?{_RESPONSE}.*)$",
    re.IGNORECASE,
)
# 'Is the queue draining? No → roll back': either answer may lead to going back.
_ASKED = re.compile(
    r"^\W{0,4}(?P<if>[^?]{3,120}\?(?:\s*\W?(?:yes|no|sí|si|ja|nein|sim|não)\b\W?)?)\s*(?:→|->|=>|⇒|:)\s*"
    rf"(?P<then>(?:immediate(?:ly)?\s+)?{_STRONG}(?![\w-]).*)$",
    re.IGNORECASE,
)
# 'Lost rows are a reason to stop', 'A failed restore means no-go'.
_MEANS = re.compile(
    r"^\W{0,4}(?P<if>.{3,120}?)\s+(?:(?:is|are)\s+(?:an?\s+|the\s+|sufficient\s+|enough\s+)*"
    r"(?:reasons?|grounds?|causes?|signals?)\s+(?:to|for)|means?|requires?|triggers?|warrants?"
    r"|forces?|calls? for|justif(?:y|ies))\s+(?:an?\s+|the\s+|that\s+|we\s+|to\s+|immediate\s+|full\s+|automatic\s+)*"
    rf"(?P<then>(?:{_STRONG}|stop(?:ping)?|paus(?:e|ing))(?![\w-]).*)$",
    re.IGNORECASE,
)
_IF_LEAD = re.compile(
    rf"^\W{{0,4}}(?:[\w /&()-]{{2,40}}:\s+)?(?:{_IF}|on|upon|bei(?: einem| einer)?"
    r"|im falle|en caso de|em caso de)\s+(?P<if>.{3,140}?)[\s:*)]*$",
    re.IGNORECASE,
)
# 'If anything went wrong, note it here:' asks for a note.
_NOTED = re.compile(
    r",\s*(?:please\s+)?(?:document|note|record|write|list|describe|fill|log)\b",
    re.IGNORECASE,
)
_UNWISHED = re.compile(
    r"(?<!\w)(?:fail\w*|errors?|errored|issues?|problems?|breaks?|broken|crash\w*"
    r"|unhealthy|degrad\w*|exceed\w*|breach\w*|spik\w*|increas\w*|critical|corrupt\w*"
    r"|loss|lost|leak\w*|mismatch\w*|differs?|diverg\w*|unexpected\w*|wrong|bad|worse\w*|alerts?|red|outage\w*"
    r"|incidents?|bugs?|regress\w*|anomal\w*|elevated|slow\w*|timeouts?|times out|down|stuck"
    r"|missing|unavailable|unreachable|inaccessible|stale|invalid|inconsisten\w*|unexplained"
    r"|nobody (?:can )?(?:explains?|understands?)|panics?|drift\w*|violat\w*|compromis\w*|reject\w*|unstable|instability|instab\w*|deadlock\w*"
    r"|thresholds?|complain\w*|interrupted|catastroph\w*|disaster\w*|fundamental"
    r"|false positives?|(?:not|isn't|aren't|doesn't|don't|cannot|can't|won't|never)"
    r"\s+(?:\w+\s+){0,3}?(?:healthy|stable|pass\w*|ok|good|met|ready|work\w*|resolv\w*"
    r"|respond\w*|start\w*|satisf\w*|complete\w*|succeed\w*|green|acceptable|tie|match\w*|agree|balance|reconcile|load"
    r"|return|explain\w*)"
    r"|fehler\w*|fehlgeschlagen|fallan?|fallos?|errores|errors|falhas?|falhar|erros?"
    r"|problemas?|probleme)(?!\w)|失敗|エラー|障害|問題",
    re.IGNORECASE,
)
# 'If needed' names no condition; 'if safe' and 'if you want' leave it to the reader.
_EMPTY = re.compile(
    r"^(?:it\s+(?:is|was)\s+|it's\s+)?(?:needed|necessary|required|applicable|possible"
    r"|desired|available|wanted|appropriate|so|not|yes|no|safe|uncertain|unsure|in doubt|you\b(?!\s+(?:see|notice|observe|encounter|experience|detect|find|hit|get)\b).*|using\b.*|nötig"
    r"|erforderlich|necesario|needs?\b.*)\W*$|^(?:investigat|debug|us|runn|work|review|perform"
    r"|rotat|deploy|migrat|updat|upgrad|test|mak|add|chang|mov|creat)ing\b"
    r"(?!\s+(?:\w+\s+)?(?:fail|is|has|show|reveal|find|was|tak|break))|^(?:any\s+(?:one\s+)?(?:of\s+)?)?(?:the\s+following\b|(?:these"
    r"|those)\b.{0,30}$)|^any\W*$|^(?:(?:any|one|of|the|these|a)\s+){0,3}(?:[\w-]+\s+){0,2}(?:triggers?|conditions?|criteri(?:a|on))"
    r"(?:\s+(?:below|above|listed))?(?:\s+(?:is|are))?\s+(?:occurs?|met|hit|fires?|true|reached|appl(?:y|ies))\W*$|^(?:a\s+)?roll(?:ing)?[ -]?back\s+(?:is\s+)?"
    r"(?:needed|required|necessary)|^(?:safe|uncertain|unsure)\b|^you\s+(?:need|want|wish|prefer)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|zero|without|0)\s+(?:\w+\s+){0,2}?\w+", re.IGNORECASE)
_WISHED = re.compile(
    r"(?<!\w)(?:stable|healthy|green|pass(?:es|ed)?|succeeds?|successful(?:ly)?|complete"
    r"|completed|completes|done|finished|confirmed|ready|works|verified)(?!\w)",
    re.IGNORECASE,
)
_ONLY_POSSIBLE = re.compile(r"\b(?:possible|available|simple|ready|is|are|can)\b")
# To stop, and nothing else, is no ordinary step.
_STOPS = re.compile(
    r"(?:please\s+)?(?:stop|pause|hold|parar|detenerse|stoppen|anhalten)(?:\s+(?:here|now|immediately|at once"
    r"|and\s+(?:ask|call|escalate|investigate)\b.*|de inmediato|sofort))?[.!]*$",
    re.IGNORECASE,
)
# What a sentence is about, not what it demands.
_TOLD = re.compile(
    r"\b(?:how to|used to|in order to|ability to|able to|(?:en|dis)ables? (?:an? )?(?:\w+ )?"
    r"|allows?|supports?|provides?|ensures?|prepares?|ready to|outlines?|describes?|covers?"
    r"|documents?|explains?|procedures? (?:for|to)|guide (?:for|to)|instructions (?:for|to)"
    r"|the (?:script|command|installer|wizard|prompt|cli) (?:will )?)\W*(?:\w+\s+){0,2}$"
    r"|\b(?:how to|used to|in order to|ability to|able to)\b",
    re.IGNORECASE,
)
# A full stop, not the point of a number or of a name.
_SENTENCE = re.compile(
    r"(?<=[.!?])\s+(?!(?:Yes|No|S[ií]|Ja|Nein|Sim|Não)\W{0,3}(?:→|->|=>|⇒|:))(?=[A-Z\u00c0-\u00dc*`])|\s+[\u2014]\s+(?=If\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """What has to come true and what is to be done then; `leading` where 'if' leads."""

    condition: str
    response: str
    leading: bool


@lru_cache(maxsize=_REMEMBERED)
def conditionals(text: str) -> tuple[Conditional, ...]:
    """Return the conditions on which `text` says to go back, stop or look into it."""
    found = (_conditional(part) for part in sentences(text))
    return tuple(one for one in found if one is not None)


def ends_work(text: str) -> bool:
    """Tell whether a text demands to go back or to stop, whatever the case."""
    return re.search(rf"(?<![\w-]){_STRONG}(?![\w-])", text, re.IGNORECASE) is not None


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a paragraph."""
    return tuple(part for part in _SENTENCE.split(text) if part)


def unwished_lead(text: str) -> str | None:
    """Return the condition of 'If issues arise:'; None for wishes and other texts."""
    lead = _IF_LEAD.match(_SENTENCE.split(text)[-1])
    # With a full stop the answer stands in the same sentence.
    if lead is None or text.endswith(".") or _NOTED.search(lead["if"]):
        return None
    condition = lead["if"].strip()
    return condition if _is_unwished(condition) else None


def _conditional(text: str) -> Conditional | None:
    for pattern in _FORMS:
        stated = pattern.search(text)
        if pattern is _ARROW and stated and not _is_pointed(stated):
            continue
        if stated is None or _TOLD.search(text[: stated.start("then")]):
            continue
        condition, response = stated["if"].strip(), stated["then"].strip()
        sure = pattern not in _UNSURE and _is_strong(
            response, first=pattern is not _IF_THEN
        )
        if pattern is _ASKED or _holds(condition, response, sure=sure):
            leading = stated.start("if") < stated.start("then")
            return Conditional(condition=condition, response=response, leading=leading)
    return None


def _is_pointed(stated: re.Match[str]) -> bool:
    """Tell whether what points to an answer is a limit, or is feared: 'Data wrong → abort'."""
    if find_threshold(stated["if"]) is not None:
        return True
    between = stated.string[stated.end("if") : stated.start("then")].strip()
    return (
        between in _ARROWS and ends_work(stated["then"]) and _is_unwished(stated["if"])
    )


_ARROWS = frozenset({"→", "->", "=>", "⇒"})
_FORMS = (_IF_LIST, _IF_THEN, _IF_AT_ONCE, _THEN_IF, _ON, _ARROW, _ANY, _MEANS, _ASKED)
_UNSURE = (_ON, _ANY, _MEANS)


def _is_strong(response: str, *, first: bool) -> bool:
    if _STOPS.match(response):
        return True
    pattern = rf"(?<![\w-]){_STRONG}(?![\w-])"
    found = (re.match if first else re.search)(pattern, response, re.IGNORECASE)
    return found is not None


def _holds(condition: str, response: str, *, sure: bool) -> bool:
    if _EMPTY.search(condition) or _ONLY_POSSIBLE.search(response[:40]):
        return False
    unwished = _is_unwished(condition)
    if _WISHED.search(condition) and not unwished:
        return False
    return sure or unwished


def _is_unwished(condition: str) -> bool:
    if _EMPTY.search(condition):
        return False
    condition = _DENIED.sub(" ", condition)
    return bool(_UNWISHED.search(condition)) or find_threshold(condition) is not None
