"""The provider: everything that is decided once for a service that one calls."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar

from hardening.core import (
    InvalidSetting,
    is_number,
    is_whole,
    require,
    require_count,
    require_not_negative,
    require_positive,
)
from hardening.http.request import Params, is_header_name

P = ParamSpec("P")
R = TypeVar("R")

FAILING = frozenset({429, *range(500, 600)})
"""Statuses by which a provider says that it cannot, rather than that it will not."""


class Caller(Protocol):
    """
    Calls a function: not at all, once, or again.

    `hardening.breaker.Breaker` and `hardening.retry.Retrier` have this shape.
    """

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns, or raise."""
        ...

    async def call_async(
        self, function: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what the function's awaitable gives, or raise."""
        ...


class Spending(Protocol):
    """Bounds what is spent; `Budget` does it for one process. Must be quick."""

    @property
    def left(self) -> float:
        """What may be spent now."""
        ...

    def spend(self, cost: float) -> float | None:
        """Spend and return None, or return the seconds until that is possible."""
        ...

    def refund(self, cost: float, *, age_s: float) -> None:
        """Take back a cost that was spent this many seconds ago."""
        ...


class Store(Protocol):
    """
    Keeps answers for a while; `MemoryStore` does it in the process.

    What it raises makes a call slower, never wrong: it is counted, and the provider is
    asked.
    """

    def get(self, key: str, /) -> bytes | None:
        """Return what was kept, unless its time is over."""
        ...

    def set(self, key: str, value: bytes, /, ttl_s: float) -> None:
        """Keep a value for so many seconds."""
        ...

    async def aget(self, key: str, /) -> bytes | None:
        """Return what was kept, unless its time is over."""
        ...

    async def aset(self, key: str, value: bytes, /, ttl_s: float) -> None:
        """Keep a value for so many seconds."""
        ...


Credentials = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Names and values, or what gives them: asked at each attempt, as keys are rotated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """
    A service that is called, and how.

    Attributes:
        name: For calls, errors and metrics: 'openai-api'.
        base_url: What paths are appended to; http or https, without user, query and
            fragment.
        timeout_s: The longest one attempt may take, from the wait for a connection to
            the answer's last byte.
        deadline_s: The longest a call may take, all attempts and waits; a call can ask
            for less.
        circuit: Stops calls while the provider fails; asked at each attempt.
        retrier: Tries again; asked only for calls that may be repeated. Name its errors
            `TRANSIENT`, its `retry_after` `hardening.http.retry_after`, and give it a
            deadline of its own: a wait between two synchronous attempts ends when the
            retrier says so.
        budget: Bounds the costs.
        cost: Of one attempt, in the budget's unit, unless the call names another.
        cache: Where answers are kept.
        cached: Seconds to keep the answers to GETs of these paths. One '*' at the end
            stands for anything: '/v1/phones/*'. The longest path that fits counts.
        headers: Sent with each call; credentials go here. Never shown.
        params: Likewise in the query, for providers that take their key there.
        idempotency_header: What carries a call's idempotency key.
        failing: The statuses that count as the provider's failure, for its circuit and
            for retries; other errors are the caller's.
        connections: At most so many at once; one provider cannot starve another.
        response_bytes_max: The largest answer that is read, decompressed.

    Raises:
        InvalidSetting: A value breaks its rule.
    """

    name: str
    base_url: str
    timeout_s: float = 10.0
    deadline_s: float = 30.0
    circuit: Caller | None = None
    retrier: Caller | None = None
    budget: Spending | None = None
    cost: float = 1.0
    cache: Store | None = None
    cached: Mapping[str, float] = field(default_factory=dict)
    headers: Credentials = field(default_factory=dict, repr=False)
    params: Credentials = field(default_factory=dict, repr=False)
    idempotency_header: str = "Idempotency-Key"
    failing: frozenset[int] = FAILING
    connections: int = 10
    response_bytes_max: int = 8 * 1024 * 1024

    def __post_init__(self) -> None:
        self._require("name", self.name, "a word", holds=_is_word(self.name))
        _require_address(self.base_url)
        self._require_numbers()
        self._require_answers()
        self._require_callers()
        self._require_cached()

    def ttl_s(self, method: str, path: str) -> float | None:
        """Return for how long an answer is kept; None when it is not."""
        if self.cache is None or method != "GET":
            return None
        exact = self.cached.get(path)
        if exact is not None:
            return exact
        fitting = (
            pattern
            for pattern in self.cached
            if pattern.endswith("*") and path.startswith(pattern[:-1])
        )
        longest = max(fitting, key=len, default=None)
        return None if longest is None else self.cached[longest]

    def sent_headers(self) -> Mapping[str, str]:
        """Return the headers of this moment."""
        return self.headers() if callable(self.headers) else self.headers

    def sent_params(self) -> Params:
        """Return the query's parameters of this moment."""
        return self.params() if callable(self.params) else self.params

    def _require_numbers(self) -> None:
        """Refuse spans, costs and counts that are none."""
        for name in ("timeout_s", "deadline_s"):
            require_positive(f"Provider.{name}", getattr(self, name))
        rule = "at most deadline_s"
        holds = self.timeout_s <= self.deadline_s
        self._require("timeout_s", self.timeout_s, rule, holds=holds)
        require_not_negative("Provider.cost", self.cost)
        for name in ("connections", "response_bytes_max"):
            require_count(f"Provider.{name}", getattr(self, name))

    def _require_answers(self) -> None:
        """Refuse a header that cannot be sent, and statuses that no failure has."""
        header, rule = self.idempotency_header, "a header's name"
        self._require("idempotency_header", header, rule, holds=is_header_name(header))
        rule = "statuses of HTTP, 300 to 599"
        self._require("failing", self.failing, rule, holds=_may_fail(self.failing))

    def _require_callers(self) -> None:
        """Refuse a circuit or retrier that is only named, or not made yet."""
        rule = "None, or have `call` and `call_async`"
        for name in ("circuit", "retrier"):
            caller = getattr(self, name)
            self._require(name, caller, rule, holds=caller is None or _calls(caller))

    def _require_cached(self) -> None:
        """Refuse paths that could not be meant, and times that are none."""
        rule = "without paths, or beside a cache"
        holds = self.cache is not None or not self.cached
        self._require("cached", tuple(self.cached), rule, holds=holds)
        rule = "paths that begin with '/', with '*' at their end or nowhere"
        for path, ttl_s in self.cached.items():
            holds = str(path).startswith("/") and "*" not in path[:-1]
            self._require("cached", path, rule, holds=holds)
            holds = is_number(ttl_s) and 0 < ttl_s < float("inf")
            self._require(f"cached[{path!r}]", ttl_s, "more than 0", holds=holds)

    def _require(self, field: str, value: object, rule: str, *, holds: bool) -> None:
        """Refuse a value that breaks its rule."""
        require(f"Provider.{field}", value, rule, holds=holds)


def _is_word(name: object) -> bool:
    """Tell a name from nothing."""
    return isinstance(name, str) and bool(name.strip())


def _may_fail(statuses: object) -> bool:
    """Tell the statuses that may count as a failure: a success is none."""
    listed = statuses if isinstance(statuses, Collection) else (None,)
    return all(is_whole(status) and status in range(300, 600) for status in listed)


def _calls(caller: object) -> bool:
    """Tell what calls functions from its name, and from its class."""
    ways = (getattr(caller, name, None) for name in ("call", "call_async"))
    return not isinstance(caller, type) and all(map(callable, ways))


def _require_address(url: str) -> None:
    """Refuse what is no plain address; a password in it is not shown."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - loaded when used

    rule = "http:// or https:// with a host, without user, query and fragment"
    try:
        parts = urlsplit(url)
        holds = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and "@" not in parts.netloc
            and not parts.query
            and not parts.fragment
            and url.isascii()
            and url.isprintable()
            and " " not in url
        )
        shown = f"{parts.scheme}://{parts.hostname}/…"
    except (ValueError, TypeError, AttributeError):
        holds, shown = False, "…"
    if not holds:
        raise InvalidSetting(setting="Provider.base_url", value=shown, rule=rule)
