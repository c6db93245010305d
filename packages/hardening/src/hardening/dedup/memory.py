"""The store of one process: a dictionary in the order of marking."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from hardening.core import Clock, SystemClock
from hardening.dedup.store import Claim, Sight, Window

_CLOCK = SystemClock()

# Below so many claims, those of the dead are not looked for.
_CLAIMS_MIN = 100


class MemoryStore:
    """
    Implements `Store` and `AsyncStore` in this process's memory; thread-safe.

    Its memory is bounded by the window's size: about 250 bytes a key, 25 MB for the
    100,000 of the default. A restart forgets everything.

    Args:
        window_s: For how long a key is remembered.
        size: How many are, those marked last.
        clock: Measures the window and the leases.
    """

    __slots__ = ("_claims", "_clock", "_lock", "_marked_s", "_sweep_at", "_window")

    def __init__(
        self, *, window_s: float = 3600.0, size: int = 100_000, clock: Clock = _CLOCK
    ) -> None:
        self._window = Window(window_s, size)
        self._clock = clock
        self._lock = Lock()
        self._marked_s: OrderedDict[bytes, float] = OrderedDict()
        self._claims: dict[bytes, tuple[str, float]] = {}
        self._sweep_at = _CLAIMS_MIN

    @property
    def size(self) -> int:
        """How many keys are remembered, some of them perhaps past the window."""
        return len(self._marked_s)

    def look(self, keys: Sequence[bytes], claim: Claim | None) -> Sequence[Sight]:
        """Return what is known of each key, in their order; claim those that are new."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            if len(self._claims) > self._sweep_at:
                self._sweep(now_s)
            return [self._look(key, claim, now_s) for key in keys]

    def mark(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Remember keys as processed, in their order, and let go of their claims."""
        now_s = self._clock.monotonic_s()
        marked_s = self._marked_s
        with self._lock:
            for key in keys:
                marked_s[key] = now_s
                marked_s.move_to_end(key)
            self._forget(now_s)
            if claim is not None:
                self._let_go(keys, claim)

    def release(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Let go of claims; those of another token stay."""
        with self._lock:
            self._let_go(keys, claim)

    async def look_async(
        self, keys: Sequence[bytes], claim: Claim | None
    ) -> Sequence[Sight]:
        """Do as `look`, which never waits."""
        return self.look(keys, claim)

    async def mark_async(self, keys: Sequence[bytes], claim: Claim | None) -> None:
        """Do as `mark`, which never waits."""
        self.mark(keys, claim)

    async def release_async(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Do as `release`, which never waits."""
        self.release(keys, claim)

    def _look(self, key: bytes, claim: Claim | None, now_s: float) -> Sight:
        """Return what is known of one key."""
        marked_s = self._marked_s.get(key)
        if marked_s is not None and now_s - marked_s < self._window.span_s:
            return Sight.SEEN
        if claim is None:
            return Sight.NEW
        token, until_s = self._claims.get(key, (claim.token, now_s))
        if token != claim.token and now_s < until_s:
            return Sight.HELD
        self._claims[key] = (claim.token, now_s + claim.lease_s)
        return Sight.NEW

    def _forget(self, now_s: float) -> None:
        """Drop what has left the window; it stands in the order of marking."""
        marked_s, window = self._marked_s, self._window
        while len(marked_s) > window.size:
            marked_s.popitem(last=False)
        while marked_s and now_s - next(iter(marked_s.values())) >= window.span_s:
            marked_s.popitem(last=False)

    def _sweep(self, now_s: float) -> None:
        """Drop claims that ran out; again when there are twice as many as are left."""
        held = {key: each for key, each in self._claims.items() if now_s < each[1]}
        self._claims = held
        self._sweep_at = max(_CLAIMS_MIN, 2 * len(held))

    def _let_go(self, keys: Sequence[bytes], claim: Claim) -> None:
        """Drop this token's claims."""
        for key in keys:
            if self._claims.get(key, ("", 0.0))[0] == claim.token:
                del self._claims[key]
