"""
StatsD: a receiver of counters, gauges, timers and sets over UDP.

    sources:
      app: {kind: statsd, url: "127.0.0.1:8125"}

Queries are selectors: `shop.errors{version="2"} or 0 * shop.requests{version="2"}` for
a counter, `shop.checkout{version="2"}` for the distribution of a timer, in its sender's
unit. Tags are those of DogStatsD; without tags, arms need names of their own.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Event, Thread

from gonogo.adapters.sources.buckets import of_value
from gonogo.adapters.sources.listening import Heard, Listener, shared
from gonogo.adapters.sources.opening import Opening
from gonogo.adapters.sources.pushed import Pushed, TooMany
from gonogo.adapters.sources.pushing import PushedSource
from gonogo.adapters.sources.statsd_lines import Line, NoLine, Type, parsed
from gonogo.ports.source import Source

PORT = 8125
_LARGEST = 65_535  # bytes of a datagram
_NOTICED_S = 1.0  # how late an end is noticed at the most
_WAITING = 4 * 1024 * 1024  # bytes that may wait in the kernel, as far as it allows


def opened(opening: Opening) -> Source:
    """Return a source of what arrives at an address; it listens from now on."""

    def begin(host: str, port: int) -> Listener:
        return _listener(host, port, opening.now)

    return PushedSource(opening, shared(opening, "statsd", PORT, begin))


def take(text: str, held: Pushed, heard: Heard) -> None:
    """Add what a datagram's lines say; what cannot be read is counted."""
    for line in text.splitlines():
        try:
            said = parsed(line) if line else None
            if said is not None:
                _add(said, held)
        except NoLine:
            heard.refuse(line)
        except TooMany as full:
            heard.refuse(str(full))
        else:
            heard.count()


def _add(line: Line, held: Pushed) -> None:
    weight = 1 / line.rate
    for value in line.values:
        match line.type:
            case Type.COUNTER:
                held.rise(line.name, line.tags, float(value) * weight)
            case Type.GAUGE if value.startswith(("+", "-")):
                held.shift(line.name, line.tags, float(value))
            case Type.GAUGE:
                held.level(line.name, line.tags, float(value))
            case Type.TIMER | Type.HISTOGRAM | Type.DISTRIBUTION:
                held.observe(line.name, line.tags, of_value(float(value), weight))
            case Type.SET:
                held.join(line.name, line.tags, value)


def _listener(host: str, port: int, now: Callable[[], datetime]) -> Listener:
    receiver = _bound(host, port)
    held, heard, ended = Pushed(now), Heard("lines"), Event()
    where = "{}:{}".format(*receiver.getsockname()[:2])
    Thread(
        target=_receive,
        args=(receiver, held, heard, ended),
        name=f"statsd {where}",
        daemon=True,
    ).start()
    return Listener(where, held=held, heard=heard, end=partial(_end, receiver, ended))


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    receiver = socket.socket(family, socket.SOCK_DGRAM)
    try:
        with suppress(OSError):
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WAITING)
        receiver.bind((host, port))
    except OSError:
        receiver.close()
        raise
    receiver.settimeout(_NOTICED_S)
    return receiver


def _receive(receiver: socket.socket, held: Pushed, heard: Heard, ended: Event) -> None:
    """Take datagrams until it is ended."""
    with receiver:
        while not ended.is_set():
            try:
                data = receiver.recv(_LARGEST)
            except TimeoutError:
                continue
            except OSError as error:
                heard.refuse(str(error))
                return
            take(data.decode("utf-8", "replace"), held, heard)


def _end(receiver: socket.socket, ended: Event) -> None:
    """End the thread, which frees the address; a datagram wakes it."""
    ended.set()
    with suppress(OSError):
        receiver.sendto(b"", receiver.getsockname())
