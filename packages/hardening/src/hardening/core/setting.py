"""Settings: what is wrong with one is said where it is made, with its name."""


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


def require(setting: str, value: object, rule: str, *, holds: bool) -> None:
    """
    Refuse a value that breaks its rule.

    Raises:
        InvalidSetting: It does not hold.
    """
    if not holds:
        raise InvalidSetting(setting=setting, value=value, rule=rule)
