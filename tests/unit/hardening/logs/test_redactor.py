"""The redactor: texts and events come out without secrets, and never fail."""

import base64
import json
import math
import time
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import MappingProxyType
from urllib.parse import quote, urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting
from hardening.logs import KINDS, Limits, Redactor
from hardening.logs.names import is_secret_name
from hardening.logs.outline import outline
from hardening.logs.patterns import look

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc123"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nxyz\n-----END RSA PRIVATE KEY-----"

# Put together, so that no scanner of repositories takes a test for a leak.
SHAPES = {
    "stripe": ("sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc", "wh" + "sec_0123456789abcdef"),
    "aws": ("AKIA" + "IOSFODNN7EXAMPLE", "ASIA" + "IOSFODNN7EXAMPLE"),
    "github": ("gh" + "p_" + "a1" * 18, "github" + "_pat_" + "a1" * 20),
    "gitlab": ("gl" + "pat-" + "a1" * 10,),
    "slack": ("xo" + "xb-1234567890-abc", "hooks.slack.com/services/" + "T0/B0/abcdef"),
    "sendgrid": ("SG" + "." + "a" * 22 + "." + "b" * 43,),
    "google": ("AI" + "za" + "b" * 35, "ya" + "29." + "c" * 30),
    "openai": ("sk" + "-proj-" + "a1" * 20, "sk" + "-ant-" + "b2" * 20),
    "twilio": ("AC" + "0a" * 16, "SK" + "1b" * 16),
    "package-index": ("np" + "m_" + "a" * 36, "py" + "pi-" + "b" * 40),
    "jwt": (JWT,),
    "private-key": (PEM, PEM.replace("\n", "\\n")),
    "card": ("4111111111111111", "4111 1111 1111 1111", "3782-822463-10005"),
}
FIELDS = {
    "password=hunter2&x=1": "password=[redacted:field]&x=1",
    "GET /v1?phone=+1415&api_key=abc": "GET /v1?phone=+1415&api_key=[redacted:field]",
    "{'password': 'hun ter2', 'a': 1}": "{'password': '[redacted:field]', 'a': 1}",
    '{"token": "a\\"b", "n": 4}': '{"token": "[redacted:field]", "n": 4}',
    r"body={\"token\": \"abc\"}": r"body={\"token\": \"[redacted:field]\"}",
    "b'authorization': b'abc'": "b'authorization': b'[redacted:field]'",
    "os.environ['SECRET_KEY']='abc'": "os.environ['SECRET_KEY']='[redacted:field]'",
    "Authorization: Basic dXNlcjpwYXNz": "Authorization: [redacted:field]",
    "Authorization: Bearer abc, x": "Authorization: [redacted:field], x",
    "Cookie: a=b; c=d": "Cookie: [redacted:cookie]",
    "sent Bearer abcdef12 on": "sent Bearer [redacted:bearer] on",
    "sent Basic dXNlcjpwYXNz on": "sent Basic [redacted:basic] on",
    "mysql --db-password hunter2 -h x": "mysql --db-password [redacted:field] -h x",
    "postgres://u:p@ss@host/db": "postgres://[redacted:userinfo]@host/db",
    "https://0123456789abcdef@host/": "https://[redacted:userinfo]@host/",
    "password => 'x'": "password => '[redacted:field]'",
    'config.token: "never closed': 'config.token: "[redacted:field]',
    "{'password': ['hunter22', 'x'], 'a': 1}": (
        "{'password': [[redacted:field]], 'a': 1}"
    ),
    "auth=('u', 'p]x') done": "auth=([redacted:field]) done",
    'x-api-key: ["abc, next': "x-api-key: [[redacted:field]",
    "password:   hunter22 ok": "password:   [redacted:field] ok",
    "password\t=\thunter22": "password\t=\t[redacted:field]",
    "mysql --password  hunter22 -h x": "mysql --password  [redacted:field] -h x",
    'Cookie: sid="abc"; session=xyz': "Cookie: [redacted:cookie]",
    "Cookie: a=it's; session=xyz\nnext": "Cookie: [redacted:cookie]\nnext",
    '["Cookie: a=b", "x"]': '["Cookie: [redacted:cookie]", "x"]',
    '{"Cookie": "a=b", "n": 4}': '{"Cookie": "[redacted:field]", "n": 4}',
    "Authorization: ApiKey VnVhQ2Y=, x": "Authorization: [redacted:field], x",
    "Authorization: SSWS 00abcdef": "Authorization: [redacted:field]",
    "proxy-authorization: Bot MTk4": "proxy-authorization: [redacted:field]",
    "SplitResult(netloc='bob:hunter22@db')": (
        "SplitResult(netloc='[redacted:userinfo]@db')"
    ),
}
HARMLESS = [
    "basic functionality, bearer of news, basic authentication",
    "ssh://git@github.com/a/b, mail a@example.org",
    "id 4111111111111112, +4915112345678, 0.4111111111111111, 1111111111111111",
    "prompt_tokens=10, tokens: 12, max_tokens=4096",
    "InvalidTokenError: Signature verification failed",
    "author=Bob monkey=1 cache_key: abc auth.py:23",
    "token: None, secret='***', password=[redacted:field], api_key=<hidden>",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "risk-free task-list for the desk",
    "tokens=[1, 2, 3] token: (redacted) password: [redacted:field#01234567]",
    "authorization: none required, password:  null",
    "the pass   is open: 12",
]
SECRETS = ["s3cr3t-p/ss wörd", "hunter2hunter2", 'q"uo\\te+%&=', "\n\tline\x00"]


