"""A wrong setting is refused where it is made, with the name of the field."""

import pytest

from hardening.core import (
    InvalidSetting,
    is_number,
    is_whole,
    require,
    require_count,
    require_not_negative,
    require_positive,
)

NO_NUMBERS = [None, "1", True, float("nan"), float("inf"), -float("inf"), -1]


def test_a_setting_that_holds_passes():
    """Nothing is said about what is right."""
    require("Policy.attempts", 1, "1 or more", holds=True)


def test_a_wrong_setting_says_which_it_is_and_what_it_has_to_be():
    """Whoever reads it at night need not look up anything."""
    with pytest.raises(InvalidSetting) as caught:
        require("Policy.attempts", 0, "1 or more", holds=False)
    assert "Policy.attempts must be 1 or more, not 0." == str(caught.value)
    facts = (caught.value.setting, caught.value.value, caught.value.rule)
    assert ("Policy.attempts", 0, "1 or more") == facts


def test_a_wrong_setting_is_a_wrong_value():
    """Code that guards construction by ValueError catches it."""
    assert issubclass(InvalidSetting, ValueError)


@pytest.mark.parametrize(
    ("value", "number", "whole"),
    [
        (1, True, True),
        (0, True, True),
        (1.0, True, False),
        (float("nan"), True, False),
        (True, False, False),
        ("1", False, False),
        (None, False, False),
        ([1], False, False),
    ],
)
def test_what_a_settings_file_makes_of_a_number_is_none(value, number, whole):
    """Text, a yes and nothing look like numbers to whoever wrote them."""
    assert (number, whole) == (is_number(value), is_whole(value))


@pytest.mark.parametrize(
    ("check", "taken", "refused"),
    [
        (require_count, [1, 2], [0, 1.0]),
        (require_positive, [1e-9, 1, 2.5], [0]),
        (require_not_negative, [0, 0.0, 2.5], [-1e-9]),
    ],
)
def test_a_number_is_taken_from_its_bound_on(check, taken, refused):
    """Below the bound, without an end, or no number at all, it is named and refused."""
    for value in taken:
        check("Policy.attempts", value)
    for value in [*refused, *NO_NUMBERS]:
        with pytest.raises(InvalidSetting, match=r"Policy\.attempts"):
            check("Policy.attempts", value)
