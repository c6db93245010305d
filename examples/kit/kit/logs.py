"""Logs: each request writes a line, with the header that it was sent with."""

import time
from collections.abc import Mapping
from typing import BinaryIO, cast

from hardening.logs import Redactor, configure, get_logger

from .piece import Piece, pct, total
from .place import Place

SECRET = "s3cr3t-of-this-demonstration"  # noqa: S105 - to be found


class Service(Piece):
    """Logs requests; broken, the name of the header counts as harmless."""

    def __init__(self, place: Place) -> None:
        self._switch = place.switch
        self._lines = Lines()
        harmless = ("x-signature",) if place.is_broken else ()
        redactor = Redactor(
            names=("x-signature",), harmless=harmless, switch=place.switch
        )
        self._logs = configure(
            fields={"service": "shop"},
            stream=cast("BinaryIO", self._lines),
            redactor=redactor,
        )
        place.at_end(self._logs.close)
        self._log = get_logger("shop.orders")
        self._found = 0
        self._began_s = time.monotonic()
        self._used_s = time.process_time()

    def serve(self, user: str) -> None:
        """Log a user's order."""
        is_on = self._switch()
        self._log.info("order_placed", user=user, headers={"X-Signature": SECRET})
        self._found += is_on and SECRET.encode() in self._lines.last

    def readings(self) -> Mapping[str, float]:
        """Return what was redacted, what not, and what it takes."""
        measures = tuple(self._logs.measures())
        used_s = time.process_time() - self._used_s
        return {
            "logs_redactions": total(measures, "hardening_logs_redactions"),
            "logs_secrets_found": self._found,
            "logs_lost": total(measures, "hardening_logs_lost"),
            "logs_dropped": total(measures, "hardening_logs_dropped"),
            "cpu_pct": pct(used_s, time.monotonic() - self._began_s),
        }


class Lines:
    """A stream that keeps the last line only."""

    last = b""

    def write(self, line: bytes) -> int:
        """Keep a line."""
        self.last = line
        return len(line)

    def flush(self) -> None:
        """Nothing is held back."""
