"""DNS: all addresses behind a name, as a headless service lists them."""

import socket
from dataclasses import dataclass

from hardening.core import is_whole, require

_PORT_MAX = 65_535


@dataclass(frozen=True, slots=True)
class Dns:
    """
    Looks a name up; a resolver for a rotation.

    gRPC's own look-up hears of new servers only when a connection breaks; this one is
    asked again and again.

    Attributes:
        host: 'orders.default.svc.cluster.local'.
        port: Of every address.

    Raises:
        InvalidSetting: The host is empty, or the port is none.
    """

    host: str
    port: int

    def __post_init__(self) -> None:
        require("Dns.host", self.host, "a name", holds=bool(self.host))
        rule = f"from 1 to {_PORT_MAX}"
        holds = is_whole(self.port) and 1 <= self.port <= _PORT_MAX
        require("Dns.port", self.port, rule, holds=holds)

    @property
    def target(self) -> str:
        """The name and the port."""
        return f"{self.host}:{self.port}"

    def __call__(self) -> tuple[str, ...]:
        """
        Return the addresses, sorted, of both families.

        Raises:
            OSError: The name is not known, or nobody answers.
        """
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        return tuple(sorted({_target(family, place) for family, *_, place in found}))


def _target(family: int, place: tuple[object, ...]) -> str:
    """Return an address as gRPC takes it."""
    host, port = place[:2]
    if family == socket.AF_INET6:
        return f"ipv6:[{host}]:{port}"
    return f"ipv4:{host}:{port}"
