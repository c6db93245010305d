"""De-duplication: events of a queue, of which one in fifty comes twice."""

from collections import Counter, deque
from collections.abc import Mapping

from hardening.dedup import Deduplicator
from hardening.dedup.redis import RedisStore

from .piece import Piece, Upstream, rate_pct, total
from .place import Place

Event = Mapping[str, str]


class Service(Piece):
    """Handles events; broken, the key names their kind and not the event."""

    def __init__(self, place: Place) -> None:
        key = "kind" if place.is_broken else "id"
        self._queue: deque[Event] = deque()
        self._upstream = Upstream()
        self._sent: Counter[str] = Counter()
        store = RedisStore(place.redis(), name="orders", window_s=3600)
        self._dedup: Deduplicator[Event] = Deduplicator(
            store, key=lambda event: event[key], name="orders", switch=place.switch
        )
        self._store = store

    def serve(self, user: str) -> None:
        """Put an event of the user into the queue, and handle what is in it."""
        self._sent[user] += 1
        event = {"id": f"{user}-{self._sent[user]}", "kind": "order_placed"}
        copies = 2 if sum(self._sent.values()) % 50 == 0 else 1
        self._queue.extend([event] * copies)
        while self._queue:
            self._dedup.process(self._queue.popleft(), lambda _: self._upstream.ask())

    def readings(self) -> Mapping[str, float]:
        """Return how many events were skipped, and what the store failed at."""
        measures = tuple(self._dedup.measures())
        name = "hardening_dedup_events"
        skipped = total(measures, name, outcome="duplicate")
        checked = skipped + total(measures, name, outcome="processed")
        return {
            "dedup_duplicates": skipped,
            "dedup_duplicates_pct": rate_pct(skipped, checked),
            "dedup_store_failures": total(measures, "hardening_dedup_store_failures"),
            "dedup_keys_missing": total(measures, "hardening_dedup_keys_missing"),
            "consumer_lag": len(self._queue),
        }
