"""
The grammar of bindings: every key there is, by the mapping that it stands in.

The reader of bindings takes its keys from here, and a test holds the reference page
against it, so that no key exists that is not documented.
"""

from collections.abc import Mapping

from gonogo.document.reader.words.vocabulary import Topic

PROBES = ("http", "sql", "shell", "read_flag")
CHANGES = ("shell", "sql", "migrate", "flag", "kill_flags", "http")
STEP_WORDS = (
    *CHANGES,
    "read_flag",
    "metric",
    "ask",
    "wait",
    "baseline",
    "approve",
    "ignore",
)
ROLLBACK_WORDS = (*CHANGES, "ask", "covered")
INCIDENT_WORDS = (*CHANGES, "ask")
STEP_EXTRAS = (
    "expect",
    "attempts",
    "retry_delay",
    "confirm",
    "check",
    "on_failure",
)

COUNTING: Mapping[str, str] = {
    "failure_limit": "failure",
    "inconclusive_limit": "inconclusive",
    "consecutive_error_limit": "consecutive_error",
    "consecutive_success_limit": "consecutive_success",
}
"""The keys that count measurements, with the field of `Counting` that each is."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "gonogo": (
        "service",
        "environment",
        "self_approval",
        "people",
        "approvals",
        "connections",
        "values",
        "sources",
        "alpha",
        "defaults",
        "metrics",
        "steps",
        "rollbacks",
        "incident",
        "variants",
        "lint",
        "vocabulary",
        "windows",
        "stages",
        "on_failure",
    ),
    "window": ("rule", "for", "zone", "from", "holidays", "except"),
    "stage": ("windows",),
    "approvals": ("timeout", "valid_for"),
    "connection": ("env",),
    "value": ("env", "secret"),
    "defaults": ("every", "deadline"),
    "lint": ("ignore",),
    "vocabulary": tuple(topic.value for topic in Topic),
    "sources": ("kind", "url", "options", "canary", "control"),
    "metrics": (
        *PROBES,
        "source",
        "same_as",
        "unit",
        "every",
        "consecutive",
        "floor",
        "errors",
        "measures",
        "ready",
        "parameters",
        "kind",
        "canary",
        "control",
        "instances",
        "quantile",
        "noise",
        "traffic",
        "share",
        "extensions",
        "deadline",
        "judge",
        "window",
        "tolerance",
        *COUNTING,
    ),
    "arm": ("events", "exposure"),
    "noise": ("phi", "tau", "lrv"),
    "traffic": ("rate", "canary", "control"),
    "step": (*STEP_WORDS, *STEP_EXTRAS),
    "rollback": ROLLBACK_WORDS,
    "incident": INCIDENT_WORDS,
    "check": PROBES,
    "expect": ("contains", "exact", "json", "number", "status", "rows", "absence"),
    "shell": ("run", "undo", "idempotent", "deadline"),
    "sql": ("connection", "query", "undo", "idempotent", "deadline"),
    "migrate": ("up", "down", "connection", "applied", "idempotent", "deadline"),
    "flag": ("file", "name", "percentage"),
    "kill_flags": ("file", "flags"),
    "http": ("url", "method", "headers", "body", "json", "idempotent", "deadline"),
    "read_flag": ("file", "name"),
    "metric": ("name",),
    "ask": ("role",),
    "wait": ("for", "counts_held"),
    "baseline": ("metrics",),
    "approve": ("role",),
    "ignore": ("reason",),
    "covered": (),
}
"""The keys of each mapping; those of a word's mapping stand under the word."""

SHORT: Mapping[str, str] = {
    "shell": "run",
    "sql": "query",
    "http": "url",
    "wait": "for",
    "approve": "role",
    "ignore": "reason",
    "baseline": "metrics",
    "metric": "name",
    "kill_flags": "flags",
    "connection": "env",
    "sources": "kind",
    "arm": "events",
}
"""The key that is meant where a word is given a text or a list alone."""

TRUE_ALONE = frozenset({"ask", "baseline", "covered", "shell", "sql"})
"""The words that may be given `true` alone."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "window": ("rule", "for", "zone"),
    "connection": ("env",),
    "value": ("env",),
    "sources": ("kind",),
    "arm": ("events",),
    "traffic": ("rate", "canary"),
    "migrate": ("up",),
    "flag": ("file", "name", "percentage"),
    "kill_flags": ("file", "flags"),
    "http": ("url",),
    "read_flag": ("file", "name"),
    "metric": ("name",),
    "wait": ("for",),
    "approve": ("role",),
    "ignore": ("reason",),
}
"""The keys that a mapping has to have."""

EXAMPLES: Mapping[str, str] = {
    "alpha": "alpha: 0.05",
    "canary": "canary: {events: …, exposure: …}",
    "consecutive_error_limit": "consecutive_error_limit: 4",
    "consecutive_success_limit": "consecutive_success_limit: 3",
    "control": "control: {events: …, exposure: …}",
    "events": "events: 'sum(increase(errors_total[$window]))'",
    "extensions": "extensions: 1",
    "failure_limit": "failure_limit: 2",
    "inconclusive_limit": "inconclusive_limit: 2",
    "instances": "instances: 4",
    "judge": "judge: evidence",
    "kind": "kind: proportion",
    "noise": "noise: {phi: 1.2, tau: 0.02}",
    "quantile": "quantile: 0.99",
    "rate": "rate: 0.5%",
    "share": "share: 5",
    "source": "source: prometheus",
    "tolerance": "tolerance: 0.1",
    "traffic": "traffic: {rate: 0.5%, canary: 10, control: 190}",
    "window": "window: 5m",
    "applied": "applied: \"select 1 from pg_tables where tablename = 'job_dlq'\"",
    "approve": "approve: {role: Dev Lead}",
    "attempts": "attempts: 3",
    "connection": "connection: qc",
    "consecutive": "consecutive: 3",
    "counts_held": "counts_held: true",
    "deadline": "deadline: 10m",
    "down": "down: migrations/001.down.sql",
    "env": "env: APP_URL",
    "errors": "errors: 3",
    "every": "every: 1m",
    "except": "except: [2026-12-24, 2026-12-31]",
    "file": "file: $QC_FLAGS_FILE",
    "flags": "flags: [DLQ_ENABLED]",
    "floor": "floor: 0.1",
    "for": "for: 24h",
    "from": "from: 2026-01-05",
    "headers": 'headers: {Authorization: "Bearer $TOKEN"}',
    "holidays": "holidays: holidays.ics",
    "idempotent": "idempotent: true",
    "metrics": "metrics: [Error rate]",
    "name": "name: DLQ_ENABLED",
    "on_failure": "on_failure: ask",
    "parameters": "parameters: {metric: shop_requests_total}",
    "percentage": "percentage: 5",
    "query": 'query: "select count(*) from job_dlq"',
    "reason": "reason: done by the pipeline",
    "retry_delay": "retry_delay: 10s",
    "role": "role: Ops On-Call",
    "rule": "rule: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYHOUR=9",
    "run": 'run: "./deploy.sh"',
    "timeout": "timeout: 2d",
    "up": "up: migrations/001.up.sql",
    "url": 'url: "$APP_URL/api/metrics"',
    "valid_for": "valid_for: 14d",
    "windows": "windows: [{rule: FREQ=DAILY;BYHOUR=9, for: 8h, zone: Europe/Berlin}]",
    "zone": "zone: Europe/Berlin",
}
"""How a key is written, for the remedies of diagnostics."""


def example(key: str) -> str:
    """Return how a key is written."""
    return EXAMPLES.get(key, f"{key}: …")
