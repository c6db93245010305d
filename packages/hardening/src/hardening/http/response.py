"""The answer of a provider, read to its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from hardening.http.provider_error import InvalidJson, ProviderError

T = TypeVar("T")


def _tell_nobody(error: ProviderError) -> None:
    """Do nothing with an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """
    An answer.

    Its repr shows no header and no content: both may hold secrets.

    Attributes:
        provider: Who answered.
        where: Method and path: 'GET /v1/find'.
        status: Of HTTP.
        headers: By their names in lower case; repeated ones joined by commas.
        content: The body, decompressed.
        is_cached: Whether it was answered from the cache.
    """

    provider: str
    where: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    is_cached: bool = False
    _on_invalid: Callable[[ProviderError], None] = field(
        default=_tell_nobody, repr=False, compare=False
    )

    @property
    def text(self) -> str:
        """The body as text; what its charset does not know is replaced by U+FFFD."""
        try:
            return self.content.decode(self._charset(), "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON is what it is
        """
        Return what the body holds.

        Raises:
            InvalidJson: It is not JSON (RFC 8259; NaN and Infinity are not either).
        """
        from json import JSONDecodeError, loads  # noqa: PLC0415 - loaded when used

        if not self.content.strip():
            self._refuse("the body is empty")
        try:
            return loads(self.content, parse_constant=_refuse_constant)
        except JSONDecodeError as error:
            # The original holds the whole body; it is not carried about as a cause.
            place = f"line {error.lineno}, column {error.colno}"
            reason = f"{error.msg}: {place}"
        except UnicodeDecodeError as error:
            reason = f"byte {error.start} is not {error.encoding}"
        except RecursionError:
            reason = "it is nested too deeply"
        except ValueError as error:
            reason = str(error)[:100]
        return self._refuse(reason)

    def json_as(self, parse: Callable[[Any], T]) -> T:
        """
        Return what the body holds, in a type of your own.

        Args:
            parse: Takes plain JSON; raises ValueError, TypeError, KeyError,
                IndexError or AttributeError for a wrong shape: a constructor, or
                pydantic's `TypeAdapter(…).validate_python`.

        Raises:
            InvalidJson: It is not JSON, or of another shape; the parser's error is the
                cause.
        """
        held = self.json()
        try:
            return parse(held)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            reason = f"of another shape, {type(error).__name__}"
            invalid = InvalidJson(self.provider, self.where, reason)
            self._on_invalid(invalid)
            raise invalid from error

    def _refuse(self, reason: str) -> NoReturn:
        """Raise the error, and have it counted."""
        invalid = InvalidJson(self.provider, self.where, reason)
        self._on_invalid(invalid)
        raise invalid from None

    def _charset(self) -> str:
        """Return the charset that the content type names; UTF-8 without one."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, named = part.partition("=")
            if name.strip().lower() == "charset":
                return named.strip().strip("\"'") or "utf-8"
        return "utf-8"


def _refuse_constant(name: str) -> NoReturn:
    """Refuse what Python's reader takes beyond the standard."""
    message = f"{name} is not JSON"
    raise ValueError(message)
