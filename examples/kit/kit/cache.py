"""The credential cache: each request needs a credential, which is rotated at times."""

import itertools
from collections.abc import Mapping
from contextlib import closing

from hardening.cache import SingleValue
from hardening.cache.redis import RedisGenerations

from .piece import Piece, Upstream, hit_rate_pct, pct, quantile_ms, total
from .place import Place


class Service(Piece):
    """Uses a credential; broken, it is kept for a millisecond."""

    def __init__(self, place: Place) -> None:
        connected = RedisGenerations.connect(place.redis())
        ttl_s = 0.001 if place.is_broken else 3600.0
        self._cache = SingleValue(
            "twilio",
            self._read,
            generations=place.keep(closing(connected)),
            ttl_s=ttl_s,
            grace_s=min(ttl_s, 10.0),
            stale_s=0.5,  # so long takes the first invalidation of a service
            poll_s=0.1,
            switch=place.switch,
        )
        place.keep(closing(self._cache))
        self._upstream = Upstream()
        self._numbers = itertools.count(1)

    def serve(self, user: str) -> None:
        """Sign a user's request; every hundredth time, rotate the credential first."""
        if next(self._numbers) % 100 == 0:
            self._cache.invalidate()
        self._upstream.ask(user, self._cache.get())

    def readings(self) -> Mapping[str, float]:
        """Return how often the credential was at hand, and how invalidations went."""
        measures = tuple(self._cache.measures())
        stored, late, loads = (
            total(measures, f"hardening_cache_{what}")
            for what in ("hits", "late_hits", "loads")
        )
        hits = stored + late
        direct = total(measures, "hardening_cache_direct_loads")
        spans = "hardening_cache_invalidation_seconds"
        return {
            "cache_hit_rate_pct": hit_rate_pct(hits, loads),
            "cache_unconfirmed": total(measures, "hardening_cache_unconfirmed"),
            "cache_invalidation_p99_ms": quantile_ms(measures, spans, 0.99),
            "cache_direct_loads_pct": pct(direct, hits + loads),
        }

    @staticmethod
    def _read() -> str:
        """Read the credential where it is kept."""
        return "a credential"
