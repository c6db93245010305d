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

KEYS: Mapping[str, tuple[str, ...]] = {
    "gonogo": (
        "service",
        "environment",
        "self_approval",
        "people",
        "approvals",
        "connections",
        "values",
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
    "metrics": (
        *PROBES,
        "same_as",
        "unit",
        "every",
        "consecutive",
        "floor",
        "errors",
        "measures",
    ),
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
}
"""The key that is meant where a word is given a text or a list alone."""

TRUE_ALONE = frozenset({"ask", "baseline", "covered", "shell", "sql"})
"""The words that may be given `true` alone."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "window": ("rule", "for", "zone"),
    "connection": ("env",),
    "value": ("env",),
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
