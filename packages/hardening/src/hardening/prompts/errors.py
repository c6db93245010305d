"""What may not go into a prompt, or come out of a model."""


class PromptError(ValueError):
    """A field or a query is not among those that are allowed."""


class UnknownField(PromptError):
    """
    A field that nobody allowed was to go into a prompt.

    Attributes:
        name: As it was given, cut.
        allowed: Those that may.
    """

    def __init__(self, name: object, allowed: tuple[str, ...]) -> None:
        self.name = str(name)[:80]
        self.allowed = allowed
        super().__init__(
            f"The field {self.name!r} may not go into a prompt; allowed are "
            f"{', '.join(allowed)}."
        )


class ForbiddenQuery(PromptError):
    """
    A query that a model wrote asks for more than it may.

    Attributes:
        path: Where: 'where[0].operator'.
        rule: What has to stand there.
    """

    def __init__(self, path: str, rule: str) -> None:
        self.path = path
        self.rule = rule
        super().__init__(f"{path} has to be {rule}.")
