"""
The snapshot: all flags of one document at one moment, immutable and quick to ask.

Parsing does the work: every flag becomes a tuple of limits over the hash and a tuple
of answers. Asking is then one hash and one bisection, without a lock, in well under a
microsecond; a request that holds a snapshot sees the same flags until it is done.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gonogo_flags.bucketing import hash_of, limits
from gonogo_flags.document import Json, parse_json
from gonogo_flags.errors import FlagDocumentInvalid, Problem

ENABLED: Final = "ENABLED"
DISABLED: Final = "DISABLED"
# flagd refuses a sum of weights beyond a signed 32-bit integer.
TOTAL_WEIGHT_MAX: Final = 2**31 - 1
# The bucketing that flagd does when none is written: flag key, then targeting key.
_DEFAULT_BUCKETING: Final = {
    "cat": [{"var": "$flagd.flagKey"}, {"var": "targetingKey"}]
}


@dataclass(frozen=True, slots=True)
class Flag:
    """
    One checked flag.

    Attributes:
        enabled: False hands back the caller's default, as flagd does.
        variants: The value of each variant.
        default_variant: None hands back the caller's default.
        fractions: Variant and weight, in the order of the document; empty without
            targeting.
    """

    name: str
    enabled: bool
    variants: Mapping[str, Json]
    default_variant: str | None
    fractions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Rule:
    """
    How one flag answers: `answers[bisect_right(limits, hash)]`.

    The last answer, which no hash reaches, is that of the default variant: for a flag
    without targeting and for a caller without a key. None is the caller's default.
    """

    limits: tuple[int, ...]
    answers: tuple[bool | None, ...]
    variants: tuple[str | None, ...]


class Snapshot:
    """
    The flags of one document. Never changes; safe to share between threads.

    Attributes:
        flags: Each flag by its name.
    """

    __slots__ = ("_rules", "flags")

    def __init__(self, flags: Mapping[str, Flag] | None = None) -> None:
        self.flags: Final[Mapping[str, Flag]] = dict(flags or {})
        self._rules = {name: _rule(flag) for name, flag in self.flags.items()}

    @classmethod
    def parse(cls, text: str, *, source: str = "flags") -> "Snapshot":
        """
        Return the snapshot of a flagd-form JSON document.

        Args:
            text: The document.
            source: What to call it in an error; a path where there is one.

        Raises:
            FlagDocumentInvalid: With every problem that the document has.
        """
        return cls(_Reader(source).read(parse_json(text, source)))

    def is_on(self, flag: str, key: str, *, default: bool = False) -> bool:
        """
        Return whether the flag is on for this key.

        Args:
            flag: Its name.
            key: What stays on one side of the flag, such as a tenant or a job. An
                empty key is in no bucket: it gets the flag's default variant.
            default: The answer for an unknown flag, for a disabled one, and for one
                whose variant is no boolean.
        """
        rule = self._rules.get(flag)
        if rule is None:
            return default
        cuts, answers = rule.limits, rule.answers
        if cuts and key:
            answer = answers[bisect_right(cuts, hash_of(flag, key))]
        else:
            answer = answers[-1]
        return default if answer is None else answer

    def variant(self, flag: str, key: str) -> str | None:
        """Return the variant of the flag for this key; None means the default."""
        rule = self._rules.get(flag)
        if rule is None:
            return None
        if not rule.limits or not key:
            return rule.variants[-1]
        return rule.variants[bisect_right(rule.limits, hash_of(flag, key))]


def _rule(flag: Flag) -> _Rule:
    """Compile one flag."""
    default = flag.default_variant if flag.enabled else None
    fractions = flag.fractions if flag.enabled else ()
    names = (*(name for name, _ in fractions), default)
    cuts = limits([weight for _, weight in fractions]) if fractions else ()
    answers = tuple(_answer(flag, name) for name in names)
    return _Rule(cuts, answers, names)


def _answer(flag: Flag, variant: str | None) -> bool | None:
    """Return the boolean of a variant; None where it is none."""
    value = None if variant is None else flag.variants[variant]
    return value if isinstance(value, bool) else None


class _Reader:
    """Reads one document; collects what is wrong with it and raises it together."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._problems: list[Problem] = []

    def read(self, document: Mapping[str, Json]) -> dict[str, Flag]:
        flags = document.get("flags")
        if not isinstance(flags, Mapping):
            self._note("flags", "an object of flags is wanted", 'Write "flags": {…}.')
            flags = {}
        read = {name: self._flag(name, body) for name, body in flags.items()}
        if self._problems:
            raise FlagDocumentInvalid(self._source, self._problems)
        return {name: flag for name, flag in read.items() if flag is not None}

    def _flag(self, name: str, body: Json) -> Flag | None:
        path = f"flags.{name}"
        if not isinstance(body, Mapping):
            self._note(path, "a flag is an object", "See the README for a flag.")
            return None
        return Flag(
            name=name,
            enabled=self._state(path, body.get("state")),
            variants=(variants := self._variants(path, body.get("variants"))),
            default_variant=self._default(path, body.get("defaultVariant"), variants),
            fractions=self._targeting(path, body.get("targeting"), variants),
        )

    def _state(self, path: str, state: Json) -> bool:
        if state not in (ENABLED, DISABLED):
            self._note(f"{path}.state", f"{state!r} is no state", f'Write "{ENABLED}".')
        return state == ENABLED

    def _variants(self, path: str, variants: Json) -> Mapping[str, Json]:
        if isinstance(variants, Mapping) and variants:
            return variants
        remedy = 'Write "variants": {"on": true, "off": false}.'
        self._note(f"{path}.variants", "at least one variant is wanted", remedy)
        return {}

    def _default(
        self, path: str, name: Json, variants: Mapping[str, Json]
    ) -> str | None:
        if name is None or (isinstance(name, str) and name in variants):
            return name
        self._unknown_variant(f"{path}.defaultVariant", name, variants)
        return None

    def _targeting(
        self, path: str, targeting: Json, variants: Mapping[str, Json]
    ) -> tuple[tuple[str, int], ...]:
        path = f"{path}.targeting"
        if targeting is None or targeting == {}:
            return ()
        if not isinstance(targeting, Mapping) or set(targeting) != {"fractional"}:
            remedy = 'Write {"fractional": [["on", 5], ["off", 95]]}, or leave it out.'
            self._note(path, "only 'fractional' is understood here", remedy)
            return ()
        return self._fractional(f"{path}.fractional", targeting["fractional"], variants)

    def _fractional(
        self, path: str, parts: Json, variants: Mapping[str, Json]
    ) -> tuple[tuple[str, int], ...]:
        if isinstance(parts, list) and parts and parts[0] == _DEFAULT_BUCKETING:
            parts = parts[1:]
        if not isinstance(parts, list) or not parts:
            self._note(path, "a list of variants is wanted", 'Write [["on", 5], …].')
            return ()
        read = [
            self._part(f"{path}[{at}]", part, variants) for at, part in enumerate(parts)
        ]
        total = sum(weight for _, weight in read)
        if not 0 < total <= TOTAL_WEIGHT_MAX:
            remedy = (
                f"Let the weights add up to 1 at least, {TOTAL_WEIGHT_MAX} at most."
            )
            self._note(path, f"the weights add up to {total}", remedy)
        return tuple(read)

    def _part(
        self, path: str, part: Json, variants: Mapping[str, Json]
    ) -> tuple[str, int]:
        name, weight = _name_and_weight(part)
        if name is None or weight is None:
            remedy = (
                'Write ["on", 5]: a variant, then a whole number that is not negative.'
            )
            self._note(path, f"{part!r} is no variant with a weight", remedy)
        elif name not in variants:
            self._unknown_variant(path, name, variants)
        else:
            return name, weight
        return "", 1

    def _unknown_variant(
        self, path: str, name: Json, variants: Mapping[str, Json]
    ) -> None:
        known = ", ".join(variants) or "none"
        self._note(path, f"there is no variant {name!r}", f"Name one of: {known}.")

    def _note(self, where: str, what: str, remedy: str) -> None:
        self._problems.append(Problem(where, what, remedy))


def _name_and_weight(part: Json) -> tuple[str | None, int | None]:
    """Return the variant and weight of one entry; a bare variant weighs 1."""
    match part:
        case [str(name)]:
            return name, 1
        case [str(name), int(weight)] if not isinstance(weight, bool) and weight >= 0:
            return name, weight
        case _:
            return None, None
