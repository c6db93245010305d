"""The provider's settings: what cannot work is refused, by its name, without secrets."""

import pkgutil
from http import HTTPStatus
from importlib import import_module
from types import ModuleType

import pytest

import hardening.http
from hardening.breaker import Breaker
from hardening.core import InvalidSetting
from hardening.http import (
    Allowance,
    AsyncClient,
    Client,
    MemoryStore,
    Provider,
    UnknownProvider,
)
from hardening.retry import Policy

PLAIN = {"name": "p", "base_url": "https://api.example.org/base/"}


@pytest.mark.parametrize(
    "url",
    [
        "api.example.org",
        "ftp://api.example.org",
        "https://",
        "https://user:hunter2@api.example.org",
        "https://api.example.org?key=hunter2",
        "https://api.example.org#hunter2",
        "https://api.example.org:hunter2/",
        "https://api.example.org:99999999/",
        "https://[hunter2/",
        "https://api.example.org/a b",
        "https://api.example.org/\r\n",
        "",
    ],
)
def test_an_address_is_plain(url):
    """Credentials belong into headers, where they are never shown."""
    with pytest.raises(InvalidSetting, match=r"Provider\.base_url must be") as raised:
        Provider(name="p", base_url=url)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("setting", "wrong"),
    [
        ("name", " "),
        ("timeout_s", 0),
        ("timeout_s", float("nan")),
        ("timeout_s", 31),
        ("deadline_s", float("inf")),
        ("cost", -1),
        ("connections", 0),
        ("connections", 2.5),
        ("connections", True),
        ("response_bytes_max", 0),
        ("cached", {"/v1": 60}),
        ("name", None),
        ("base_url", None),
        ("timeout_s", "5"),
        ("deadline_s", None),
        ("cost", "1"),
        ("idempotency_header", "bad name"),
        ("idempotency_header", None),
        ("failing", frozenset({200})),
        ("failing", frozenset({"429"})),
        ("failing", frozenset({299})),
        ("failing", frozenset({600})),
        ("failing", None),
        ("circuit", "twilio"),
        ("circuit", Breaker),
        ("retrier", Policy(on=OSError)),
    ],
)
def test_wrong_settings_are_refused_by_name(setting, wrong):
    """What cannot work is refused where it is made."""
    with pytest.raises(InvalidSetting, match=rf"Provider\.{setting}"):
        Provider(**PLAIN | {setting: wrong})


@pytest.mark.parametrize("failing", [frozenset(), {300, 599}, [HTTPStatus.CONFLICT]])
def test_any_status_but_a_success_may_be_a_failure(failing):
    """A provider that says 'not now' by a 409 is one that failed."""
    assert failing == Provider(**PLAIN, failing=failing).failing


@pytest.mark.parametrize(
    ("made", "setting"),
    [
        (lambda: Allowance("5", 60), r"Allowance\.amount"),
        (lambda: Allowance(5, "60"), r"Allowance\.per_s"),
        (lambda: MemoryStore(bytes_max="1000"), r"MemoryStore\.bytes_max"),
        (lambda: MemoryStore(bytes_max=1e6), r"MemoryStore\.bytes_max"),
    ],
)
def test_wrong_limits_are_refused_by_name(made, setting):
    """What a settings file gives as text is refused where it is used."""
    with pytest.raises(InvalidSetting, match=setting):
        made()


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_transport_for_nobody_is_refused(client):
    """A misspelt name would send a test's calls, or a proxy's, to the real provider."""
    with pytest.raises(InvalidSetting, match=r"Client\.transports .*'typo'"):
        client([Provider(**PLAIN)], transports={"typo": object()})


@pytest.mark.parametrize("cached", [{"v1": 60}, {"/v*1": 60}, {"/v1": 0}])
def test_wrong_paths_of_the_cache_are_refused(cached):
    """A pattern that nothing fits, or a time that is none, is a mistake."""
    with pytest.raises(InvalidSetting, match=r"Provider\.cached"):
        Provider(**PLAIN, cache=MemoryStore(), cached=cached)


@pytest.mark.parametrize(
    ("method", "path", "ttl_s"),
    [
        ("GET", "/v1/find", 1),
        ("GET", "/v1/phones/17", 2),
        ("GET", "/v1/phones/de/17", 3),
        ("GET", "/v1/phones", None),
        ("GET", "/v1/find/more", None),
        ("POST", "/v1/find", None),
        ("HEAD", "/v1/find", None),
    ],
)
def test_only_gets_that_are_named_are_cached(method, path, ttl_s):
    """Nothing is cached by accident; of two patterns the longer one counts."""
    cached = {"/v1/find": 1, "/v1/phones/*": 2, "/v1/phones/de/*": 3}
    provider = Provider(**PLAIN, cache=MemoryStore(), cached=cached)
    assert ttl_s == provider.ttl_s(method, path)


def test_a_provider_shows_no_credentials():
    """Whoever logs a provider logs no key."""
    keys = {"headers": {"x-key": "hunter2"}, "params": {"key": "hunter2"}}
    assert "hunter2" not in repr(Provider(**PLAIN, **keys))


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_providers_have_names_of_their_own(client):
    """Two providers of one name, or none at all, are a mistake."""
    provider = Provider(**PLAIN)
    for providers in ([], [provider, provider]):
        with pytest.raises(InvalidSetting, match=r"Client\.providers"):
            client(providers)


def test_an_unknown_provider_is_named_with_those_there_are():
    """A typing error is found at once."""
    with (
        Client([Provider(**PLAIN)]) as client,
        pytest.raises(UnknownProvider) as raised,
    ):
        client.get("q", "/v1")
    assert "There is no provider 'q'; there are p." == str(raised.value)


def test_no_module_takes_the_place_of_a_name():
    """A module that is loaded later becomes an attribute of its package."""
    for found in pkgutil.iter_modules(hardening.http.__path__):
        import_module(f"hardening.http.{found.name}")
    offered = {name: getattr(hardening.http, name) for name in hardening.http.__all__}
    assert not any(isinstance(held, ModuleType) for held in offered.values())
