"""A real Prometheus, and a small real service that it scrapes."""

import json
import os
import re
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

_STARTS_S = 60  # two busy cores; it takes half a second
_LISTENING = re.compile(rb'msg="Listening on" address=(\S+)')
_READY = re.compile(rb"Server is ready to receive web requests")
_NATIVE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily"
_CONFIG = """\
global: {{scrape_interval: 100ms, scrape_timeout: 100ms}}
scrape_configs:
  - job_name: shop
    static_configs: [{{targets: ["{target}"], labels: {{version: "2"}}}}]
  - job_name: native
    metrics_path: /native
    static_configs: [{{targets: ["{target}"]}}]
"""


# -- the service ---------------------------------------------------------------------


@dataclass(slots=True)
class Service:
    """
    A service with counters, a histogram and a gauge, on an address of its own.

    Attributes:
        port: Stays the same over a restart.
    """

    port: int = 0
    numbers: dict[str, float] = field(default_factory=dict)
    native: dict[int, int] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def running(self) -> bool:
        """Return whether it answers."""
        return self._server is not None

    def add(self, **amounts: float) -> None:
        """Count."""
        with self._lock:
            for name, amount in amounts.items():
                self.numbers[name] = self.numbers.get(name, 0.0) + amount

    def put(self, text: str, value: float) -> None:
        """Have a number by its name and labels as they are written."""
        with self._lock:
            self.numbers[text] = value

    def observe_native(self, bucket: int, count: int) -> None:
        """Observe so many values in a bucket of schema 3, by its number."""
        with self._lock:
            self.native[bucket] = self.native.get(bucket, 0) + count

    def start(self) -> None:
        """Begin to answer, everything at nothing if it was stopped before."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                native = self.path == "/native"
                body = service.protobuf() if native else service.text()
                self.send_response(200)
                kind = f"{_NATIVE}; encoding=delimited" if native else "text/plain"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more; what it counted is lost."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        self.numbers.clear()
        self.native.clear()

    def text(self) -> bytes:
        """Return the numbers as Prometheus' text form has them."""
        with self._lock:
            lines = [f"{name} {value}" for name, value in self.numbers.items()]
        return "\n".join([*lines, ""]).encode()

    def protobuf(self) -> bytes:
        """
        Return a native histogram of schema 3, by the number of its buckets.

        Source: prometheus/client_model, metrics.proto; the encoding of protobuf.
        """
        with self._lock:
            native = dict(sorted(self.native.items()))
        total = sum(native.values())
        histogram = _varint(1, total) + _double(2, float(total))
        histogram += _varint(5, _zigzag(3)) + _double(6, 1e-9) + _varint(7, 0)
        last = count_before = 0
        for place, (bucket, count) in enumerate(native.items()):
            offset = bucket if place == 0 else bucket - last - 1
            histogram += _bytes(12, _varint(1, _zigzag(offset)) + _varint(2, 1))
            histogram += _varint(13, _zigzag(count - count_before))
            last, count_before = bucket, count
        family = _bytes(1, b"job_seconds") + _varint(3, 4)
        family += _bytes(4, _bytes(7, histogram))
        return _plain_varint(len(family)) + family


def _plain_varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _varint(place: int, number: int) -> bytes:
    return _plain_varint(place << 3) + _plain_varint(number)


def _double(place: int, number: float) -> bytes:
    return _plain_varint(place << 3 | 1) + struct.pack("<d", number)


def _bytes(place: int, data: bytes) -> bytes:
    return _plain_varint(place << 3 | 2) + _plain_varint(len(data)) + data


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


# -- Prometheus ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus."""

    url: str

    def value(self, query: str) -> float | None:
        """Return the value of a query now; None where it gives nothing."""
        asked = urlencode({"query": query})
        with urlopen(f"{self.url}/api/v1/query?{asked}") as answer:  # noqa: S310
            result: Any = json.load(answer)["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def wait(self, query: str, wanted: Callable[[float | None], bool]) -> None:
        """Wait until a query gives what is wanted."""
        limit = time.monotonic() + _STARTS_S
        while not wanted(seen := self.value(query)):
            assert time.monotonic() < limit, f"{query} is still {seen}"
            time.sleep(0.02)


@contextmanager
def prometheus(folder: Path, target: str) -> Iterator[Prometheus]:
    """
    Yield a Prometheus that scrapes a target ten times a second.

    Without the program the test is skipped on a person's machine; in CI that is an
    error.
    """
    program = shutil.which("prometheus")
    if program is None:
        message = "there is no prometheus here: run scripts/system-deps"
        assert not os.environ.get("CI"), message
        pytest.skip(message)
    (folder / "prometheus.yml").write_text(_CONFIG.format(target=target))
    log = folder / "prometheus.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            (
                program,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                "--web.listen-address=127.0.0.1:0",
                "--enable-feature=native-histograms",
            ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
        )
    try:
        yield Prometheus(f"http://{_address(process, log)}")
    finally:
        process.terminate()
        process.wait(20)


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    limit = time.monotonic() + _STARTS_S
    while True:
        said = log.read_bytes()
        listening = _LISTENING.search(said)
        if listening and _READY.search(said):
            return listening[1].decode()
        assert process.poll() is None, said.decode()
        assert time.monotonic() < limit, said.decode()
        time.sleep(0.02)
