"""The address that something is served at on this machine."""

from dataclasses import dataclass
from typing import Self

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65_535


class NoAddress(ValueError):
    """A text names no address to serve at."""

    def __init__(self, text: str) -> None:
        """Compose the message from the text."""
        self.text = text
        super().__init__(
            f"'{text}' is no address to serve at: write PORT or HOST:PORT, such as "
            "9464, 0.0.0.0:9464 or [::1]:9464."
        )


@dataclass(frozen=True, slots=True)
class Address:
    """
    A host and a port.

    Attributes:
        host: Loopback unless a person says otherwise.
        port: 0 for any that is free.
    """

    host: str = LOOPBACK
    port: int = 0

    @classmethod
    def parsed(cls, text: str) -> Self:
        """
        Return the address that `[HOST:]PORT` names; an IPv6 host stands in brackets.

        Raises:
            NoAddress: The text is not of this form.
        """
        host, _, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        if not (port.isascii() and port.isdigit()) or int(port) > _HIGHEST_PORT:
            raise NoAddress(text)
        if ":" in host and not bracketed:
            raise NoAddress(text)
        return cls(host.strip("[]") or LOOPBACK, int(port))

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class AddressTaken(Exception):
    """Nothing can be served at an address."""

    def __init__(self, address: Address, reason: str) -> None:
        """Compose the message from the address and the system's words."""
        self.address = address
        super().__init__(
            f"Metrics cannot be served at {address}: {reason}. Choose another "
            "address, or port 0 for any that is free."
        )
