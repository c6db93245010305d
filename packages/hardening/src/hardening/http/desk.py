"""The desk: what both clients share, from the name of a provider to the tally."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from hardening.core import Clock, Listener, Measure, Switch, WallClock, require
from hardening.http.call import Call
from hardening.http.errors import InvalidRequest, UnknownProvider
from hardening.http.events import HttpCacheFailed, HttpCallFailed, HttpEvent
from hardening.http.provider import Provider
from hardening.http.provider_error import ProviderError
from hardening.http.request import Options, request_of
from hardening.http.response import Response
from hardening.http.store import key_of, pack, unpack
from hardening.http.tally import Arm, Counts, measures_of


class Desk:
    """
    Takes calls in, and counts how they end.

    Args:
        providers: Each with a name of its own.
        listener: Told of each call that came to nothing.
        switch: Off takes away circuit, retrier, budget and cache.
        clock: Measures deadlines and durations.
        wall_clock: Tells what a date in Retry-After is compared with.
        transports: The names of the providers with a transport of their own.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        *,
        listener: Listener[HttpEvent],
        switch: Switch,
        clock: Clock,
        wall_clock: WallClock,
        transports: Iterable[str] = (),
    ) -> None:
        given = tuple(providers)
        self.providers = {provider.name: provider for provider in given}
        names = tuple(provider.name for provider in given)
        rule = "one or more, each with a name of its own"
        holds = 0 < len(given) == len(self.providers)
        require("Client.providers", names, rule, holds=holds)
        self._require_known(transports)
        self.clock, self.wall_clock = clock, wall_clock
        self._listener, self._switch = listener, switch
        self._counts = {
            Arm(name, is_guarded=on): Counts() for name in names for on in (True, False)
        }

    def call(self, provider: str, method: str, path: str, options: Options) -> Call:
        """
        Return the call that was described.

        Raises:
            UnknownProvider: Nobody has this name.
            InvalidRequest: It cannot be sent.
        """
        called = self.providers.get(provider)
        if called is None:
            raise UnknownProvider(provider, tuple(self.providers))
        is_guarded = self._switch()
        try:
            request = request_of(method, path, options, called.idempotency_header)
        except ValueError as error:
            reason = str(error)
        else:
            return Call(called, request, self.clock, is_guarded=is_guarded)
        self._invalid_call(Arm(provider, is_guarded=is_guarded), method)
        raise InvalidRequest(provider, "a call", reason)

    @contextmanager
    def recording(self, call: Call) -> Iterator[Counts]:
        """Count how a call ends, and tell of it when it came to nothing."""
        counts = self._counts[_arm(call)]
        outcome = "abandoned"  # cancelled, or ended by what is no error of a provider
        try:
            yield counts
            outcome = "ok"
        except ProviderError as error:
            outcome = error.outcome
            self._listener(_failed(call, error))
            raise
        finally:
            counts.calls[outcome] += 1
            counts.attempts += call.attempts
            counts.seconds.observe(call.elapsed_s)

    def invalid(self, call: Call, error: ProviderError) -> None:
        """Count an answer that was not what was expected, and tell of it."""
        self._counts[_arm(call)].invalid_json += 1
        self._listener(_failed(call, error))

    def watched(self, call: Call, response: Response) -> Response:
        """Return the answer, with somebody who hears of its being invalid."""
        return replace(response, _on_invalid=lambda error: self.invalid(call, error))

    def measures(self) -> tuple[Measure, ...]:
        """Return calls, attempts, durations, the cache's and the budget's numbers."""
        return measures_of(self.providers.values(), self._counts)

    def _invalid_call(self, arm: Arm, method: str) -> None:
        """Count a call that cannot be sent, and tell of it."""
        outcome = InvalidRequest.outcome
        self._counts[arm].calls[outcome] += 1
        self._listener(
            HttpCallFailed(
                provider=arm.provider,
                outcome=outcome,
                method=method.upper(),
                status=None,
                attempts=0,
                elapsed_s=0.0,
            )
        )

    def _require_known(self, transports: Iterable[str]) -> None:
        """Refuse a transport that a misspelt name would keep from being used."""
        unknown = tuple(name for name in transports if name not in self.providers)
        rule = "by the names of providers"
        require("Client.transports", unknown, rule, holds=not unknown)

    # -- the cache --------------------------------------------------------------------

    def key(self, call: Call) -> str:
        """Return the key of a call's answer."""
        provider = call.provider
        digest = key_of(
            provider.base_url,
            call.request.path,
            call.params(),
            call.headers(),
            call.request.content or b"",
        )
        return f"{provider.name}:{digest}"

    def found(self, call: Call, value: bytes | None) -> Response | None:
        """Return the answer that a store held; counts hits and misses."""
        counts = self._counts[_arm(call)]
        kept = None if value is None else unpack(value)
        if kept is None:
            counts.cache_misses += 1
            return None
        counts.cache_hits += 1
        counts.calls["cached"] += 1
        return self.watched(
            call,
            Response(
                provider=call.provider.name,
                where=call.where,
                status=200,
                headers={"content-type": kept[0]} if kept[0] else {},
                content=kept[1],
                is_cached=True,
            ),
        )

    def kept(self, response: Response) -> bytes | None:
        """Return what is kept of an answer; None for what is no plain success."""
        if response.status != 200:  # noqa: PLR2004 - 206 is a part, 202 is no answer yet
            return None
        return pack(response.headers.get("content-type", ""), response.content)

    def cache_failed(self, call: Call, doing: str, error: Exception) -> None:
        """Count that a store raised, and tell of it."""
        self._counts[_arm(call)].cache_failures += 1
        failed = HttpCacheFailed(provider=call.provider.name, doing=doing, error=error)
        self._listener(failed)


def _arm(call: Call) -> Arm:
    """Return where a call is counted."""
    return Arm(call.provider.name, is_guarded=call.is_guarded)


def _failed(call: Call, error: ProviderError) -> HttpCallFailed:
    """Return the event of a call that came to nothing."""
    return HttpCallFailed(
        provider=call.provider.name,
        outcome=error.outcome,
        method=call.request.method,
        status=getattr(error, "status", None),
        attempts=call.attempts,
        elapsed_s=call.elapsed_s,
    )