@pytest.fixture
def redactor():
    """Give a redactor with its defaults."""
    return Redactor()


@pytest.mark.parametrize(
    ("kind", "secret"), [(kind, one) for kind, all_ in SHAPES.items() for one in all_]
)
def test_a_secret_of_a_known_shape_is_replaced_by_its_kind(redactor, kind, secret):
    """Whoever reads the line learns what leaked, and nothing of it."""
    assert f"it is [redacted:{kind}], ok" == redactor.text(f"it is {secret}, ok")
    assert f"[redacted:{kind}]" == redactor.text(secret)


def test_a_private_key_that_does_not_end_is_hidden_to_the_end(redactor):
    """A key that was cut has no last line."""
    assert "key: [redacted:private-key]" == redactor.text(f"key: {PEM[:50]}")


@pytest.mark.parametrize(("text", "shown"), FIELDS.items())
def test_a_value_after_a_secret_name_is_replaced(redactor, text, shown):
    """The rest of the line stays, so that it still says what happened."""
    assert shown == redactor.text(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_stays_as_it_is(redactor, text):
    """Over-redaction makes logs useless at night."""
    assert text == redactor.text(text)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "spelled",
    [
        str,
        repr,
        json.dumps,
        lambda s: orjson.dumps(s).decode(),
        quote,
        lambda s: quote(s, safe="").lower(),
        lambda s: s.encode().hex(),
        lambda s: s.encode().hex().upper(),
        lambda s: base64.b64encode(s.encode()).decode(),
        lambda s: base64.b64encode(f"u:{s}".encode()).decode(),
        lambda s: base64.b64encode(f"us:{s}!".encode()).decode(),
        lambda s: base64.urlsafe_b64encode(f"use:{s}??".encode()).decode(),
    ],
)
def test_a_learned_secret_is_found_in_any_encoding(redactor, secret, spelled):
    """What the process knows to be secret does not leave it in a disguise."""
    redactor.learn(secret)
    text = spelled(secret)
    assert "[redacted:learned]" in redactor.text(f"<{text}>")


@given(
    secret=st.text(min_size=6, max_size=40).filter(lambda s: s.isprintable()),
    before=st.binary(max_size=9),
    after=st.binary(max_size=9),
)
def test_base64_hides_no_learned_secret_wherever_it_begins(secret, before, after):
    """In base64, three bytes are four characters: each alignment is looked for."""
    redactor = Redactor()
    redactor.learn(secret)
    coded = base64.b64encode(before + secret.encode() + after).decode()
    assert "[redacted:learned]" in redactor.text(coded)


