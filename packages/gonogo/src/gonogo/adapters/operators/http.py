"""
HTTP: one request, an answer in bounded time and memory, and errors in words.

The deadline is that of the whole exchange, from the look-up of the name to the last
byte: a server that sends a byte now and then keeps every timeout between bytes. The
exchange runs in an event loop of its own, where all of it can be cancelled at once.
"""

import json
import ssl
import time
from contextlib import suppress
from functools import cached_property

import httpx2

from gonogo.adapters.operators.ending import Ended
from gonogo.adapters.operators.exchange import Answer, exchange, trouble
from gonogo.adapters.operators.filling import filled, filled_url
from gonogo.adapters.operators.json_path import NoSuchValue, value_at
from gonogo.adapters.operators.output import Redact, bounded
from gonogo.adapters.operators.traceless import Traceless
from gonogo.adapters.operators.values import UnresolvedValue, Values
from gonogo.model.operation import Http, Operation
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation


class HttpOperator(Traceless):
    """
    Performs `Http`. An answer of any status is a result; only none is an error.

    Redirects are followed on the same host only. To another host, the redirect itself
    is the answer.

    Args:
        values: What `$NAME` stands for in address, headers and body.
        redact: Takes the secrets out of the answer.
    """

    def __init__(self, values: Values, redact: Redact) -> None:
        self._values, self._redact = values, redact

    def prepare(self, operation: Operation) -> Operation | None:
        """Return None: only the document knows what reverses a request."""
        assert isinstance(operation, Http)  # noqa: S101
        return None

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Send the request, and return what was answered."""
        del ticket
        assert isinstance(operation, Http)  # noqa: S101
        began = time.monotonic()
        try:
            answer = self._answer(operation, cancelled)
        except UnresolvedValue as unresolved:
            error = str(unresolved)
        except Ended as ended:
            error = ended.told(f"The request {_named(operation)}", operation.deadline)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as failed:
            error = f"The request {_named(operation)} failed: {trouble(failed)}"
        else:
            return self._observed(operation, answer, time.monotonic() - began)
        return Observation(
            error=bounded(error, self._redact), took_s=time.monotonic() - began
        )

    def _answer(self, operation: Http, cancelled: Cancellation) -> Answer:
        request = httpx2.Request(
            operation.method,
            filled_url(operation.url, self._values),
            headers=self._headers(operation),
            content=self._body(operation),
        )
        return exchange(
            request,
            deadline_s=operation.deadline.total_seconds(),
            cancelled=cancelled,
            tls=self._tls,
        )

    def _headers(self, operation: Http) -> dict[str, str]:
        headers = {"accept": "*/*", "user-agent": "gonogo"}
        if operation.body is not None and _is_json(operation.body):
            headers["content-type"] = "application/json"
        for name, value in operation.headers.items():
            headers[name.lower()] = filled(value, self._values)
        return headers

    def _body(self, operation: Http) -> bytes | None:
        if operation.body is None:
            return None
        return filled(operation.body, self._values).encode()

    def _observed(self, operation: Http, answer: Answer, took_s: float) -> Observation:
        value, error = None, None
        if operation.json is not None:
            try:
                value = value_at(answer.whole_text(), operation.json)
            except NoSuchValue as missing:
                error = (
                    f"The request {_named(operation)} was answered with status "
                    f"{answer.status}: {missing}."
                )
        return Observation(
            output=bounded(answer.text, self._redact),
            value=value,
            http_status=answer.status,
            error=None if error is None else bounded(error, self._redact),
            took_s=took_s,
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Return the trusted certificates; reading them takes long enough to do once."""
        return httpx2.create_ssl_context()


def _named(operation: Http) -> str:
    """Return a request for people, by its names and without their values."""
    return f"{operation.method} {operation.url}"


def _is_json(body: str) -> bool:
    with suppress(ValueError):
        return isinstance(json.loads(body), dict | list)
    return False
