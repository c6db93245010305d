"""
The error of a call, and that of an answer: what the other errors, and answers, rest on.

None holds a secret: an error names the provider, the method and the path; never the
query, a header, a body or the address's user.
"""

from typing import ClassVar


class ProviderError(Exception):
    """
    A call to a provider came to nothing.

    Attributes:
        outcome: The word for it in metrics and events.
        provider: The provider's name.
        where: Method and path: 'GET /v1/find'.
        is_fault: Whether the provider is to blame, which its circuit counts.
        may_have_arrived: Whether the provider may have acted on the call, on any of its
            attempts. When not, it is safe to repeat, whatever it asks for, and costs
            nothing.
        retry_after_s: When to come back, in seconds; None where nobody said.
    """

    outcome: ClassVar[str] = "failed"

    is_fault: bool = False
    may_have_arrived: bool = True
    retry_after_s: float | None = None

    def __init__(self, provider: str, where: str, *facts: object) -> None:
        self.provider = provider
        self.where = where
        super().__init__(provider, where, *facts)

    def __str__(self) -> str:
        return f"{self.provider}, {self.where}: {self._said()}"

    def _said(self) -> str:
        return "failed."


class InvalidJson(ProviderError):
    """
    The body is not JSON, or not of the shape that was asked for.

    Attributes:
        reason: What is wrong, and at which place; never the content.
    """

    outcome = "invalid_json"

    def __init__(self, provider: str, where: str, reason: str) -> None:
        super().__init__(provider, where, reason)
        self.reason = reason

    def _said(self) -> str:
        return f"the answer is not the JSON that was expected ({self.reason})."
