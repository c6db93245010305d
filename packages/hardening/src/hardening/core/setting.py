"""Settings: what is wrong with one is said where it is made, with its name."""

from typing import TypeGuard


class InvalidSetting(ValueError):
    """
    A piece was made with a value that it cannot work with.

    Attributes:
        setting: The field's name, with its owner's: 'Policy.attempts'.
        value: What was given.
        rule: What it has to be: '1 or more'.
    """

    def __init__(self, *, setting: str, value: object, rule: str) -> None:
        self.setting = setting
        self.value = value
        self.rule = rule
        super().__init__(f"{setting} must be {rule}, not {value!r}.")


def is_number(value: object) -> TypeGuard[float]:
    """Tell a number from what a settings file makes of one: text, True, nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: object) -> TypeGuard[int]:
    """Tell a whole number, which may count things; 2.0 is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def require(setting: str, value: object, rule: str, *, holds: bool) -> None:
    """
    Refuse a value that breaks its rule.

    Raises:
        InvalidSetting: It does not hold.
    """
    if not holds:
        raise InvalidSetting(setting=setting, value=value, rule=rule)


def require_count(setting: str, value: object) -> None:
    """
    Refuse what nothing can be counted up to: a whole number, 1 or more, can be.

    Raises:
        InvalidSetting: It is none.
    """
    holds = is_whole(value) and value >= 1
    require(setting, value, "a whole number, 1 or more", holds=holds)


def require_positive(setting: str, value: object) -> None:
    """
    Refuse what is no number above 0, or has no end: a span that may be waited for.

    Raises:
        InvalidSetting: It is none.
    """
    holds = is_number(value) and 0 < value < float("inf")
    require(setting, value, "more than 0 and finite", holds=holds)


def require_not_negative(setting: str, value: object) -> None:
    """
    Refuse what is no number from 0 on, or has no end.

    Raises:
        InvalidSetting: It is none.
    """
    holds = is_number(value) and 0 <= value < float("inf")
    require(setting, value, "0 or more and finite", holds=holds)
