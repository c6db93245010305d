"""
What a ready metric is: its kind, its unit, and its queries for each kind of source.

A query is a template: `<name>` is a parameter, and what stands between `[[` and `]]` is
left out when a parameter in it is empty. `selector` is the parameter that tells the
canary from the control; every other one has a default, or has to be given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from gonogo.model.operation import Asked
from gonogo.model.sample import MetricKind

SELECTOR = "selector"

_PARAMETER = re.compile(r"<([a-z_]+)>")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")


class ParameterMissing(ValueError):
    """A ready metric cannot be asked without a parameter that has no default."""

    def __init__(self, metric: str, parameter: str) -> None:
        """Compose the message from the metric and the parameter."""
        self.metric, self.parameter = metric, parameter
        super().__init__(
            f"The ready metric '{metric}' needs `{parameter}`: write it under `parameters:`."
        )


class ParameterUnknown(ValueError):
    """A ready metric has no parameter of that name."""

    def __init__(self, metric: str, parameter: str, known: tuple[str, ...]) -> None:
        """Compose the message from the metric, the parameter, and those there are."""
        self.metric, self.parameter = metric, parameter
        names = ", ".join(f"`{each}`" for each in known) or "none"
        super().__init__(
            f"The ready metric '{metric}' has no `{parameter}`; it has {names}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """
    A metric for one kind of source, ready to be asked.

    Attributes:
        name: In the catalogue.
        source_kind: As a plan's source has it.
        kind: What its answers are made into.
        unit: Of the number that people see: %, s, bytes, or '' for a plain count.
        events: The template of what is counted, of the buckets, or of the level.
        exposure: The template of what the events happened among; None without.
        quantile: Of a quantile: 0.99 for p99.
        parameters: By name, with their defaults; '' where there is none.
        needs: What the source has to have: an exporter, a version, an extension.
    """

    name: str
    source_kind: str
    kind: MetricKind
    unit: str
    events: str
    exposure: str | None = None
    quantile: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""

    @property
    def has_arms(self) -> bool:
        """Return whether a selector can tell the canary from the control."""
        return SELECTOR in self.parameters

    def asked(self, selector: str = "", parameters: Mapping[str, str] = {}) -> Asked:
        """
        Return what one arm is asked for.

        Args:
            selector: What tells the arm, in the language of the source.
            parameters: Others than their defaults, by name.

        Raises:
            ParameterUnknown: One is not the metric's.
            ParameterMissing: One has neither a default nor a value.
        """
        given = {SELECTOR: selector.strip()} if selector.strip() else {}
        given |= parameters
        for name in given:
            if name not in self.parameters:
                raise ParameterUnknown(self.name, name, tuple(self.parameters))
        values = {**self.parameters, **given}
        exposure = self.exposure
        return Asked(
            events=self._filled(self.events, values),
            exposure=None if exposure is None else self._filled(exposure, values),
        )

    def _filled(self, template: str, values: Mapping[str, str]) -> str:
        def kept(part: re.Match[str]) -> str:
            names = _PARAMETER.findall(part[1])
            return part[1] if all(values.get(name) for name in names) else ""

        def replaced(found: re.Match[str]) -> str:
            value = values.get(found[1], "")
            if not value and found[1] not in _MAY_BE_EMPTY:
                raise ParameterMissing(self.name, found[1])
            return value

        return _PARAMETER.sub(replaced, _OPTIONAL.sub(kept, template))


# Where it is optional a template says so, or its language takes an empty one (`{}`).
_MAY_BE_EMPTY = frozenset({SELECTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """
    A metric of the catalogue.

    Attributes:
        name: What it is called; unique.
        words: Other ways to say it, as documents do.
        kind: Unless a source says otherwise.
        unit: Likewise.
        forms: By kind of source.
    """

    name: str
    words: tuple[str, ...] = ()
    kind: MetricKind
    unit: str = ""
    quantile: float | None = None
    forms: Mapping[str, "Form"]

    def of(self, source_kind: str) -> Ready | None:
        """Return the metric for a kind of source; None where it has no query there."""
        form = self.forms.get(source_kind)
        if form is None:
            return None
        plain = form.kind not in {None, MetricKind.QUANTILE}
        return Ready(
            name=self.name,
            source_kind=source_kind,
            kind=form.kind or self.kind,
            unit=self.unit if form.unit is None else form.unit,
            events=form.events,
            exposure=form.exposure,
            quantile=None if plain else self.quantile,
            parameters=form.all_parameters(),
            needs=form.needs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """
    A metric's queries for one kind of source; see `Ready`.

    Attributes:
        kind: None: as the metric's own.
        unit: None: as the metric's own.
        parameters: The defaults; a parameter of the queries that is not named has none.
    """

    events: str
    exposure: str | None = None
    kind: MetricKind | None = None
    unit: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""

    def all_parameters(self) -> dict[str, str]:
        """Return every parameter of the queries with its default, or ''."""
        text = f"{self.events}\n{self.exposure or ''}"
        return {
            name: self.parameters.get(name, "") for name in _PARAMETER.findall(text)
        }

    def needing(self, what: str) -> Self:
        """Return it with what its source has to have."""
        return replace(self, needs=what)
