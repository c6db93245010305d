"""
The vocabulary: which words a title may use for which topic, in several languages.

Structure decides what an element is; the vocabulary only names what a heading, a
label or a column speaks of. A phrase is matched as whole words after folding case and
punctuation ('Pre-Deployment' is 'pre deployment'); a trailing `*` matches any ending.
Phrases in scripts without spaces are found anywhere.
"""

import re
from enum import StrEnum
from functools import lru_cache


class Topic(StrEnum):
    """What a title speaks of."""

    TRIGGER = "trigger"
    ROLLBACK = "rollback"
    SUCCESS = "success"
    METRICS = "metrics"
    APPROVAL = "approval"
    CONTACT = "contact"
    BEFORE = "before"
    AFTER = "after"
    DEPLOY = "deploy"
    VERIFY = "verify"
    MONITOR = "monitor"
    INCIDENT = "incident"
    BACKGROUND = "background"
    REFERENCE = "reference"
    TROUBLE = "trouble"
    RISK = "risk"
    TIMELINE = "timeline"
    COMMUNICATION = "communication"
    SCENARIO = "scenario"
    EXPECTED = "expected"
    DECISION = "decision"
    SAMPLE = "sample"
    RECORD = "record"


_PHRASES: dict[Topic, str] = {
    Topic.ROLLBACK: """rollback|roll back|rolling back|roll backs|backout
        |back out|fallback plan|fallback procedure|fall back|revert|reverting|reversal
        |undo|recovery plan|recovery procedure|restore from backup|downgrade
        |abort procedure|rollback*|reversion|revertir|marcha atras|plan b|retroceso
        |reversao|retour arriere|zuruckroll*|ruckfall*|ruckbau|ロールバック|切り戻し|回滚""",
    Topic.TRIGGER: """rollback trigger|rollback triggers|trigger|triggers
        |rollback criteria|rollback conditions|rollback condition|when to rollback
        |when to roll back|when to abort|when to stop|rollback if|roll back if
        |rollback immediately|roll back immediately|immediate rollback if|abort if
        |abort criteria|abort conditions|abort when|abort immediately|stop if
        |stop criteria|stop conditions|halt if|halt rules|halt conditions
        |no go if|no go conditions|no go criteria|no go|kill criteria|escalate if
        |pause if|rollback when|roll back when|red flags|stop and|rollback decision
        |any of these occur|any of the following occur|bloqueadores|blockers
        |rollback threshold|rollback thresholds|consider rollback
        |disparadores|gatilhos|ausloser|abbruchkriterien|abbruch""",
    Topic.SUCCESS: """success criteria|success criterion|exit criteria|entry criteria
        |go criteria|go no go criteria|go no go|definition of done|acceptance criteria
        |pass criteria|passing criteria|completion criteria|success metrics
        |success metric|go if|proceed if|proceed when|advance if|advance when
        |promotion criteria|criteria|gate|gate criteria|completion gate|must have
        |should have|nice to have|quality gates|success indicators|success looks like
        |criterios de exito|criterios|criterios de sucesso|erfolgskriterien
        |abnahmekriterien|criteres|成功基準|what good looks like|success""",
    Topic.METRICS: """metrics thresholds|metric thresholds|metrics|thresholds|threshold
        |key metrics|monitored metrics|what to monitor|slo|slos|targets
        |performance targets|kpis|health metrics|metricas|umbrales|metriken
        |schwellwerte|kpi|baselines""",
    Topic.APPROVAL: """approval|approvals|approver|approvers|sign off|signoff|sign offs
        |signoffs|authorization|authorisation|go no go decision|approved by|signed off
        |owners approvals|aprobacion|aprobaciones|firma|firmas|autorizacion|aprovacao
        |aprovacoes|freigabe*|genehmigung*|abnahme|承認|審批|approbation|sign""",
    Topic.CONTACT: """contact|contacts|who to call|escalation|escalation path|on call
        |oncall|support|need help|emergency contacts|contactos|contatos|kontakt*
        |ansprechpartner|連絡先|escalamiento|eskalation""",
    Topic.BEFORE: """pre|prerequisite|prerequisites|prereq|prereqs|pre requisites
        |before|preparation|preparations|prepare|preflight|readiness|requirements
        |preconditions|precondition|prep|checklist before|hours before|prechecks
        |previo|previa|previos|requisitos|preparacion|preparacao|antes
        |voraussetzung*|vorbereitung*|vorher|vor|事前|準備|prerequis|ready""",
    Topic.AFTER: """post|after|afterwards|follow up|follow ups|followup|next steps
        |cleanup|clean up|posterior|despues|depois|nach|nachher|danach|事後|apres
        |completion|wrap up|closing|finalization|finalize|day 2""",
    Topic.DEPLOY: """deploy|deploying|deployment|deployments|rollout|roll out|release
        |releasing|cutover|cut over|migrate|migration|migrating|migrations|go live
        |golive|launch|execution|execute|procedure|procedures|steps|step|install
        |installation|setup|set up|enable|enabling|upgrade|upgrading|promote
        |promotion|ramp|canary|phases|actions|run|running|apply|publish|switch
        |implementation|activation|backup|configuration|configure|stop|start|restart
        |despliegue|ejecucion|pasos|implantacao|execucao|bereitstellung|ausfuhrung
        |durchfuhrung|umstellung|手順|実行|デプロイ|移行|リリース|deploiement""",
    Topic.VERIFY: """verify|verification|verifying|verifications|validate|validation
        |validations|validating|test|tests|testing|smoke|smoke test|smoke tests
        |health check|health checks|check|checks|sanity|confirm|qa|audit|inspect
        |verificacion|validacion|pruebas|prueba|verificacao|validacao|testes
        |uberprufung|prufung|validierung|検証|確認|テスト|checklist final""",
    Topic.MONITOR: """monitor|monitoring|observe|observation|watch|soak|bake|hypercare
        |observability|monitoreo|monitoramento|uberwachung|beobachtung|監視|surveillance
        |daily checks|dashboards|dashboard|alerts|alerting""",
    Topic.INCIDENT: """incident|incidents|emergency|if issues|if issue|disaster
        |if something goes wrong|incident response|breach|emergency procedures
        |notfall|emergencia|緊急""",
    Topic.BACKGROUND: """overview|summary|background|introduction|intro|purpose|scope
        |goal|goals|objective|objectives|context|about|what it is|what this is
        |current state|target state|architecture|tl dr|tldr|how to use|when to use
        |notes|note|principles|key facts|contents|table of contents|toc|assumptions
        |status|description|motivation|rationale|why|strategy evaluation|key principles
        |cadence|impact|changes|what changed|changed files|audience|terminology
        |concepts|definitions|ownership|roles and responsibilities|roles
        |uncertainties|insights|alternative strategies|critical alert|iteration|debate|executive
        |resumen|introduccion|objetivo|alcance|informacion general|resumo|ubersicht
        |zusammenfassung|hintergrund|ziel|ziele|概要|背景|目的|notas|recommendation""",
    Topic.REFERENCE: """reference|references|appendix|appendices|glossary|links
        |documentation|documentation links|related|resources|quick reference
        |quick commands|useful commands|cheat sheet|cheatsheet|faq|changelog
        |template|templates|example|examples|files|deliverables|artifacts|further
        |see also|anhang|apendice|anexo|referencias|付録|参考|maintenance
        |best practices|tips|addenda|addendum|history|version history|log
        |commands reference|environment variables reference|helpful links|domains
        |policies|policy|inventory|dashboards""",
    Topic.TROUBLE: """troubleshooting|troubleshoot|common issues|common problems
        |known issues|failure modes|failure scenarios|traps|pitfalls|gotchas
        |handling failures|if it fails|error handling|issue|issues|problems
        |problemas|fehlerbehebung|trouble|debug|debugging|faqs|abort paths""",
    Topic.RISK: """risk|risks|risk assessment|mitigation|mitigations|edge cases
        |riesgos|riscos|risiken|リスク""",
    Topic.TIMELINE: """timeline|schedule|calendar|zeitplan|cronograma|calendario
        |milestones|スケジュール|estimate|estimates|ablauf""",
    Topic.COMMUNICATION: """communication|communications|communication plan|comms
        |announcement|announcements|stakeholder matrix|message|messages
        |kommunikation|comunicacion|comunicacao""",
    Topic.SCENARIO: """scenario|scenarios|option|case|method|if|fallstudie|escenario
        |cenario|szenario|シナリオ""",
    Topic.EXPECTED: """expected|expected output|expected result|expected results
        |expect|you should see|should see|should return|should output|success response
        |expected response|resultado esperado|erwartet|erwartung|期待""",
    Topic.DECISION: """decision|decision point|decision points|approval decision|choose
        |decide|go live decision|rollout decision|final decision|entscheidung""",
    Topic.SAMPLE: """output|sample output|example output|sample|response|example
        |logs|look for|watch for|looks like|result|results""",
    Topic.RECORD: """lessons learned|retrospective|completion notes|notes|results
        |what went well|what went wrong|action items|deployment log|post mortem
        |postmortem|issues encountered|record|observations|completion status""",
}

