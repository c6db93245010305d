"""
Condition leads: titles and labels under which conditions stand, by their grammar.

Teams write them in many words of few shapes. Conditions to go back: an answer and an
'if' ('Revert to the last release if:'), a word for conditions and an answer ('Decision
criteria for rollback', 'Abort signals'), a question ('When should we stop?'), a ban ('Do
not go live when'), or what calls for the answer ('Issues that require a rollback').
Conditions to go on: 'Promote when:', 'All of these must hold', 'After a day with:'.
"""

import re

_BACK = (
    r"(?:roll(?:ing|ed|s)? ?back\w*|revert(?:ing|ed|s)?|abort(?:ing|ed|s)?|back(?:ing)? ?out"
    r"|halt(?:ing|ed|s)?|paus(?:e|es|ing)|stop(?:ping|s)?|escalat(?:e|es|ion|ing)|fail ?over"
    r"|fall(?:ing)? back|undo|postpone|no go|kill switch|pull the plug|reversal)"
)
_GOING_ON = r"(?:proceed|continue|promote|deploy|release|launch|merge|advance|ship|go live|cut over)"
_IF = r"(?:if|when|whenever|in case(?: of)?|in the event(?: of| that)?|as soon as)"
_LISTED = (
    r"(?:any|one|either|some|all|at least one|either one)?(?: one| some| more)?(?: or more)?"
    r"(?: of)?(?: the| these| those| this)?(?: following| below| conditions?| criteria"
    r"| symptoms?| events?| situations?| things?| thresholds?| signs?| signals?)*"
)
_SIGNS = (
    r"(?:triggers?|criteria|criterion|conditions?|signals?|indicators?|thresholds?|signs"
    r"|reasons|grounds|circumstances|symptoms|rules|events)"
)
_TO_GO_BACK = (
    # An answer and an 'if': 'Stop the ramp when any of these occurs'.
    rf"^(?:\w+ ){{0,6}}?{_BACK}(?: \w+){{0,8}}? {_IF}$",
    (
        rf"^(?:\w+ ){{0,6}}?{_BACK}(?: \w+){{0,12}}? {_IF} (?:any|one|either|some|all|at least one"
        r"|the following|these|those)\b.*$"
    ),
    # 'If any of these happens, revert'
    rf"^{_IF} {_LISTED} (?:\w+ ){{0,6}}?{_BACK}(?: \w+){{0,6}}$",
    # 'Abort signals', 'Rollback decision criteria'
    rf"\b{_BACK} (?:(?:decision|trigger|go|plan) )?{_SIGNS}(?! (?:is|are|was|were)\b)",
    # 'Decision criteria for rollback', 'Conditions to stop the rollout'
    (
        rf"\b{_SIGNS} (?:for|to|of|that trigger)(?: (?:an?|the|immediate(?:ly)?|automatic(?:ally)?"
        rf"|emergency|full|mandatory|initiate|start|consider))*? {_BACK}\b"
    ),
    # 'When to revert', 'When should we stop', 'Whether to roll back'
    (
        r"\b(?:when|whether|deciding|decide|how to decide)(?: and (?:how|why|whether))?"
        r" (?:to|do|does|should|must|can)(?: (?:we|you|i|one|the team|not|immediately|consider"
        rf"|initiate|trigger|start|perform|execute|an?|the|immediate|full|use))*? {_BACK}\b"
    ),
    # 'Do not go live if', 'Never promote when'
    rf"\b(?:do not|don t|dont|never|must not|should not|cannot) {_GOING_ON}(?: \w+){{0,6}} {_IF}\b",
    # 'Issues that require a rollback', 'Rollback is mandatory for'
    (
        r"\b(?:require|requires|requiring|warrant|warrants|warranting|justify|justifying"
        r"|call for|calls for|calling for|demand|demanding|leading to|lead to)"
        rf"(?: (?:an?|the|immediate|full|automatic|emergency))*? {_BACK}\b"
    ),
    (
        rf"\b{_BACK} (?:is |becomes )?(?:required|mandatory|warranted|needed|triggered|initiated)"
        r"(?: (?:if|when|for|by|on|upon))(?: \w+){0,5}$"
    ),
    # 'Rollback must be considered in these cases', 'Do we roll back?'
    (
        rf"\b{_BACK}(?: \w+){{0,8}} (?:in|for|on|under)(?: any| one| all| some)?(?: of)?"
        r" (?:these|the following|those|such)(?: \w+){0,3}$"
    ),
    rf"^(?:do|should|must|shall|can) (?:we|i|you)(?: \w+){{0,2}} {_BACK}\b",
    # other languages
    r"\b(?:revertir|abortar|detener|parar|reverter|interromper)(?: \w+){0,5} (?:si|se|cuando|quando)$",
    (
        r"\b(?:criterios?|condiciones|condicoes|senales) (?:de|para|del|da|do)(?: (?:la|el|a|o))?"
        r" (?:rollback|reversion|reversao|revertir|reverter|abortar|aborto|parada)\b"
    ),
    r"\b(?:abbrechen|zuruckrollen|stoppen)(?: \w+){0,5} (?:wenn|falls)$",
    r"\b(?:abbruch|rollback|ruckroll)\w*(?: \w+)? (?:kriterien|bedingungen|wenn|falls)$",
    r"\b(?:abandonner|arreter|revenir en arriere)(?: \w+){0,5} si$",
)
_TO_GO_ON = (
    # Going on and an 'if': 'Continue only if all are true'.
    (
        r"^(?:\w+ ){0,3}?(?:proceed|continue|promote|advance|move on|move to|ship|launch|go live|expand"
        r"|increase|ramp up|resume|switch over|cut over|go ahead|widen)(?: \w+){0,8}? (?:only )?"
        r"(?:if|when|once|after|provided)(?: (?:all|each|every|of|the|these|following|are|is|true|met))*$"
    ),
    # 'All of these must be true', 'The following have to pass before the switch'
    (
        r"\b(?:following|these|all|conditions|criteria|items|checks)(?: \w+){0,3} (?:must|should|need to"
        r"|needs to|have to|has to|shall)(?: all)? (?:be (?:true|met|satisfied|green|fulfilled)|hold|pass)\b"
    ),
    # A verdict and an 'if': 'The release is a success when'.
    (
        r"\b(?:is|are|considered|declared?|deemed|call it|count as|counts as)(?: \w+){0,3}"
        r" (?:successful|complete|done|stable|good|a success|safe)(?: \w+){0,3} (?:if|when|once)$"
    ),
    # What is required of a thing: 'Required status before merge', 'Mandatory state'.
    (
        r"^(?:required|mandatory|minimum|necessary|demanded)(?: \w+){0,3} (?:status|state|states"
        r"|behaviou?r|results?|outcomes?|conditions?)(?: (?:before|for|to|prior|at|of|after)(?: \w+){1,6})?$"
    ),
    # A span and what is seen in it: 'After 24 hours with:'.
    r"^(?:after|once|following)\b(?: \w+){1,6} (?:with|of|showing)$",
    r"^(?:avanzar|continuar|proceder|promover|avancar|prosseguir)(?: \w+){0,6} (?:si|se|cuando|quando)$",
    r"\b(?:weiter|fortfahren|freigeben)(?: \w+){0,6} (?:wenn|falls|sobald)$",
)
_BACK_LEAD = re.compile("|".join(_TO_GO_BACK))
_ON_LEAD = re.compile("|".join(_TO_GO_ON))
# A longer text is a sentence of its own.
_LONGEST = 200


def leads_to_triggers(words: str) -> bool:
    """Tell whether what stands under a title are conditions to go back; folded words."""
    return len(words) <= _LONGEST and _BACK_LEAD.search(words) is not None


def leads_to_criteria(words: str) -> bool:
    """Tell whether what stands under a title are conditions to go on; folded words."""
    return len(words) <= _LONGEST and _ON_LEAD.search(words) is not None
