"""Look-ups: how a query is looked for, and what is told and counted of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hardening.core import Clock, InvalidSetting, Listener, Switch
from hardening.graphql_cache.counts import Bypass, Counts, Unkept
from hardening.graphql_cache.events import (
    GraphqlCacheConfused,
    GraphqlCacheEvent,
    GraphqlCacheReachable,
    GraphqlCacheUnreachable,
)
from hardening.graphql_cache.key import Key, OneUser, User, scope_of
from hardening.graphql_cache.policy import Lifetimes, Policy
from hardening.graphql_cache.rules import Rules
from hardening.graphql_cache.store import Store
from hardening.graphql_cache.target import Marks, tag_of_type, tag_of_user

if TYPE_CHECKING:
    from strawberry import Schema
    from strawberry.types import ExecutionContext

    from hardening.graphql_cache.documents import Documents, Filed

_AWAY_S = 1.0  # a frozen store costs one request a timeout, not all of them
_canonical = json.JSONEncoder(
    allow_nan=False, separators=(",", ":"), sort_keys=True
).encode


@dataclass(frozen=True, slots=True)
class Plan:
    """
    How a query is looked for.

    Attributes:
        key: The digest under which its answer is filed.
        marks: What invalidates it.
        policy: Who shares it.
    """

    key: str
    marks: Marks
    policy: Policy


class Lookups:
    """
    Decides for each request, for `QueryCache`, whose settings these are.

    Attributes:
        store: Where answers are kept.
        switch: Off executes everything.
        counts: What happened.
    """

    def __init__(
        self,
        *,
        name: str,
        user_of: Callable[[Any], str | None],
        rules: Rules,
        store: Store,
        vary: Callable[[Any], Sequence[str]],
        version: str,
        lifetimes: Lifetimes,
        bytes_max: int,
        variables_max: int,
        texts_max: int,
        switch: Switch,
        listener: Listener[GraphqlCacheEvent],
        clock: Clock,
    ) -> None:
        self.store = store
        self.switch = switch
        self.counts = Counts()
        self._name = name
        self._user_of = user_of
        self._rules = rules
        self._vary = vary
        self._version = version
        self._lifetimes = lifetimes
        self._bytes_max = bytes_max
        self._variables_max = variables_max
        self._texts_max = texts_max
        self._listener = listener
        self._clock = clock
        self._away_until_s: float | None = None
        self._documents: dict[Schema, Documents] = {}  # one, as a rule

    def documents(self, schema: "Schema") -> "Documents":
        """Return what is remembered of a schema's documents."""
        known = self._documents.get(schema)
        if known is None:
            from hardening.graphql_cache.documents import Documents  # noqa: PLC0415

            known = Documents(
                schema, self._rules, version=self._version, texts_max=self._texts_max
            )
            self._documents[schema] = known
        return known

    def plan(self, context: "ExecutionContext", filed: "Filed | None") -> Plan | None:
        """Return how to look for a query; None when it is executed without a look."""
        made = self._plan(context, filed)
        if isinstance(made, Plan):
            return made
        self.bypassed(made)
        return None

    def bypassed(self, reason: Bypass) -> None:
        """Count a query that is executed without a look."""
        self.counts.bypasses[reason] += 1

    def found(self, plan: Plan, payload: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Count a hit; return its data."""
        self.counts.hits[plan.policy] += 1
        return json.loads(payload)

    def missed(self, plan: Plan) -> None:
        """Count a miss."""
        self.counts.misses[plan.policy] += 1

    def unkept(self, reason: Unkept) -> None:
        """Count an answer that is not kept."""
        self.counts.unkept[reason] += 1

    def ttl_s(self, plan: Plan) -> float:
        """Return for how long an answer is kept."""
        return self._lifetimes.of(plan.policy)

    def payload(self, data: object) -> bytes | None:
        """Return an answer as it is kept; None when it is not."""
        try:
            payload = json.dumps(data, allow_nan=False, separators=(",", ":")).encode()
        except (TypeError, ValueError, RecursionError):
            self.unkept(Unkept.UNENCODABLE)
            return None
        if len(payload) > self._bytes_max:
            self.unkept(Unkept.TOO_LARGE)
            return None
        return payload

    def is_away(self) -> bool:
        """Tell whether the store is not to be asked now."""
        away_until_s = self._away_until_s
        return away_until_s is not None and self._clock.monotonic_s() < away_until_s

    def lost(self, error: Exception) -> None:
        """Take in that the store did not answer."""
        self.bypassed(Bypass.UNREACHABLE)
        was_away = self._away_until_s is not None
        self._away_until_s = self._clock.monotonic_s() + _AWAY_S
        if not was_away:
            self._listener(GraphqlCacheUnreachable(cache=self._name, error=error))

    def answered(self) -> None:
        """Take in that the store answered."""
        if self._away_until_s is not None:
            self._away_until_s = None
            self._listener(GraphqlCacheReachable(cache=self._name))

    def _plan(
        self, context: "ExecutionContext", filed: "Filed | None"
    ) -> Plan | Bypass:
        """Return how to look for a query, or why not."""
        if filed is None:
            return Bypass.NOT_A_QUERY
        refusal = self._refusal(context, filed)
        if refusal is not None:
            return refusal
        variables = self._variables(context, filed)
        asked = None if variables is None else self._asked(context.context, filed)
        if variables is None or asked is None:
            return Bypass.VARIABLES if variables is None else Bypass.CONFUSED
        policy, user, vary = asked
        scope = scope_of(policy, user)
        if scope is None:
            is_forbidden = policy is Policy.NO_CACHE
            return Bypass.NO_CACHE if is_forbidden else Bypass.ANONYMOUS
        tags = tuple(map(tag_of_type, filed.operation.types))
        if isinstance(scope, OneUser):
            tags = (*tags, tag_of_user(scope.user))
        key = Key(scope, filed.digest, variables, vary)
        return Plan(key.digest(), Marks(filed.operation.name, tags), policy)

    def _refusal(self, context: "ExecutionContext", filed: "Filed") -> Bypass | None:
        """Return why a query is not looked for, whoever asks it."""
        if filed.operation.policy is Policy.NO_CACHE:
            return Bypass.NO_CACHE
        if context.root_value is not None:
            return Bypass.ROOT_VALUE
        return Bypass.UNREACHABLE if self.is_away() else None

    def _variables(self, context: "ExecutionContext", filed: "Filed") -> str | None:
        """Return what the client sent, in one order; None when it cannot be compared."""
        sent = context.variables or {}
        used = {name: sent[name] for name in filed.operation.variables if name in sent}
        try:
            told = _canonical([used, context.operation_extensions or {}])
        except (TypeError, ValueError, RecursionError):
            return None
        return told if len(told) <= self._variables_max else None

    def _asked(
        self, context: object, filed: "Filed"
    ) -> tuple[Policy, User | None, tuple[str, ...]] | None:
        """Return what the service's own functions say; None when one of them fails."""
        setting = "user_of"
        try:
            who = self._user_of(context)
            user = None if who is None else User(who)
            setting = "rules.decide"
            policy = self._rules.decide(filed.operation.name, context)
            tightened = max(filed.operation.policy, Policy(policy or Policy.PUBLIC))
            setting = "vary"
            vary = _texts(self._vary(context))
        except Exception as error:  # noqa: BLE001 - theirs; the query is executed
            self._listener(
                GraphqlCacheConfused(cache=self._name, setting=setting, error=error)
            )
            return None
        return tightened, user, vary


def _texts(given: Sequence[str]) -> tuple[str, ...]:
    """Return texts as a tuple; one text alone is a mistake."""
    texts = tuple(given)
    holds = not isinstance(given, str) and all(isinstance(each, str) for each in texts)
    if not holds:
        raise InvalidSetting(
            setting="QueryCache.vary", value=given, rule="a list of texts"
        )
    return texts
