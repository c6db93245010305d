"""Webhooks: what a verification costs, beside standardwebhooks' own."""

import base64
import time
from collections.abc import Iterator

from standardwebhooks import Webhook

from benchmarks.form import Row
from benchmarks.paired import timings
from hardening.testing.webhooks import Sender
from hardening.webhooks import MemoryStore, Receiver, Verifier

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = b'{"type": "invoice.paid", "data": "' + b"x" * 1000 + b'"}'
PEER = "standardwebhooks verify, 1 kB"
OURS = "Verifier.verify, 1 kB"
TWO = "Verifier.verify, 1 kB, the older of two secrets"
ONCE = "Receiver.receive with a MemoryStore, 1 kB"


def measure() -> Iterator[Row]:
    """Yield the microseconds of a verification, and of a whole delivery."""
    headers = Sender(SECRET).headers(BODY, identifier="evt_1", sent_s=int(time.time()))
    peer, ours = Webhook(SECRET), Verifier([SECRET])
    rotating = Verifier([bytes(32), SECRET])
    receiver = Receiver(ours, source="bench")
    calls = {
        PEER: lambda: peer.verify(BODY, headers, json_parse=False),
        OURS: lambda: ours.verify(headers, BODY),
        TWO: lambda: rotating.verify(headers, BODY),
        ONCE: lambda: receiver.receive(headers, BODY, MemoryStore(), lambda *_: None),
    }
    taken = timings(calls, number=500)
    for name in calls:
        against = None if name == PEER else PEER
        yield Row(
            figure=name,
            value=taken.median_ns(name) / 1e3,
            unit="µs",
            against=against,
            ratio=taken.ratio(name, PEER) if against else None,
        )
