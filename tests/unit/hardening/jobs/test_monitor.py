"""The monitor: what is too much, told once a minute."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.core.log import LogListener
from hardening.jobs import (
    Excess,
    Monitor,
    QueueBlocked,
    QueueDepth,
    QueueDepthCritical,
    QueueDepthWarning,
    QueueLatencyWarning,
    QueueTotalCritical,
    Thresholds,
    WatchFailed,
    statistics,
)
from hardening.jobs.depth import findings
from hardening.testing import FakeClock
from tests.unit.hardening.jobs.looking import looks


class Scripted:
    """Queues as the test says."""

    def __init__(self, *queues):
        self.queues = queues
        self.error = None

    def depths(self):
        """Return them."""
        if self.error:
            raise self.error
        return self.queues


@pytest.mark.parametrize(
    ("depth", "found"),
    [
        (500, []),
        (501, [Excess.DEPTH_WARNING]),
        (2_000, [Excess.DEPTH_WARNING]),
        (2_001, [Excess.DEPTH_CRITICAL]),
        (5_000, [Excess.DEPTH_CRITICAL]),
        (5_001, [Excess.DEPTH_CRITICAL, Excess.TOTAL_CRITICAL]),
    ],
)
def test_depth_is_too_much_above_500_2000_and_5000(depth, found):
    """The founding plans' limits: more than each, not exactly it."""
    queues = [QueueDepth(queue="q", depth=depth)]
    assert found == [one.excess for one in findings(queues, Thresholds())]


@pytest.mark.parametrize(
    ("latency_s", "found"),
    [(None, []), (300, []), (300.1, [Excess.LATENCY_WARNING])],
)
def test_latency_is_too_much_above_300_seconds(latency_s, found):
    """An unknown latency is no excess."""
    queues = [QueueDepth(queue="q", depth=1, latency_s=latency_s)]
    assert found == [one.excess for one in findings(queues, Thresholds())]


@given(st.lists(st.integers(0, 4_000), max_size=8))
def test_the_total_is_that_of_all_queues(depths):
    """Law: the total is critical if and only if the depths' sum passes 5,000."""
    queues = [QueueDepth(queue=str(n), depth=depth) for n, depth in enumerate(depths)]
    found = {one.excess for one in findings(queues, Thresholds())}
    assert (sum(depths) > 5_000) == (Excess.TOTAL_CRITICAL in found)


def test_each_excess_is_told_once_a_minute():
    """An alarm that rings every five seconds is switched off by its third."""
    told, clock = [], FakeClock()
    queues = Scripted(
        QueueDepth(queue="a", depth=501),
        QueueDepth(queue="b", depth=2_001, latency_s=301, blocked=2),
        QueueDepth(queue="c", depth=2_600),
    )
    monitor = Monitor(queues, listener=told.append, clock=clock)
    for _ in range(13):
        monitor.look()
        clock.advance(5)
    kinds = [
        QueueDepthWarning,
        QueueDepthCritical,
        QueueLatencyWarning,
        QueueBlocked,
        QueueDepthCritical,
        QueueTotalCritical,
    ]
    assert kinds * 2 == [type(event) for event in told]
    assert [0] * 6 + [11] * 6 == [event.held_back for event in told]
    assert ["a", "b", "b", "b", "c", "all"] == [event.subject for event in told[:6]]
    assert "queue_depth_warning" == told[0].event


def test_a_look_that_fails_is_told_and_outlived():
    """A monitor whose Redis is away goes on when it is back."""
    told, clock, queues = [], FakeClock(), Scripted(QueueDepth(queue="q", depth=501))
    monitor = Monitor(queues, listener=told.append, clock=clock)
    queues.error = ConnectionError("gone")
    looks = iter((False, False, True))

    def until():
        if clock.waits:
            queues.error = None
        return next(looks)

    monitor.run(every_s=5, until=until)
    assert [WatchFailed, QueueDepthWarning] == [type(event) for event in told]
    assert [5, 5] == clock.waits
    shown = statistics(monitor=monitor)["queues"]
    assert (1, 1, 501) == (shown["looks"], shown["lookFailures"], shown["total"])


