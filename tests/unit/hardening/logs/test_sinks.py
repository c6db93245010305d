"""Sinks: lines are written or counted, and nobody waits for a slow disk."""

import io
import os
import threading
import time

import pytest

from hardening.core import InvalidSetting
from hardening.logs import QueuedSink, StreamSink


class Gated(io.BytesIO):
    """A stream that takes nothing until it is opened: a disk that hangs."""

    def __init__(self):
        super().__init__()
        self.open = threading.Event()
        self.reached = threading.Event()

    def write(self, raw):
        """Wait for the gate."""
        self.reached.set()
        self.open.wait(10)
        return super().write(raw)


def counted(sink):
    """Return the sink's numbers by name."""
    return {one.name: one.samples[0].value for one in sink.measures()}


def test_a_stream_that_takes_nothing_is_counted_and_raises_nothing():
    """A closed pipe does not stop the service."""
    stream = io.BytesIO()
    sink = StreamSink(stream)
    sink.write(b"a")
    assert b"a\n" == stream.getvalue()
    stream.close()
    sink.write(b"b")
    assert {"hardening_logs_lines": 1, "hardening_logs_lost": 1} == counted(sink)


def test_what_is_more_than_may_wait_is_dropped_counted_and_told():
    """A hanging disk delays no caller, and the gap in the log says how long it is."""
    stream = Gated()
    sink = QueuedSink(StreamSink(stream), capacity=2)
    sink.write(b"first")
    assert stream.reached.wait(10)
    for line in (b"a", b"b", b"c", b"d"):
        sink.write(line)
    assert 2 == counted(sink)["hardening_logs_dropped"]
    assert 2 == counted(sink)["hardening_logs_waiting"]
    stream.open.set()
    sink.close()
    told = b'{"level":"warning","event":"log_lines_dropped","count":2}'
    assert [b"first", b"a", b"b", told] == stream.getvalue().splitlines()


def test_closing_writes_what_waits_and_ends_the_thread():
    """The last lines before the end are the ones that matter."""
    before = threading.active_count()
    stream = io.BytesIO()
    sink = QueuedSink(StreamSink(stream), capacity=1_000)
    for number in range(1_000):
        sink.write(b"%d" % number)
    sink.close()
    assert 1_000 == len(stream.getvalue().splitlines()) + _dropped(sink)
    sink.write(b"after")
    assert stream.getvalue().endswith(b"after\n")
    assert before == threading.active_count()


def _dropped(sink):
    """Return the dropped lines, less the one that tells of them."""
    dropped = counted(sink)["hardening_logs_dropped"]
    return dropped - 1 if dropped else 0


def test_lines_of_many_threads_are_whole():
    """No line is torn by another."""
    stream = io.BytesIO()
    sink = StreamSink(stream)
    threads = [
        threading.Thread(target=lambda: [sink.write(b"x" * 99) for _ in range(200)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {b"x" * 99} == set(stream.getvalue().splitlines())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks only")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_writes_by_a_thread_of_its_own(tmp_path):
    """Servers fork their workers after they configured logging."""
    path = tmp_path / "log"
    with path.open("ab", buffering=0) as stream:
        sink = QueuedSink(StreamSink(stream))
        sink.write(b"parent")
        deadline_s = time.monotonic() + 10
        while not path.read_bytes() and time.monotonic() < deadline_s:
            time.sleep(0.001)
        child = os.fork()
        if child == 0:
            sink.write(b"child")
            sink.close()
            os._exit(0)
        assert 0 == os.waitpid(child, 0)[1]
        sink.close()
    assert b"parent\nchild\n" == path.read_bytes()


def test_a_queue_of_nothing_is_refused():
    """It would drop every line."""
    with pytest.raises(InvalidSetting, match=r"QueuedSink\.capacity must be 1 or more"):
        QueuedSink(StreamSink(io.BytesIO()), capacity=0)
