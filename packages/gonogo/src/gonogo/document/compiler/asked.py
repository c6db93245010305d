"""What is asked of sources: that each is bound, and what a ready metric asks of it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from gonogo.document.bindings.bound import (
    Bindings,
    MetricBinding,
    Place,
    ReadyBinding,
    SourceBinding,
)
from gonogo.document.bindings.fields import Problems, hint
from gonogo.document.codes import Code
from gonogo.document.value_names import BUILTINS, names_in
from gonogo.model.judging import Judging
from gonogo.model.operation import Query
from gonogo.model.plan import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Completes what is asked of the sources of one document; mistakes are reported."""

    bindings: Bindings
    problems: Problems

    def plan(self) -> Mapping[str, Source]:
        """Return the sources of the plan, by name; the values they name are checked."""
        for bound in self.bindings.sources.values():
            source = bound.value.source
            self._check_values((source.url, *source.options.values()), bound.at)
        return {name: b.value.source for name, b in self.bindings.sources.items()}

    def completed(self, value: MetricBinding, at: Place) -> MetricBinding:
        """Return a metric whose source is known, asked as the catalogue has it."""
        if value.ready is not None:
            return self._of_catalogue(value, value.ready, at)
        if isinstance(value.probe, Query):
            self._source(value.probe.source, at)
        return value

    def by_words(self, metric: str) -> MetricBinding | None:
        """
        Return what measures a metric that nothing is bound to, by its words alone.

        Only a source that tells the canary from the rest may answer for it.
        """
        for name, bound in self.bindings.sources.items():
            if bound.value.canary is not None:
                ready = ReadyBinding(name=metric, source=name)
                with suppress(ValueError):
                    if found := self._found(ready, bound.value):
                        return found
        return None

    def _source(self, name: str, at: Place) -> SourceBinding | None:
        bound = self.bindings.sources.get(name)
        if bound is None:
            near = hint(name, tuple(self.bindings.sources))
            self.problems.add(Code.UNKNOWN_SOURCE, at, name=name, hint=near)
            return None
        return bound.value

    def _of_catalogue(
        self, value: MetricBinding, ready: ReadyBinding, at: Place
    ) -> MetricBinding:
        source = self._source(ready.source, at)
        if source is None:
            return value
        try:
            found = self._found(ready, source)
        except ValueError as error:
            self.problems.add(Code.NOT_ASKED_SO, at, why=str(error))
            return value
        if found is None:
            self._say_unready(ready, source.source.kind, at)
            return value
        return replace(
            value,
            probe=found.probe,
            unit=value.unit or found.unit,
            judging=_with_quantile(value.judging, found.judging),
        )

    def _found(
        self, ready: ReadyBinding, source: SourceBinding
    ) -> MetricBinding | None:
        # Not at the top: most documents ask no catalogue.
        from gonogo.document.compiler.catalogued import catalogued  # noqa: PLC0415

        return catalogued(ready, source)

    def _say_unready(self, ready: ReadyBinding, kind: str, at: Place) -> None:
        from gonogo.document.compiler.catalogued import names_for  # noqa: PLC0415

        near = hint(ready.name, names_for(kind))
        self.problems.add(Code.NOT_READY, at, name=ready.name, kind=kind, hint=near)

    def _check_values(self, texts: tuple[str, ...], at: Place) -> None:
        for name in names_in(texts):
            known = {*self.bindings.values, *self.bindings.connections, *BUILTINS}
            if name not in known:
                near = hint(name, tuple(self.bindings.values))
                self.problems.add(Code.UNKNOWN_VALUE, at, name=name, hint=near)


def _with_quantile(own: Judging | None, found: Judging | None) -> Judging | None:
    if own is None or own.quantile is not None or found is None:
        return own or found
    return replace(own, quantile=found.quantile)
