"""Strawberry's extensions: made for each request, they ask the cache."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from graphql import ExecutionResult, GraphQLError
from strawberry.extensions import SchemaExtension

from hardening.graphql_cache.counts import Bypass, Unkept
from hardening.graphql_cache.store import Found, Missed, Unreachable

if TYPE_CHECKING:
    from hardening.graphql_cache.documents import Document
    from hardening.graphql_cache.lookups import Lookups, Plan


class _Remembering(SchemaExtension):
    """Parses and validates each document once; knows how to look for its answer."""

    def __init__(self, lookups: "Lookups") -> None:
        self._lookups = lookups
        self._document: Document | None = None
        self._is_on = lookups.switch()

    def on_parse(self) -> Iterator[None]:
        """Take the syntax tree from memory."""
        context = self.execution_context
        if self._is_on and context.graphql_document is None and context.query:
            documents = self._lookups.documents(context.schema)
            with suppress(GraphQLError):  # what is wrong with it, strawberry will say
                self._document = documents.parse(context.query, context.parse_options)
                context.graphql_document = self._document.node
        yield

    def on_validate(self) -> Iterator[None]:
        """Take the verdict from memory."""
        context = self.execution_context
        is_open = context.pre_execution_errors is None and context.validation_rules
        if self._document is not None and is_open and self._is_untouched():
            context.pre_execution_errors = self._lookups.documents(
                context.schema
            ).validate(self._document, context.validation_rules)
        yield

    def _is_untouched(self) -> bool:
        """Tell whether what is executed is what was parsed here."""
        document = self._document
        return (
            document is not None
            and self.execution_context.graphql_document is document.node
        )

    def _plan(self) -> "Plan | None":
        """Return how to look for the answer; None when there is nothing to look for."""
        context = self.execution_context
        if not self._is_on or context.result is not None:
            return None
        if self._document is None or not self._is_untouched():
            self._lookups.bypassed(Bypass.DOCUMENT)
            return None
        documents = self._lookups.documents(context.schema)
        filed = documents.filed(self._document, context.operation_name or "")
        return self._lookups.plan(context, filed)

    def _serve(self, plan: "Plan", found: Found) -> None:
        """Answer with what was found."""
        data = self._lookups.found(plan, found.payload)
        self.execution_context.result = ExecutionResult(data, None)

    def _payload(self) -> bytes | None:
        """Return what is kept of the answer; None when nothing is."""
        result = self.execution_context.result
        whole = isinstance(result, ExecutionResult) and not result.errors
        if not whole or result is None or result.data is None:
            self._lookups.unkept(Unkept.ERRORS)
            return None
        return self._lookups.payload(result.data)


class CacheExtension(_Remembering):
    """Looks for answers and keeps them, with a store that does not wait, or may."""

    def on_execute(self) -> Iterator[None]:
        """Answer from the cache, or keep the answer."""
        plan = self._plan()
        looked = None if plan is None else self._look(plan)
        yield
        if plan is not None and isinstance(looked, Missed):
            self._keep(plan, looked)

    def _look(self, plan: "Plan") -> Found | Missed | None:
        """Look for the answer; None when the store does not say."""
        try:
            looked = self._lookups.store.find(plan.key, plan.marks)
        except Unreachable as error:
            self._lookups.lost(error)
            return None
        self._lookups.answered()
        if isinstance(looked, Found):
            self._serve(plan, looked)
        else:
            self._lookups.missed(plan)
        return looked

    def _keep(self, plan: "Plan", missed: Missed) -> None:
        """Keep the answer, unless it was overtaken."""
        payload, ttl_s = self._payload(), self._lookups.ttl_s(plan)
        if payload is None:
            return
        try:
            kept = self._lookups.store.keep(
                plan.key, plan.marks, missed, payload, ttl_s
            )
        except Unreachable as error:
            self._lookups.lost(error)
            return
        if not kept:
            self._lookups.unkept(Unkept.OVERTAKEN)


class AsyncCacheExtension(_Remembering):
    """Looks for answers and keeps them, with a store that is awaited."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Answer from the cache, or keep the answer."""
        plan = self._plan()
        looked = None if plan is None else await self._look(plan)
        yield
        if plan is not None and isinstance(looked, Missed):
            await self._keep(plan, looked)

    async def _look(self, plan: "Plan") -> Found | Missed | None:
        """Look for the answer; None when the store does not say."""
        try:
            looked = await self._lookups.store.afind(plan.key, plan.marks)
        except Unreachable as error:
            self._lookups.lost(error)
            return None
        self._lookups.answered()
        if isinstance(looked, Found):
            self._serve(plan, looked)
        else:
            self._lookups.missed(plan)
        return looked

    async def _keep(self, plan: "Plan", missed: Missed) -> None:
        """Keep the answer, unless it was overtaken."""
        payload, ttl_s = self._payload(), self._lookups.ttl_s(plan)
        if payload is None:
            return
        try:
            kept = await self._lookups.store.akeep(
                plan.key, plan.marks, missed, payload, ttl_s
            )
        except Unreachable as error:
            self._lookups.lost(error)
            return
        if not kept:
            self._lookups.unkept(Unkept.OVERTAKEN)
