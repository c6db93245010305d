"""The rotation: calls go to three servers, in turns."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import grpc

from hardening.grpc import Rotation, Settings

from .piece import Piece, pct, total
from .place import Place

SERVERS = 3
_METHOD = "/shop.Orders/Get"


class Service(Piece):
    """Gets orders; broken, an attempt has a tenth of a millisecond."""

    def __init__(self, place: Place) -> None:
        settings = Settings(
            idempotent=lambda method: method.endswith("/Get"),
            attempt_timeout_s=0.0001 if place.is_broken else 5.0,
        )
        addresses = [_started(place) for _ in range(SERVERS)]
        channel = Rotation(addresses, settings=settings, switch=place.switch)
        self._channel = place.keep(channel)
        self._get = self._channel.unary_unary(_METHOD)

    def serve(self, user: str) -> None:
        """Get a user's order."""
        self._get(user.encode(), timeout=10)

    def readings(self) -> Mapping[str, float]:
        """Return how many calls were lost, and how they are spread."""
        measures = self._channel.measures()
        calls = {
            address: total(measures, "hardening_grpc_calls", address=address)
            for address in self._channel.addresses
        }
        whole = sum(calls.values())
        serving = total(measures, "hardening_grpc_serving")
        return {
            "grpc_lost_calls_pct": pct(
                total(measures, "hardening_grpc_failures"), whole
            ),
            "grpc_busiest_server_pct": pct(max(calls.values()), whole),
            "grpc_servers_left_out": len(calls) - serving,
            "grpc_retries": total(measures, "hardening_grpc_retries"),
        }


def _started(place: Place) -> str:
    """Start a server that answers every request with itself; return its address."""

    def answer(request: bytes, _: object) -> bytes:
        return request

    methods = {"Get": grpc.unary_unary_rpc_method_handler(answer)}
    workers = place.keep(ThreadPoolExecutor(2))
    server = grpc.server(workers)
    service = grpc.method_handlers_generic_handler("shop.Orders", methods)
    server.add_generic_rpc_handlers((service,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    place.at_end(server.stop, None)
    return f"127.0.0.1:{port}"