_WORDS = re.compile(r"[^\w%]+|_")
_ACCENTS = str.maketrans("áàâãäéèêëíìîïóòôõöúùûüçñß", "aaaaaeeeeiiiiooooouuuucns")


def folded(text: str) -> str:
    """Return the words of `text`, lower case, without accents and punctuation."""
    return _WORDS.sub(" ", text.casefold().translate(_ACCENTS)).strip()


@lru_cache(maxsize=4096)
def topics(text: str) -> frozenset[Topic]:
    """Return every topic that the words of `text` name."""
    words = folded(text)
    return frozenset(t for t, pattern in _PATTERNS.items() if pattern.search(words))


def _pattern(phrases: str) -> re.Pattern[str]:
    words = [" ".join(p.split()) for p in phrases.split("|")]
    spaced = [w for w in words if w.isascii()]
    unspaced = [re.escape(w) for w in words if not w.isascii()]
    whole = "|".join(
        re.escape(w[:-1]) + r"\w*" if w.endswith("*") else re.escape(w)
        for w in sorted(spaced, key=len, reverse=True)
    )
    return re.compile("|".join([rf"(?<!\w)(?:{whole})(?!\w)", *unspaced]))


_PATTERNS = {topic: _pattern(phrases) for topic, phrases in _PHRASES.items()}
