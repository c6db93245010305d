"""The breaker: a provider answers, fails now and then, and does not know everything."""

from collections.abc import Mapping
from contextlib import suppress

from hardening.breaker import Breaker, Policy
from hardening.breaker.redis import RedisCircuits

from .piece import Piece, Upstream, UpstreamFailed, pct, total
from .place import Place


class NotFound(Exception):
    """The provider does not know the number: an answer like any other."""


class Service(Piece):
    """Looks numbers up; broken, the circuit opens at the first unknown one."""

    def __init__(self, place: Place) -> None:
        policy = Policy(counts=(UpstreamFailed,))
        if place.is_broken:
            policy = Policy(counts=(UpstreamFailed, NotFound), failures=1)
        self._shared = place.keep(RedisCircuits(place.redis()))
        self._breaker = Breaker(
            "twilio", policy=policy, switch=place.switch, shared=self._shared
        )
        self._upstream = Upstream()

    def serve(self, user: str) -> None:
        """Look a user's number up."""
        with suppress(NotFound):
            self._breaker.call(self._look_up, user)

    def readings(self) -> Mapping[str, float]:
        """Return the circuit's state, and the calls that it refused."""
        measures = (*self._breaker.measures(), *self._shared.measures())
        calls = "hardening_breaker_calls"
        rejected = total(measures, calls, outcome="rejected")
        probes = total(measures, "hardening_breaker_probes")
        openings = total(measures, "hardening_breaker_openings")
        return {
            "breaker_open": total(measures, "hardening_breaker_state", state="open"),
            "breaker_rejected": rejected,
            "breaker_rejected_pct": pct(rejected, total(measures, calls)),
            "breaker_probes_per_opening": probes / openings if openings else 0,
            "breaker_store_errors": total(measures, "hardening_breaker_store_errors"),
        }

    def _look_up(self, user: str) -> str:
        """Ask the provider, to whom every third number is unknown."""
        answer = self._upstream.ask(user)
        if int(user.removeprefix("user-")) % 3 == 0:
            raise NotFound
        return answer