def test_a_short_secret_is_refused_without_showing_it(redactor):
    """Six characters are the least; an error never holds the secret."""
    redactor.learn("123456")
    with pytest.raises(InvalidSetting) as refused:
        redactor.learn("12#45")
    assert "12#45" not in str(refused.value)
    assert "5 characters" in str(refused.value)


@pytest.mark.parametrize("bad", [b"short", b"x" * 15, b"x" * 65])
def test_a_wrong_fingerprint_key_is_refused_without_showing_it(bad):
    """Keys have 16 to 64 bytes."""
    with pytest.raises(InvalidSetting, match=r"Redactor\.fingerprint_key") as refused:
        Redactor(fingerprint_key=bad)
    assert bad.decode() not in str(refused.value)


@pytest.mark.parametrize("field", ["depth", "items", "values", "text"])
def test_a_limit_below_one_is_refused_by_name(field):
    """A limit of nothing would log nothing."""
    with pytest.raises(InvalidSetting, match=rf"Limits\.{field} must be 1 or more"):
        Limits(**{field: 0})


def test_fingerprints_tell_equal_secrets_from_others():
    """With a key, two lines show whether they held the same secret."""
    ours = Redactor(fingerprint_key=b"k" * 16)
    first, again, other = (
        ours.text(f"password={secret}") for secret in ("abc", "abc", "xyz")
    )
    assert first == again != other
    assert first != Redactor(fingerprint_key=b"j" * 16).text("password=abc")
    assert len("password=[redacted:field#01234567]") == len(first)


class Colour(Enum):
    """A value of the domain."""

    RED = "red"


@dataclass
class Login:
    """What a form sends."""

    user: str
    password: str


class Unprintable:
    """Its repr raises."""

    def __repr__(self) -> str:
        raise RuntimeError


def test_secrets_are_found_at_any_depth_and_in_any_container(redactor):
    """Nesting hides nothing."""
    event = {
        "headers": [(b"authorization", b"x"), ("accept", "*")],
        "parameter": {"name": "api-key", "value": "x"},
        "login": Login("ann", "x"),
        "odd": MappingProxyType({"Token": "x", 7: "password=x"}),
        "ordered": OrderedDict(secret={"a": 1}),
        "all": {"token=abc"},
        "raw": b"\xffpassword=abc",
        "error": ValueError("password=abc"),
        "card": 4111111111111111,
        "sk" + "_live_" + "a" * 20: 1,
    }
    hidden = "[redacted:field]"
    assert {
        "headers": [["authorization", hidden], ["accept", "*"]],
        "parameter": {"name": "api-key", "value": hidden},
        "login": {"user": "ann", "password": hidden},
        "odd": {"Token": hidden, "7": f"password={hidden}"},
        "ordered": {"secret": hidden},
        "all": [f"token={hidden}"],
        "raw": f"\\xffpassword={hidden}",
        "error": f"ValueError: password={hidden}",
        "card": "[redacted:card]",
        "[redacted:stripe]": 1,
    } == redactor.event(event)


Credentials = namedtuple("Credentials", "access_key secret_key token")  # noqa: PYI024 - as botocore's
PASSED = {
    "a named tuple": Credentials("u", "hunter22", "hunter22"),
    "a URL taken apart": urlsplit("https://bob:hunter22@db/x"),
    "one without a scheme": urlsplit("//bob:hunter22@db/x"),
    "one of bytes": urlsplit(b"https://bob:hunter22@db/x"),
    "a list behind a name": [("password", ["hunter22"])],
    "a number behind a name": [("pin", 1234), (b"otp", 123456)],
    "a mapping behind a name": [["session_token", {"a": "hunter22"}]],
    "an error with a list": ValueError({"password": ["hunter22"]}),
    "a text of a list": str({"x-api-key": ["hunter22", "hunter22"]}),
}


