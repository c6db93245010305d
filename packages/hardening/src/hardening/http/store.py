"""The store of answers: its keys, its values, and one that lives in the process."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from hardening.core import Clock, SystemClock, is_whole, renew_in_child, require
from hardening.http.request import Params

_CLOCK = SystemClock()
_MARK = b"1:"  # a value of another form, from another release, is not understood
_ENTRY_BYTES = 250  # what Python needs for an entry beside its key and value


def key_of(
    base_url: str,
    path: str,
    params: Params,
    headers: Mapping[str, str],
    content: bytes = b"",
) -> str:
    """
    Return the key of an answer: a digest of all that was sent, the body included.

    Headers belong to it, the provider's too: what one customer's token was answered is
    never given to another. Nothing of it can be read from the key.
    """
    # Not imported above: a service without a cache need not load OpenSSL.
    from hashlib import blake2b  # noqa: PLC0415
    from json import dumps  # noqa: PLC0415

    sent = [base_url, path, sorted(params.items()), sorted(headers.items())]
    told = dumps(sent, default=list).encode()
    # JSON writes no byte 0, so where the body begins is never in doubt.
    return blake2b(told + b"\0" + content, digest_size=20).hexdigest()


def pack(content_type: str, content: bytes) -> bytes:
    """Return an answer as one value."""
    return _MARK + content_type.encode("utf-8", "replace") + b"\n" + content


def unpack(value: bytes) -> tuple[str, bytes] | None:
    """Return the content type and content; None for a value of another form."""
    head, found, content = bytes(value).partition(b"\n")
    if not found or not head.startswith(_MARK):
        return None
    return head.removeprefix(_MARK).decode("utf-8", "replace"), content


class MemoryStore:
    """
    Implements `Store` in the process: the answers used last, up to a size; thread-safe.

    Args:
        bytes_max: The most that all keys, values and what Python needs for them take.
        clock: Measures the time that an answer is kept.

    Raises:
        InvalidSetting: The size has no room for anything.
    """

    __slots__ = ("__weakref__", "_bytes", "_bytes_max", "_clock", "_entries", "_lock")

    def __init__(
        self, *, bytes_max: int = 16 * 1024 * 1024, clock: Clock = _CLOCK
    ) -> None:
        rule = f"a whole number, more than {_ENTRY_BYTES}"
        holds = is_whole(bytes_max) and bytes_max > _ENTRY_BYTES
        require("MemoryStore.bytes_max", bytes_max, rule, holds=holds)
        self._bytes_max = bytes_max
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._renew()
        renew_in_child(self, MemoryStore._renew)

    def _renew(self) -> None:
        """Have a lock that nobody holds, and a sum that nobody left half done."""
        self._lock = Lock()
        self._bytes = sum(_size(key, kept) for key, (_, kept) in self._entries.items())

    @property
    def size_bytes(self) -> int:
        """What the entries take, about."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str, /) -> bytes | None:
        """Return what was kept, unless its time is over."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            if found[0] <= self._clock.monotonic_s():
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return found[1]

    def set(self, key: str, value: bytes, /, ttl_s: float) -> None:
        """Keep a value for so many seconds; one larger than the store is not kept."""
        with self._lock:
            self._drop(key)
            needed = _size(key, value)
            if needed > self._bytes_max:
                return
            while self._bytes + needed > self._bytes_max:
                self._drop(next(iter(self._entries)))
            self._entries[key] = (self._clock.monotonic_s() + ttl_s, value)
            self._bytes += needed

    async def aget(self, key: str, /) -> bytes | None:
        """Return what was kept, unless its time is over; does not wait."""
        return self.get(key)

    async def aset(self, key: str, value: bytes, /, ttl_s: float) -> None:
        """Keep a value for so many seconds; does not wait."""
        self.set(key, value, ttl_s)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _drop(self, key: str) -> None:
        """Forget an entry, if it is there."""
        found = self._entries.pop(key, None)
        if found is not None:
            self._bytes -= _size(key, found[1])


def _size(key: str, value: bytes) -> int:
    """Return about how many bytes an entry takes."""
    return len(key) + len(value) + _ENTRY_BYTES
