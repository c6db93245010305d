"""Consents: which sentences ask a person to say yes, as one table of forms."""

import re

from gonogo.document.reader.people.people import role_in

_CONSENT = (
    r"approvals?|sign[ -]?offs?|authori[sz]ation|consent|go[ -]ahead|green ?light"
    r"|permission|aprobaci[oó]n|visto bueno|autorizaci[oó]n|aprova[cç][aã]o"
    r"|autoriza[cç][aã]o|freigabe|genehmigung|zustimmung|approbation|autorisation"
    r"|approvazione|goedkeuring"
)
_GIVEN = (
    r"approved|approves|approve|signs? off|signed off|authori[sz]ed|authori[sz]es"
    r"|gives? (?:the )?(?:go(?:-ahead)?|green light|ok)|aprobad[oa]|aprovad[oa]"
    r"|freigegeben|genehmigt|abgenommen|approuvée?|goedgekeurd"
)
_OBTAIN = (
    r"obtain\w*|get(?:ting|s)?|got|receiv\w+|secur(?:e|ing)|request\w*|collect\w*"
    r"|await\w*|wait(?:s|ing)? for|seek\w*|needs?|requires?|requiring|have|obten\w+"
    r"|solicitar|esperar|conseguir|einholen|abwarten|obtenir|attendre|ottenere"
)
# 'approval queue', 'sign-off page': what a product has, not what a person says.
_THING = (
    r"(?! (?:queue|workflow|flow|process|page|screen|button|feature|status|api|rules?"
    r"|policy|form|e?mail|tests?|logic|settings?|label|endpoint|table|ui|requests?\b"
    r"|list|criteria|matrix|checklist))"
)
_FORMS = (
    # 'Obtain approval from X', 'needs a second approval'.
    rf"(?:{_OBTAIN})\b[^.;:]{{0,40}}\b(?:{_CONSENT})\b{_THING}",
    # 'Stakeholder approval obtained', 'sign-off by the owner', 'Freigabe erteilt'.
    (
        rf"(?:{_CONSENT})\b{_THING}(?:\(s\))?[^.;:]{{0,12}}\b(?:obtained|received|from|granted"
        r"|given|by|required|needed|confirmed|documented|complete[d]?|in place|for|of|on|before"
        r"|prior|de|del|por|durch|von|erteilt|liegt vor|eingeholt|obtenid[oa]|recibid[oa]"
        r"|concedid[oa])\b"
    ),
    # 'approved by 2 engineers', 'Signed off by: ...'.
    rf"(?:{_GIVEN}|reviewed|review completed) (?:by|por|von|durch|par)\b",
    # 'Once approved', 'until the DBA signs off', 'when X gives the go'.
    (
        rf"(?:once|after|until|unless|when|sobald|nachdem|bis|hasta que|após|una vez)\b"
        rf"[^.;:]{{0,40}}\b(?:{_GIVEN}|{_CONSENT})\b{_THING}"
    ),
    # 'type "approve" in the comment', 'requires review from someone else'.
    r"(?:type|reply|comment|answer)s?\b[^.;:]{0,20}[\"'“`]?approve",
    r"requires?\b[^.;:]{0,25}\b(?:review (?:from|by|of)|approving reviews?)\b",
    # 'Approve the manual gate', 'for production, approve the deployment'.
    (
        r"(?:^|(?<=[,:]\s))(?:then )?approve (?:the |this )?(?:\w+ ){0,2}(?:gate|deploy\w*|release"
        r"|rollout|promotion|run|job|step|workflow|environment|pipeline|cutover|go-live)\b"
    ),
    # 'QA has signed off'.
    r"(?:has|have) (?:signed off|approved|agreed to (?:go|proceed))\b",
    # A last word: 'Final approval', 'Management sign-off'.
    rf"^(?:[\w/&-]+ ){{1,4}}(?:{_CONSENT})\b{_THING}\s*(?:$|[(:])",
)
_ASKS = re.compile(rf"(?<![\w-])(?:{'|'.join(_FORMS)})", re.IGNORECASE)
_ASIAN = re.compile(r"承認(?:を|が|済|待ち|者|[:\uff1a])|批准|审批通过|經?核准")
# Some of its letters are in every such sentence: most need no closer look.
_LETTERS = (
    "appro", "aprob", "aprov", "sign", "author", "autori", "consent", "ahead", "green",
    "permission", "visto", "freige", "freiga", "genehm", "zustimm", "abgen", "goedk",
    "review", "proceed", "agree", "confirm", "承認", "批", "核准", "审批",
)  # fmt: skip
# Who says it has to be named for weaker words.
_BY_ROLE = re.compile(
    r"\b(?:approv(?:es|ing|e)|signs? off|signing off|has agreed|must agree|to sign off"
    r"|only after [^.;:]{0,30}\breview|confirms? (?:go\b|all|readiness|to proceed)"
    r"|(?:do not|don't|never) (?:proceed|continue|start|deploy)\b[^.;:]{0,30}"
    r"\b(?:until|before|unless)\b[^.;:]{0,40}\b(?:confirm|agree|review|approv)\w*)\b",
    re.IGNORECASE,
)
_GO = re.compile(
    r"^(?:final )?go ?[/-]? ?no[ -]?go(?: (?:decision|meeting|call|vote|review))?"
    r"(?: (?:made|held|taken|by\b.*|with\b.*|from\b.*))?\s*(?::|$|\()",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\w (?:is |are |been )?(?:approved|signed[ -]off|authori[sz]ed)\s*"
    r"(?:$|[(,.]|\b(?:for|in|and|on)\b)",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"^(?:verify|check|test|configure|document|create|set up|define|add|enable|click"
    r"|implement|build|design)\b"
    # Of another step, or denied: 'until step 9 is signed off', 'no approval by itself'.
    r"|\b(?:until|once|after|when) (?:steps?|phases?|stages?|sections?|items?|tasks?)"
    r" [\w.-]+ (?:is|are|has|have) "
    r"|\b(?:do not|don't|never|not) (?:treat|take|read|count|regard)\b[^.;]{0,120}\bas\b"
    r"|auto-?approv|pre-?approved|\bsigned tags?\b",
    re.IGNORECASE,
)


def asks_for_consent(text: str) -> bool:
    """Tell whether a sentence asks a person to approve, sign or let go on."""
    lowered = text.lower()
    if not any(letters in lowered for letters in _LETTERS) or _NOT_ASKED.search(text):
        return False
    if _ASKS.search(text) or _ASIAN.search(text):
        return True
    return _BY_ROLE.search(text) is not None and role_in(text) is not None


def is_approved_state(text: str) -> bool:
    """Tell whether a box is ticked once its subject is approved ('Plan approved')."""
    return _STATE.search(text) is not None and not _NOT_ASKED.search(text)


def is_go_no_go(text: str) -> bool:
    """Tell whether an item is the go/no-go itself ('Go / No-Go: ...')."""
    return _GO.match(text) is not None
