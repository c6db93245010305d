"""A wrong setting is refused where it is made, with the name of the field."""

import pytest

from hardening.core import InvalidSetting, require


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
