"""Prompts: fields of data among instructions, told apart by a mark."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hardening.core import (
    Entropy,
    Kind,
    Listener,
    Measure,
    Sample,
    SecretEntropy,
    Switch,
    always_on,
    ignore,
    require,
)
from hardening.prompts.errors import UnknownField
from hardening.prompts.events import FieldChanged, FieldRefused, PromptEvent
from hardening.prompts.field import Cleaned, FieldRule, clean
from hardening.prompts.marking import Marking, draw, instructions, marked

_ENTROPY = SecretEntropy()


@dataclass(frozen=True, slots=True)
class FieldReport:
    """What was done to one field of one prompt."""

    field: str
    cleaned: Cleaned


class Fields:
    """
    The fields that may go into prompts; makes the prompts.

    Args:
        rules: By field name; what is not named may not go into a prompt.
        marking: How data are marked.
        listener: Told of fields that lost something, and of those that were refused.
        switch: Off puts every value into the prompt as it is.
        entropy: Makes the marks; nobody may guess it.

    Raises:
        InvalidSetting: There is no rule, or the marking is none; it names the field.
    """

    __slots__ = ("_counts", "_entropy", "_listener", "_marking", "_rules", "_switch")

    def __init__(
        self,
        rules: Mapping[str, FieldRule],
        *,
        marking: Marking = Marking.WORDS,
        listener: Listener[PromptEvent] = ignore,
        switch: Switch = always_on,
        entropy: Entropy = _ENTROPY,
    ) -> None:
        require("Fields.rules", dict(rules), "one field or more", holds=bool(rules))
        holds = isinstance(marking, Marking)
        require("Fields.marking", marking, "one of Marking", holds=holds)
        self._rules = dict(rules)
        self._marking = marking
        self._listener = listener
        self._switch = switch
        self._entropy = entropy
        self._counts = dict.fromkeys(
            ("fields", "normalized", "unseen", "cut", "refused"), 0
        )

    def prompt(self) -> "Prompt":
        """Begin a prompt, with a mark of its own."""
        mark = draw(self._entropy) if self._switch() else None
        return Prompt(self, mark, self._marking)

    def cleaned(self, name: str, value: object) -> Cleaned:
        """
        Return a field's text as it may go into a prompt, not marked.

        Raises:
            UnknownField: Nobody allowed it.
        """
        rule = self._rules.get(name)
        if rule is None:
            error = UnknownField(name, tuple(self._rules))
            self._counts["refused"] += 1
            self._listener(FieldRefused(field=error.name))
            raise error
        cleaned = clean(value, rule)
        self._counts["fields"] += 1
        for change in cleaned.changes:
            self._counts[change] += 1
        if cleaned.unseen or cleaned.cut:
            self._listener(
                FieldChanged(field=name, unseen=cleaned.unseen, cut=cleaned.cut)
            )
        return cleaned

    def measures(self) -> Iterator[Measure]:
        """Yield how many fields there were, and what was done to them."""
        yield Measure(
            "hardening_prompts_fields",
            "Fields that went into prompts.",
            Kind.COUNTER,
            (Sample(self._counts["fields"]),),
        )
        changes = ("normalized", "unseen", "cut", "refused")
        yield Measure(
            "hardening_prompts_changes",
            "Fields that were changed or refused, by the kind of change.",
            Kind.COUNTER,
            tuple(Sample(self._counts[kind], (("kind", kind),)) for kind in changes),
        )


class Prompt:
    """
    One prompt in the making; of one thread.

    Attributes:
        reports: What was done to each field, in the order of their coming.
    """

    __slots__ = ("_fields", "_mark", "_marking", "reports")

    def __init__(self, fields: Fields, mark: str | None, marking: Marking) -> None:
        self._fields = fields
        self._mark = mark
        self._marking = marking
        self.reports: list[FieldReport] = []

    @property
    def instructions(self) -> str:
        """What the model has to be told about data; '' with the switch off."""
        if self._mark is None:
            return ""
        return instructions(self._mark, self._marking)

    def data(self, name: str, value: object) -> str:
        """
        Return a field's value as it belongs into this prompt: cleaned and marked.

        Raises:
            UnknownField: Nobody allowed it.
        """
        if self._mark is None:
            return "" if value is None else str(value)
        cleaned = self._fields.cleaned(name, value)
        self.reports.append(FieldReport(name, cleaned))
        return marked(cleaned.text, self._mark, self._marking)
