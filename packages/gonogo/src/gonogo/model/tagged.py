"""Tagged unions: which field tells the members of a union apart, for the codec."""

from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class Tagged:
    """
    Marks a union whose members are told apart by one field of theirs.

    The codec asks it when its reader is first built; a program that only makes values
    never loads the codec.
    """

    field: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:  # noqa: ANN401  # pydantic's protocol
        """Return the schema of the union `source`, discriminated by the field."""
        from pydantic import Field  # noqa: PLC0415  # only when the codec is built

        return handler(Annotated[source, Field(discriminator=self.field)])