@pytest.mark.parametrize("value", PASSED.values(), ids=PASSED)
def test_no_spelling_lets_it_through(redactor, value):
    """However a library keeps a secret, nothing of it is written."""
    told = json.dumps(redactor.event({"value": value}))
    assert "[redacted:" in told
    assert not any(part in told for part in ("hunter", "1234"))


def test_counts_behind_a_name_are_shown(redactor):
    """A pair may tell how many tokens there were, or that there is one."""
    pairs = [["prompt_tokens", 12], ["token", True], ["token", None], ["user", "x"]]
    assert pairs == redactor.value(pairs)


def test_values_become_what_json_can_have(redactor):
    """Nothing that a caller passes makes a log call fail."""
    event = {
        "when": datetime(2030, 1, 1, tzinfo=UTC),
        "span": timedelta(seconds=1.5),
        "colour": Colour.RED,
        "bad": Unprintable(),
        "type": Login,
        "none": None,
        "yes": True,
        "half": 0.5,
    }
    plain = redactor.event(event)
    assert "2030-01-01T00:00:00+00:00" == plain["when"]
    assert (1.5, "red", None, True, 0.5) == tuple(
        plain[name] for name in ("span", "colour", "none", "yes", "half")
    )
    assert "[unprintable Unprintable: RuntimeError]" == plain["bad"]
    assert "Login" in plain["type"]


def test_empty_and_yes_or_no_fields_are_shown(redactor):
    """'password: null' and 'has_token: true' tell what is wrong, and no secret."""
    event = {"password": None, "token": "", "secret": True, "prompt_tokens": 12}
    assert event == redactor.event(event)


def test_cycles_depth_width_and_length_are_cut_and_say_so():
    """A value that contains itself, or a million, does not fill the disk."""
    redactor = Redactor(limits=Limits(depth=2, items=3, values=8, text=10))
    loop: list[object] = [1]
    loop.append(loop)
    event = {"loop": loop, "deep": [[[1]]], "long": "x" * 11}
    assert {
        "loop": [1, "[cut: contains itself]"],
        "deep": [["[cut: depth]"]],
        "long": "x" * 10 + "[cut: 1 characters]",
    } == redactor.event(event)
    assert [0, 1, 2, "[cut: 97 more]"] == redactor.value(list(range(100)))
    assert {"a": 1, "b": 1, "c": 1, "[cut]": "1 more"} == redactor.event(
        dict.fromkeys("abcd", 1)
    )
    wide = redactor.value([[1, 2, 3]] * 3)
    assert [[1, 2, 3], [1, 2, "[cut: 1 more]"], ["[cut: 3 more]"]] == wide


@pytest.mark.parametrize("shift", range(-30, 2))
def test_a_secret_across_the_cut_leaves_no_part(shift):
    """The text is searched past its cut, so that half a key is no survivor."""
    secret = "sk" + "_live_" + "Z" * 24
    text = "x" * (100 + shift) + " " + secret + " " + "y" * 3_000
    assert "Z" not in Redactor(limits=Limits(text=100)).text(text)


@pytest.mark.parametrize("kind", [kind for kind in SHAPES if kind != "private-key"])
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_the_look_for_literals_misses_nothing(kind, before, after):
    """What the expressions find, the quick look before them lets pass."""
    text = f"{before} {SHAPES[kind][0]} {after}"
    low = outline(text)
    assert low is not None
    assert len(text) == len(low)
    assert kind in {KINDS[number] for _, _, number in look(text, low, is_secret_name)}


@given(st.text())
def test_redaction_is_stable_and_never_raises(text):
    """A redacted text holds nothing more to redact: lines pass two loggers unharmed."""
    once = Redactor().text(text)
    assert once == Redactor().text(once)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["token", "a", "value", "name"]), JSON))
def test_any_event_becomes_json(event):
    """Whatever is logged, a line comes out of it."""
    plain = Redactor().event(event)
    json.dumps(plain)
    if event.get("token") not in (None, "", True, False):
        assert plain["token"] == "[redacted:field]"


