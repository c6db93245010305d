"""Fields: values that users wrote, made safe before they go into a prompt."""

from dataclasses import dataclass

from hardening.core import require
from hardening.prompts.characters import cut, normalized, visible

_CUT_MARK = " [cut]"
_UNSEEN_MAX = 20
_CHARS_MIN, _CHARS_MAX = 16, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """
    How much of a field may go into a prompt.

    Attributes:
        chars_max: Its length after all changes, the mark of a cut included.
        lines: Whether it may have several; otherwise breaks and tabs become spaces.
    """

    chars_max: int = 500
    lines: bool = False

    def __post_init__(self) -> None:
        rule = f"{_CHARS_MIN} to {_CHARS_MAX}"
        holds = _CHARS_MIN <= self.chars_max <= _CHARS_MAX
        require("FieldRule.chars_max", self.chars_max, rule, holds=holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """
    A field's text, and what was done to it.

    Attributes:
        text: As it may go into a prompt.
        normalized: Whether characters were replaced by their plain form.
        unseen: How many invisible characters were removed; one is reason to look.
        cut: By how many characters it was longer than the limit.
    """

    text: str
    normalized: bool = False
    unseen: int = 0
    cut: int = 0

    @property
    def changes(self) -> tuple[str, ...]:
        """The kinds of changes: 'normalized', 'unseen', 'cut'."""
        kinds = ("normalized", "unseen", "cut")
        return tuple(kind for kind in kinds if getattr(self, kind))


def clean(value: object, rule: FieldRule) -> Cleaned:
    """
    Return a value's text as it may go into a prompt.

    Pure and idempotent; a plain text within the limits comes back as it was.

    Args:
        value: Any; None is an empty text.
        rule: The field's.
    """
    given = "" if value is None else str(value)
    # The work is bounded before it is done; a text of which this much more is unseen
    # than may be seen is none that somebody wrote.
    shortened = given[: _UNSEEN_MAX * rule.chars_max]
    plain = normalized(shortened)
    if not rule.lines:
        plain = plain.replace("\n", " ").replace("\t", " ")
    seen, unseen = visible(plain)
    behind = len(given) - len(shortened)
    text = cut(seen, rule.chars_max, _CUT_MARK, more=behind > 0)
    return Cleaned(
        text=text,
        normalized=plain != shortened,
        unseen=unseen,
        cut=behind + max(0, len(seen) - rule.chars_max),
    )
