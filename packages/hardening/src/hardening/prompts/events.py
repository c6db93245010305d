"""What the prompts tell their listener."""

from dataclasses import dataclass
from typing import ClassVar

from hardening.core import INFO, WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChanged:
    """A field lost something on its way into a prompt; its content is not told."""

    event: ClassVar[str] = "prompt_field_changed"
    level: ClassVar[int] = INFO

    field: str
    unseen: int
    cut: int

    @property
    def subject(self) -> str:
        """The field."""
        return self.field


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRefused:
    """A field that nobody allowed was to go into a prompt."""

    event: ClassVar[str] = "prompt_field_refused"
    level: ClassVar[int] = WARNING

    field: str

    @property
    def subject(self) -> str:
        """The field."""
        return self.field


PromptEvent = FieldChanged | FieldRefused