@pytest.mark.parametrize(
    "evil",
    [
        'key="',
        "token=",
        "token ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN AAAA AAAA ",
        "://a:",
        "eyJ" + "a" * 20 + ".",
        "4111 ",
        "bearer ",
        "cookie: [",
        "cookie:<redacted ",
        "cookie: a' ",
        "cookie: a', ",
        "key=",
        "token=[",
        "token=['",
        "token=(\"'",
        "token=(a ",
        "authorization: a ",
        "password \t",
        "netloc='",
        "pesel=",
        "pesel: ['",
        'password="\\',
        "--pass --",
        "a" * 50,
        "SG." + "a" * 30,
    ],
)
def test_time_is_linear_in_the_text(evil):
    """No text, however made, stops a service: four times as long takes about that."""
    redactor = Redactor(names=["pesel"], limits=Limits(text=10**9))

    def seconds(count):
        text = evil * count
        started = time.process_time()
        redactor.text(text)
        return time.process_time() - started

    short = min(seconds(8_000 // len(evil)) for _ in range(3))
    long = min(seconds(32_000 // len(evil)) for _ in range(3))
    assert long < 12 * short + 0.01
    assert math.isfinite(long)


def test_switched_off_the_redactor_is_not_there():
    """The flag's 0 % is the service as it was."""
    off = Redactor(switch=lambda: False)
    event = {"password": "x", "text": "token=abc"}
    assert event is off.event(event)
    assert "token=abc" == off.text("token=abc")
    assert event is off.value(event)


def test_redactions_are_counted_by_kind(redactor):
    """A graph shows which secrets services try to log."""
    redactor.event({"password": "x", "text": f"{JWT} and {JWT}"})
    (measure,) = redactor.measures()
    counted = {dict(s.labels)["kind"]: s.value for s in measure.samples}
    assert "hardening_logs_redactions" == measure.name
    assert {"field": 1, "jwt": 2} == {k: n for k, n in counted.items() if n}


TEXTS = {
    "pesel=12345678901 ok": "pesel=[redacted:field] ok",
    "pesel=1": "pesel=[redacted:field]",
    "user.PESEL: '1 2', x": "user.PESEL: '[redacted:field]', x",
    "fiscalCode=RSS fiscal_code=RSS": (
        "fiscalCode=[redacted:field] fiscal_code=[redacted:field]"
    ),
    "mypesel=1, pesel_count=2, the pesel is": "mypesel=1, pesel_count=2, the pesel is",
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.items())
def test_further_names_count_in_texts(text, shown):
    """What a service calls secret is one in a message, too, in any spelling."""
    assert shown == Redactor(names=["pesel", "fiscal-code"]).text(text)


def test_a_harmless_name_is_harmless_in_texts():
    """Whoever exempts a name finds its values wherever they are logged."""
    ours = Redactor(harmless=["token"])
    text = "token=abcdef config.token: x password=x"
    shown = "token=abcdef config.token: x password=[redacted:field]"
    assert shown == ours.text(text)
    assert "token=[redacted:field]" == Redactor().text("token=abcdef")


SETTINGS = {
    "fingerprint_key": {"fingerprint_key": "a" * 16},
    "names": {"names": "pesel"},
    "names (nothing)": {"names": ["--"]},
    "names (no text)": {"names": [b"pesel"]},
    "harmless": {"harmless": "token"},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_wrong_redactor_fails_where_it_is_made(setting):
    """A mistake in the settings is no gap that nobody sees."""
    field = setting.split(" (", maxsplit=1)[0]
    with pytest.raises(InvalidSetting, match=rf"Redactor\.{field}") as refused:
        Redactor(**SETTINGS[setting])
    assert "aaaa" not in str(refused.value)


def test_names_can_be_added_and_exempted():
    """A service knows its own secrets, and what only looks like one."""
    redactor = Redactor(names=["fiscal-code"], harmless=["design_token"])
    event = {"fiscalCode": "RSSMRA", "designToken": "blue"}
    shown = {"fiscalCode": "[redacted:field]", "designToken": "blue"}
    assert shown == redactor.event(event)
