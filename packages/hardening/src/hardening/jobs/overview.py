"""One JSON of everything, as a page shows it: queues, letters, the watch."""

from collections.abc import Mapping
from typing import Any

from hardening.jobs.letter import LetterStatistics
from hardening.jobs.monitor import Monitor
from hardening.jobs.watchdog import Watchdog


def statistics(
    *,
    monitor: Monitor | None = None,
    letters: LetterStatistics | None = None,
    watchdog: Watchdog | None = None,
) -> Mapping[str, Any]:
    """
    Return what is known, ready for `json.dumps`; asks nobody.

    Args:
        monitor: Gives the queues, as it saw them last.
        letters: What `DeadLetters.statistics` returned.
        watchdog: Gives `watchdogMetrics`, since its process began. The hour's moved
            jobs and the rate of false positives are the letters', over all processes.
    """
    shown: dict[str, Any] = {}
    if monitor is not None:
        shown["queues"] = monitor.statistics()
    if letters is not None:
        shown["deadLetters"] = letters.as_json()
    if watchdog is not None:
        shown["watchdogMetrics"] = watchdog.statistics()
        if letters is not None:
            over_all = {
                "jobsMovedToDlqLastHour": letters.stuck_last_hour,
                "falsePositiveRate": letters.false_positive_rate,
            }
            shown["watchdogMetrics"] |= over_all
    return shown
