"""What is wrong with a retry's settings, said where they are made."""


class InvalidRetrySetting(ValueError):
    """A schedule, policy or budget was made with a value it cannot work with."""

    def __init__(self, *, setting: str, value: object, rule: str) -> None:
        self.setting = setting
        self.value = value
        self.rule = rule
        super().__init__(f"{setting} must be {rule}, not {value!r}.")
