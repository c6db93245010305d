"""
Jobs: dead letters, heartbeats of progress, a watchdog, and a monitor of the queues.

    connect = connecting(url)                       # or a pool's `connection`
    heart = Heart(PostgresBeats(connect))
    guard(app, heart=heart)                         # hardening.jobs.procrastinate

    @app.task
    def import_contacts(path):
        for number, row in enumerate(rows(path)):
            store(row)
            beat(note=f"row {number}")              # it moves on

    letters = DeadLetters(connect)
    letters.redrive_all(Filter(task="import_contacts"), per_second=10)
    Watchdog(connect).run(until=stopping.is_set)    # what stands still becomes a letter

A job that failed for good is a letter in the table `job_dlq`, put in the same
transaction as its failure. A job that makes no progress is taken from its worker and
fenced: whatever the old attempt does afterwards changes nothing. `hardening.jobs.celery`
and `hardening.jobs.rq` keep the failed jobs of Celery and RQ.
"""

from typing import TYPE_CHECKING

from hardening.lazily import lazily

if TYPE_CHECKING:
    from hardening.jobs.beating import beat, current_pulse, watched
    from hardening.jobs.beats import PostgresBeats
    from hardening.jobs.dead_letters import DeadLetters
    from hardening.jobs.dead_letters_async import AsyncDeadLetters
    from hardening.jobs.depth import Excess, Finding, QueueDepth, Thresholds
    from hardening.jobs.errors import (
        Fenced,
        LetterNotFound,
        LetterSettled,
        NotRedrivable,
        SendUncertain,
        UnsupportedQueue,
    )
    from hardening.jobs.events import (
        DeadLetterNotPut,
        DeadLetterNotRedriven,
        DeadLetterPut,
        DeadLetterRedriven,
        DeadLettersPurged,
        HeartbeatMissed,
        HeartbeatsNotWritten,
        JobFenced,
        JobMovedToDlq,
        JobRescued,
        WatchFailed,
    )
    from hardening.jobs.heart import Beats, Heart
    from hardening.jobs.keeper import Keeper
    from hardening.jobs.letter import (
        Filter,
        Letter,
        LetterStatistics,
        LetterStatus,
        NewLetter,
        Page,
        Reason,
    )
    from hardening.jobs.monitor import (
        Monitor,
        QueueBlocked,
        QueueDepthCritical,
        QueueDepthWarning,
        QueueLatencyWarning,
        Queues,
        QueueTotalCritical,
    )
    from hardening.jobs.overview import statistics
    from hardening.jobs.provider import connecting, connecting_async
    from hardening.jobs.pulse import Attempt, Beat, Pulse
    from hardening.jobs.queues import CeleryQueues, PostgresQueues, RqQueues
    from hardening.jobs.redact import redact_secrets
    from hardening.jobs.redriving import Redriven, Sender
    from hardening.jobs.schema import Migration, migrations
    from hardening.jobs.spool import Spool
    from hardening.jobs.stuck import Limit, Limits
    from hardening.jobs.switches import JobSwitch, every_job
    from hardening.jobs.watchdog import Scan, Watchdog

__all__ = [
    "AsyncDeadLetters",
    "Attempt",
    "Beat",
    "Beats",
    "CeleryQueues",
    "DeadLetterNotPut",
    "DeadLetterNotRedriven",
    "DeadLetterPut",
    "DeadLetterRedriven",
    "DeadLetters",
    "DeadLettersPurged",
    "Excess",
    "Fenced",
    "Filter",
    "Finding",
    "Heart",
    "HeartbeatMissed",
    "HeartbeatsNotWritten",
    "JobFenced",
    "JobMovedToDlq",
    "JobRescued",
    "JobSwitch",
    "Keeper",
    "Letter",
    "LetterNotFound",
    "LetterSettled",
    "LetterStatistics",
    "LetterStatus",
    "Limit",
    "Limits",
    "Migration",
    "Monitor",
    "NewLetter",
    "NotRedrivable",
    "Page",
    "PostgresBeats",
    "PostgresQueues",
    "Pulse",
    "QueueBlocked",
    "QueueDepth",
    "QueueDepthCritical",
    "QueueDepthWarning",
    "QueueLatencyWarning",
    "QueueTotalCritical",
    "Queues",
    "Reason",
    "Redriven",
    "RqQueues",
    "Scan",
    "SendUncertain",
    "Sender",
    "Spool",
    "Thresholds",
    "UnsupportedQueue",
    "WatchFailed",
    "Watchdog",
    "beat",
    "connecting",
    "connecting_async",
    "current_pulse",
    "every_job",
    "migrations",
    "redact_secrets",
    "statistics",
    "watched",
]

# A worker needs a fifth of this, and pays for no more: a name is loaded when it is used.
__getattr__, __dir__ = lazily(
    __name__,
    {
        "beating": ("beat", "current_pulse", "watched"),
        "beats": ("PostgresBeats",),
        "provider": ("connecting", "connecting_async"),
        "dead_letters": ("DeadLetters",),
        "dead_letters_async": ("AsyncDeadLetters",),
        "depth": ("Excess", "Finding", "QueueDepth", "Thresholds"),
        "errors": (
            "Fenced",
            "LetterNotFound",
            "LetterSettled",
            "NotRedrivable",
            "SendUncertain",
            "UnsupportedQueue",
        ),
        "events": (
            "DeadLetterNotPut",
            "DeadLetterNotRedriven",
            "DeadLetterPut",
            "DeadLetterRedriven",
            "DeadLettersPurged",
            "HeartbeatMissed",
            "HeartbeatsNotWritten",
            "JobFenced",
            "JobMovedToDlq",
            "JobRescued",
            "WatchFailed",
        ),
        "heart": ("Beats", "Heart"),
        "keeper": ("Keeper",),
        "letter": (
            "Filter",
            "Letter",
            "LetterStatistics",
            "LetterStatus",
            "NewLetter",
            "Page",
            "Reason",
        ),
        "schema": ("Migration", "migrations"),
        "monitor": (
            "Monitor",
            "QueueBlocked",
            "QueueDepthCritical",
            "QueueDepthWarning",
            "QueueLatencyWarning",
            "QueueTotalCritical",
            "Queues",
        ),
        "overview": ("statistics",),
        "pulse": ("Attempt", "Beat", "Pulse"),
        "queues": ("CeleryQueues", "PostgresQueues", "RqQueues"),
        "redact": ("redact_secrets",),
        "redriving": ("Redriven", "Sender"),
        "spool": ("Spool",),
        "stuck": ("Limit", "Limits"),
        "switches": ("JobSwitch", "every_job"),
        "watchdog": ("Scan", "Watchdog"),
    },
)
