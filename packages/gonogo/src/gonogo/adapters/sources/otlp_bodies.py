"""
The bodies of OTLP over HTTP: requests unpacked and decoded, answers written.

Source: OpenTelemetry Protocol specification, "OTLP/HTTP Response".
"""

import json
import zlib
from typing import Any

JSON, PROTOBUF = "application/json", "application/x-protobuf"
LARGEST = 4 * 1024 * 1024
"""Bytes of a request, before and after it is unpacked."""

_WINDOW = {"gzip": 31, "deflate": 15}  # what zlib takes for each compression


class Unacceptable(Exception):
    """A request is answered with an error."""

    def __init__(self, status: int, why: str) -> None:
        """Keep what is answered."""
        super().__init__(why)
        self.status = status


def unpacked(data: bytes, encoding: str) -> bytes:
    """
    Return a body without its compression.

    Raises:
        Unacceptable: It is packed in another way, or is too large.
    """
    if encoding in {"", "identity"}:
        return data
    if encoding not in _WINDOW:
        raise Unacceptable(415, f"content-encoding {encoding[:20]} is not known")
    unpacking = zlib.decompressobj(_WINDOW[encoding])
    try:
        found = unpacking.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise Unacceptable(400, f"the body is no {encoding}") from error
    if len(found) > LARGEST:
        raise Unacceptable(413, f"a request has at most {LARGEST} bytes")
    return found


def decoded(body: bytes, kind: str) -> dict[str, Any]:
    """
    Return an export request in the form of its JSON.

    Raises:
        Unacceptable: It is neither JSON nor protobuf, or the latter is not installed.
    """
    if kind == PROTOBUF:
        return _of_protobuf(body)
    if kind != JSON:
        raise Unacceptable(415, f"send {JSON} or {PROTOBUF}")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unacceptable(400, "the body is not JSON") from error
    if not isinstance(found, dict):
        raise Unacceptable(400, "the body is no export request")
    return found


def _of_protobuf(body: bytes) -> dict[str, Any]:
    try:
        # Not at the top: of the telemetry extra, and 100 ms to load.
        from google.protobuf.json_format import (  # type: ignore[import-untyped] # noqa: PLC0415
            MessageToDict,
        )
        from google.protobuf.message import (  # type: ignore[import-untyped] # noqa: PLC0415
            DecodeError,
        )
        from opentelemetry.proto.collector.metrics.v1 import (  # noqa: PLC0415
            metrics_service_pb2,
        )
    except ModuleNotFoundError as missing:
        remedy = "send JSON, or run `pip install 'gonogo[telemetry]'`"
        raise Unacceptable(
            415, f"protobuf is not installed here: {remedy}"
        ) from missing
    request = metrics_service_pb2.ExportMetricsServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise Unacceptable(400, "the body is no protobuf") from error
    found: dict[str, Any] = MessageToDict(request, use_integers_for_enums=True)
    return found


def taken(kind: str, refused: int, why: str) -> bytes:
    """Return the answer to a request that was taken, or nearly all of it."""
    if not refused:
        return b"" if kind == PROTOBUF else b"{}"
    if kind == PROTOBUF:
        partial_success = b"\x08" + _varint(refused) + _field(2, why)
        return b"\x0a" + _varint(len(partial_success)) + partial_success
    told = {"rejectedDataPoints": str(refused), "errorMessage": why}
    return json.dumps({"partialSuccess": told}).encode()


def refusal(kind: str, why: str) -> bytes:
    """Return a `google.rpc.Status` that says what was wrong."""
    if kind == PROTOBUF:
        return _field(2, why)
    return json.dumps({"message": why}).encode()


def _field(number: int, text: str) -> bytes:
    """Return a text field of protobuf."""
    data = text.encode()
    return bytes((number << 3 | 2,)) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))
