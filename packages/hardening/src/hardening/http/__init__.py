"""
HTTP: call providers within a time, a circuit, retries and a budget; typed errors.

    client = Client([Provider(name="openai-api", base_url="https://api.openai.com")])
    try:
        answer = client.post("openai-api", "/v1/chat/completions", json=question).json()
    except ProviderTimeout:
        answer = None

`Provider` says once what holds for all calls to a service. `Client` and `AsyncClient`
call; both are given the circuit, the retrier and the cache, and know them by their
shape alone.
"""

from hardening.http.async_client import AsyncClient
from hardening.http.budget import Allowance, Budget
from hardening.http.client import Client
from hardening.http.errors import (
    TRANSIENT,
    BudgetSpent,
    CircuitOpen,
    ConnectionFailed,
    HttpError,
    InvalidRequest,
    Phase,
    ProviderTimeout,
    ResponseTooLarge,
    Unavailable,
    UnknownProvider,
    retry_after,
)
from hardening.http.events import HttpCacheFailed, HttpCallFailed, HttpEvent
from hardening.http.provider import FAILING, Caller, Provider, Spending, Store
from hardening.http.provider_error import InvalidJson, ProviderError
from hardening.http.request import Options
from hardening.http.response import Response
from hardening.http.store import MemoryStore

__all__ = [
    "FAILING",
    "TRANSIENT",
    "Allowance",
    "AsyncClient",
    "Budget",
    "BudgetSpent",
    "Caller",
    "CircuitOpen",
    "Client",
    "ConnectionFailed",
    "HttpCacheFailed",
    "HttpCallFailed",
    "HttpError",
    "HttpEvent",
    "InvalidJson",
    "InvalidRequest",
    "MemoryStore",
    "Options",
    "Phase",
    "Provider",
    "ProviderError",
    "ProviderTimeout",
    "Response",
    "ResponseTooLarge",
    "Spending",
    "Store",
    "Unavailable",
    "UnknownProvider",
    "retry_after",
]