@pytest.mark.parametrize("loop", ["threads", "coroutines"])
def test_a_listener_that_fails_does_not_end_the_monitor(caplog, loop):
    """It looks again after a look that failed, and at all queues in the next one."""
    clock, queues = FakeClock(), Scripted(QueueDepth(queue="q", depth=5_001))
    queues.error = ConnectionError("gone")

    def fail(event):
        queues.error = None
        raise RuntimeError(event.event)

    monitor = Monitor(queues, listener=fail, clock=clock)
    if loop == "threads":
        monitor.run(every_s=5, until=lambda: len(clock.waits) == 2)
    else:
        asyncio.run(looks(monitor.run_async(every_s=5), clock, 2))
    errors = ["watch_failed", "queue_depth_critical", "queue_total_critical"]
    assert errors == [str(record.exc_info[1]) for record in caplog.records]
    assert 1 == monitor.statistics()["looks"]


def test_the_loop_of_coroutines_ends_by_cancellation():
    """The same monitor beside a web server."""
    told, clock = [], FakeClock()
    monitor = Monitor(
        Scripted(QueueDepth(queue="q", depth=501)), listener=told.append, clock=clock
    )

    async def run():
        task = asyncio.create_task(monitor.run_async(every_s=5))
        while len(clock.waits) < 2:  # noqa: ASYNC110 - a fake clock
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert [QueueDepthWarning] == [type(event) for event in told]


def test_what_was_seen_last_is_shown_and_measured():
    """The page and the metrics show each queue; asking them asks no server."""
    queue = QueueDepth(queue="q", depth=3, latency_s=1.5, scheduled=2, blocked=1)
    monitor = Monitor(Scripted(queue))
    assert [] == monitor.statistics()["queues"]
    monitor.look()
    assert [
        {
            "queue": "q",
            "depth": 3,
            "latencySeconds": 1.5,
            "scheduled": 2,
            "blocked": 1,
        }
    ] == monitor.statistics()["queues"]
    numbers = {m.name: m.samples[0].value for m in monitor.measures()}
    assert {
        "hardening_jobs_looks": 1,
        "hardening_jobs_look_failures": 0,
        "hardening_jobs_queue_depth": 3,
        "hardening_jobs_queue_latency_seconds": 1.5,
        "hardening_jobs_queue_blocked": 1,
    } == numbers


def test_an_unknown_latency_is_not_measured_as_none():
    """A queue whose latency nobody knows is left out; 0 would say that nothing waits."""
    known = QueueDepth(queue="known", depth=1, latency_s=0.0)
    monitor = Monitor(Scripted(known, QueueDepth(queue="unknown", depth=9)))
    monitor.look()
    (latency,) = (m for m in monitor.measures() if m.name.endswith("latency_seconds"))
    assert [(("queue", "known"),)] == [sample.labels for sample in latency.samples]


def test_the_log_tells_what_the_monitor_held_back(caplog):
    """A minute of looks is one line, and says how many there were."""
    clock = FakeClock()
    listener = LogListener(every_s=120, clock=clock)
    queues = Scripted(QueueDepth(queue="q", depth=501))
    monitor = Monitor(queues, every_s=60, listener=listener, clock=clock)
    for _ in range(25):
        monitor.look()
        clock.advance(5)
    # 11 that the monitor held back, and the one that the log did.
    assert [0, 12] == [record.hardening["held_back"] for record in caplog.records]


@pytest.mark.parametrize("every_s", [-1, float("inf"), float("nan"), "60", True])
def test_a_span_that_is_none_is_named(every_s):
    """An excess that is never told again would be told once in the process's life."""
    with pytest.raises(InvalidSetting, match=r"Monitor\.every_s"):
        Monitor(Scripted(), every_s=every_s)


def test_without_a_span_each_look_is_told():
    """Who counts excesses wants them all."""
    told = []
    queues = Scripted(QueueDepth(queue="q", depth=501))
    monitor = Monitor(queues, every_s=0, listener=told.append, clock=FakeClock())
    for _ in range(3):
        monitor.look()
    assert 3 == len(told)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"depth_warning": -1}, "Thresholds.depth_warning"),
        ({"depth_warning": 3, "depth_critical": 2}, "Thresholds.depth_critical"),
        ({"latency_warning_s": -1}, "Thresholds.latency_warning_s"),
    ],
)
def test_a_wrong_threshold_is_named(settings, field):
    """What is wrong is said where it is made."""
    with pytest.raises(InvalidSetting, match=field):
        Thresholds(**settings)
