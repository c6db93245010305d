"""The dashboard: what it shows, to whom, and what happens when a source does not answer."""

import asyncio
import json
import re
import threading
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import (
    Distribution,
    Histogram,
    InvalidSetting,
    Kind,
    Measure,
    Sample,
)
from hardening.dashboard import LetterSource, Sources, Thresholds, dashboard, panels
from hardening.dashboard.access import Role, Throttle, Tokens
from hardening.dashboard.page import Viewer, page, panel_html
from hardening.dashboard.reading import Reading
from hardening.dashboard.spans import at_most, span
from hardening.testing import FakeClock

testclient = pytest.importorskip("starlette.testclient")
applications = pytest.importorskip("starlette.applications")
routing = pytest.importorskip("starlette.routing")

READ, WRITE = "r" * 16, "w" * 16
BROWSER = {"accept": "text/html"}


class Circuits:
    """Two circuits, one of them open."""

    def __init__(self, name="crm"):
        self.closed = []
        self.name = name
        self.fails = None

    def standings(self):
        """Return how they stand."""
        if self.fails is not None:
            raise self.fails
        minute = SimpleNamespace(succeeded=3, failed=1, rejected=2)
        return [
            SimpleNamespace(
                name="mail", state="closed", for_s=90.0, retry_in_s=None, trend=[]
            ),
            SimpleNamespace(
                name=self.name, state="open", for_s=3.0, retry_in_s=57, trend=[minute]
            ),
        ]

    def reset(self, name):
        """Close one."""
        if name != self.name:
            raise KeyError(name)
        self.closed.append(name)


def queue(name, depth, latency_s=1.0):
    """Return a queue as it stands."""
    return SimpleNamespace(queue=name, depth=depth, latency_s=latency_s)


def letters(text="boom", redrive=None):
    """Return a source of one dead letter."""
    one = SimpleNamespace(
        id=7, queue="default", task="send", reason="failed", attempts=5
    )
    one.error_class, one.error_text = "ValueError", text
    statistics = SimpleNamespace(
        waiting=1, by_reason={"failed": 1}, by_queue={"default": 1}, oldest_age_s=60.0
    )
    return LetterSource(
        statistics=lambda: statistics,
        search=lambda wanted: [one] if wanted in text else [],
        redrive=redrive,
    )


def pool(in_use, waiting=0):
    """Return a pool of twenty."""
    use = SimpleNamespace(in_use=in_use, size=20, waiting=waiting)
    return SimpleNamespace(name="main", threshold=0.85, rejections=4, use=lambda: use)


def pools_panel(*sources):
    """Return the panel of these pools."""
    return panels.pools((source, source.use()) for source in sources)


def client(sources, **settings):
    """Return a client of the dashboard, mounted below a path."""
    app = dashboard(sources, read_token=READ, write_token=WRITE, **settings)
    mounted = applications.Starlette(routes=[routing.Mount("/ops", app)])
    return testclient.TestClient(
        mounted, base_url="https://shop.example/ops/", follow_redirects=True
    )


def bearer(token):
    """Return the header of a program."""
    return {"authorization": f"Bearer {token}"}


def signed_in(sources, token, **settings):
    """Return a client that has signed in, as a person does."""
    browser = client(sources, **settings)
    browser.headers.update(BROWSER)
    browser.post("login", data={"token": token})
    return browser


def form_key(html):
    """Return what a form of the page sends along."""
    return re.search(r'name="key" value="(\w+)"', html)[1]


def known_key(browser):
    """Return what a form would send along, where the page has none."""
    return Tokens(READ, WRITE).form_key(browser.cookies["hardening_dashboard"])


# --- who may look, and who may change ----------------------------------------------


@pytest.mark.parametrize("path", ["", "data.json", "panels.json", "reset", "redrive"])
@pytest.mark.parametrize("header", [None, "Bearer " + "x" * 16, "Basic abc", "Bearer"])
def test_nothing_is_shown_or_changed_without_a_token(path, header):
    """A dashboard that is found is no dashboard that can be read."""
    circuits = Circuits()
    headers = {} if header is None else {"authorization": header}
    asked = client(Sources(circuits=circuits))
    method = "POST" if path in {"reset", "redrive"} else "GET"
    answer = asked.request(method, path, headers=headers, data={"circuit": "crm"})
    assert 401 == answer.status_code
    assert {"error": "a token is needed"} == answer.json()
    assert [] == circuits.closed


def test_a_person_without_a_token_is_asked_for_one():
    """The page that asks shows nothing else."""
    answer = client(Sources(circuits=Circuits())).get("", headers=BROWSER)
    assert "/ops/login" == answer.url.path
    assert 'type="password"' in answer.text
    assert "crm" not in answer.text


@pytest.mark.parametrize("token", [READ, WRITE])
def test_a_program_reads_json_with_either_token(token):
    """Alerts and scripts ask for the same data as the page."""
    answer = client(Sources(circuits=Circuits())).get(
        "data.json", headers=bearer(token)
    )
    assert 200 == answer.status_code
    (first, second) = answer.json()["circuits"]["circuits"]
    assert ("crm", "open", "critical") == tuple(
        first[name] for name in ("name", "state", "level")
    )
    assert "mail" == second["name"]


def test_a_program_changes_with_the_token_to_write_only():
    """To look is not to change."""
    circuits = Circuits()
    asked = client(Sources(circuits=circuits))
    assert 403 == asked.post("reset", headers=bearer(READ)).status_code
    answer = asked.post("reset", headers=bearer(WRITE), data={"circuit": "crm"})
    assert (200, "Circuit crm was reset") == (answer.status_code, answer.json()["told"])
    assert ["crm"] == circuits.closed


def test_a_person_who_may_write_resets_a_circuit_and_is_told():
    """One click, one form, one sentence that says it was done, once."""
    circuits = Circuits()
    browser = signed_in(Sources(circuits=circuits), WRITE)
    shown = browser.get("")
    assert 'aria-label="Reset crm"' in shown.text
    form = {"circuit": "crm", "key": form_key(shown.text)}
    answer = browser.post(
        "reset", data=form, headers={"origin": "https://shop.example"}
    )
    assert ["crm"] == circuits.closed
    assert 'role="status">Circuit crm was reset<' in answer.text
    assert "was reset" not in browser.get("").text


def test_a_person_who_may_read_sees_no_button():
    """Nor does the service take the form."""
    circuits = Circuits()
    browser = signed_in(Sources(circuits=circuits, letters=letters()), READ)
    shown = browser.get("")
    assert "crm" in shown.text
    assert "Reset" not in shown.text
    form = {"circuit": "crm", "key": known_key(browser)}
    assert 403 == browser.post("reset", data=form).status_code
    assert [] == circuits.closed


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        (False, {}),
        (True, {"origin": "https://evil.example"}),
        (True, {"origin": "null"}),
        (True, {"sec-fetch-site": "cross-site"}),
        (True, {"sec-fetch-site": "same-site"}),
        (True, {"origin": "https://evil.example", "authorization": "Basic b3BzOng="}),
        (False, {"authorization": "Basic b3BzOng="}),
        (False, {"authorization": "Negotiate YII="}),
    ],
)
def test_another_site_changes_nothing_by_somebodys_cookie(key, headers):
    """A link in a mail resets no circuit."""
    circuits = Circuits()
    browser = signed_in(Sources(circuits=circuits), WRITE)
    known = form_key(browser.get("").text) if key else "0" * 64
    answer = browser.post(
        "reset", data={"circuit": "crm", "key": known}, headers=headers
    )
    assert 403 == answer.status_code
    assert [] == circuits.closed


def test_the_cookie_is_for_this_page_alone_and_ends():
    """No script reads it, no other site sends it, and it is no token."""
    wall = FakeClock()
    browser = client(Sources(circuits=Circuits()), wall_clock=wall)
    browser.headers.update(BROWSER)
    answer = browser.post("login", data={"token": READ}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    for word in ("HttpOnly", "SameSite=strict", "Secure", "Path=/ops/"):
        assert word in cookie
    assert READ not in cookie
    assert "crm" in browser.get("").text
    wall.advance(8 * 3600 - 1)
    assert "crm" in browser.get("").text
    wall.advance(1)
    assert "crm" not in browser.get("").text


def test_signing_out_takes_the_cookie_back():
    """The next person at the desk sees nothing."""
    browser = signed_in(Sources(circuits=Circuits()), READ)
    assert "crm" in browser.get("").text
    browser.post("logout")
    assert "crm" not in browser.get("").text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_another_site_signs_nobody_out(headers):
    """A link in a mail does not even take the cookie."""
    browser = signed_in(Sources(circuits=Circuits()), READ)
    answer = browser.post("logout", headers=headers)
    assert 403 == answer.status_code
    assert "set-cookie" not in answer.headers
    assert "crm" in browser.get("").text


def test_a_token_in_a_url_is_no_token():
    """Proxies and histories keep URLs."""
    asked = client(Sources(circuits=Circuits()))
    assert 401 == asked.get(f"data.json?token={READ}").status_code


def test_guessing_at_the_form_is_stopped_for_a_minute():
    """After ten wrong tokens even the right one has to wait."""
    clock = FakeClock()
    browser = client(Sources(circuits=Circuits()), clock=clock)
    wrong = [browser.post("login", data={"token": "x"}).status_code for _ in range(11)]
    assert [401] * 10 + [429] == wrong
    assert 429 == browser.post("login", data={"token": READ}).status_code
    clock.advance(60)
    answer = browser.post("login", data={"token": READ}, headers=BROWSER)
    assert 200 == answer.status_code


@pytest.mark.parametrize(
    "body", [b"", b"token=" + b"x" * 20_000, b"\xff\xfe=%", b'{"token": 1}']
)
def test_a_form_that_is_none_is_a_wrong_token(body):
    """Whatever is sent, the answer is a page and not an error of ours."""
    answer = client(Sources()).post("login", content=body)
    assert 401 == answer.status_code


@pytest.mark.parametrize(
    ("read", "write", "field"),
    [
        ("x" * 15, WRITE, "read"),
        (READ, "x" * 15, "write"),
        (READ, READ, "write"),
        ("", WRITE, "read"),
        (READ, "", "write"),
    ],
)
def test_weak_tokens_are_refused_by_name_and_not_shown(read, write, field):
    """At construction; the message goes to a log."""
    with pytest.raises(InvalidSetting, match=rf"Tokens\.{field}") as refused:
        dashboard(Sources(), read_token=read, write_token=write)
    assert not any(token and token in str(refused.value) for token in (read, write))
    assert READ not in repr(Tokens(READ, WRITE))


@pytest.mark.parametrize(
    ("read", "write", "field"),
    [
        (None, WRITE, "read"),
        (None, None, "read"),
        (READ.encode(), None, "read"),
        (READ, WRITE.encode(), "write"),
    ],
)
def test_a_token_that_is_no_text_is_refused_by_its_type(read, write, field):
    """A variable that is missing in the environment is found when the service starts."""
    kind = type(read if field == "read" else write).__name__
    with pytest.raises(InvalidSetting, match=rf"Tokens\.{field} .*'{kind}'") as refused:
        dashboard(Sources(), read_token=read, write_token=write)
    assert READ not in str(refused.value)
    assert WRITE not in str(refused.value)


@pytest.mark.parametrize("field", ["every_s", "timeout_s"])
@pytest.mark.parametrize("value", [0, float("inf"), float("nan"), "5", None])
def test_wrong_spans_are_refused_by_name(field, value):
    """Likewise."""
    with pytest.raises(InvalidSetting, match=rf"dashboard\.{field}"):
        dashboard(Sources(), read_token=READ, **{field: value})


def test_sessions_are_signed_and_die_with_the_tokens():
    """A cookie cannot be made, changed, or kept after a leak."""
    tokens = Tokens(READ, WRITE)
    session = tokens.session(Role.READ, 0)
    assert Role.READ is tokens.role_in(session, 0)
    assert tokens.role_in(session.replace("read", "write"), 0) is None
    assert tokens.role_in(session.replace(".", ".9", 1), 0) is None
    assert Tokens(READ, "v" * 16).role_in(session, 0) is None
    assert tokens.form_key(session) != session.rpartition(".")[2]


@given(st.text())
def test_no_text_is_a_session_or_a_token(text):
    """Nor does any break the check."""
    tokens = Tokens(READ, WRITE)
    assert tokens.role_in(text, 0) is None
    assert tokens.role_of(text) is None or text in {READ, WRITE}


def test_without_a_token_to_write_nobody_writes():
    """An empty one is none."""
    assert Tokens(READ).role_of("") is None
    assert Role.READ is Tokens(READ).role_of(READ)


def test_old_wrong_tokens_are_forgotten():
    """Ten in a minute close the form; ten in an hour do not."""
    throttle = Throttle()
    for minute in range(10):
        throttle.failed(minute * 6.1)
    assert throttle.is_closed(59.9)
    assert not throttle.is_closed(60)


# --- sources that fail, hang or change ------------------------------------------------


def test_a_source_that_fails_costs_its_panel_and_nothing_else():
    """The page is most wanted when something is broken."""
    circuits = Circuits()
    circuits.fails = ConnectionError("10.0.0.4 refused <b>")
    sources = Sources(circuits=circuits, pools=[pool(3)])
    data = client(sources).get("data.json", headers=bearer(READ)).json()
    assert {"level": "error", "error": "ConnectionError: 10.0.0.4 refused <b>"} == (
        data["circuits"]
    )
    assert "good" == data["pools"]["level"]
    html = signed_in(sources, READ).get("").text
    assert "The source failed: ConnectionError: 10.0.0.4 refused &lt;b&gt;" in html


def test_a_source_that_hangs_is_not_waited_for_nor_asked_again():
    """Ten viewers of a hanging database take one thread, not ten."""
    ends, asked = threading.Event(), []

    def hang():
        asked.append(1)
        ends.wait(10)
        return []

    sources = Sources(queues=SimpleNamespace(depths=hang), pools=[pool(3)])
    with client(sources, timeout_s=0.05) as viewer:
        for _ in range(4):
            data = viewer.get("data.json", headers=bearer(READ)).json()
            assert "no answer within 0.05 s" == data["queues"]["error"]
            assert "good" == data["pools"]["level"]
        assert [1] == asked
        ends.set()


def test_one_answer_serves_everybody_who_looks_within_a_second():
    """Ten viewers ask the database as much as one."""
    clock, asked = FakeClock(), []
    source = SimpleNamespace(depths=lambda: asked.append(1) or [])
    with client(Sources(queues=source), clock=clock) as viewer:
        for _ in range(3):
            viewer.get("data.json", headers=bearer(READ))
        assert 1 == len(asked)
        clock.advance(1)
        viewer.get("data.json", headers=bearer(READ))
        assert 2 == len(asked)


def test_a_change_is_seen_by_whoever_looks_next():
    """An answer that was on its way when something was changed is not shown any more."""
    states = ["open"]

    async def main():
        asked, ends = asyncio.Event(), asyncio.Event()

        async def read():
            found = {"level": states[-1]}
            asked.set()
            await ends.wait()
            return found

        reading = Reading(read, timeout_s=2, clock=FakeClock())
        early = asyncio.create_task(reading.panel())
        await asked.wait()
        states.append("closed")
        reading.forget()
        late = asyncio.create_task(reading.panel())
        ends.set()
        return await late, await early

    assert [{"level": "closed"}] * 2 == list(asyncio.run(main()))


def test_pools_are_asked_like_every_other_source():
    """A coroutine function is awaited, and a pool that hangs holds up nobody else."""
    ends = threading.Event()

    async def use():
        await asyncio.sleep(0)
        return pool(3).use()

    def hang():
        ends.wait(10)
        return pool(3).use()

    later = SimpleNamespace(name="later", threshold=0.85, rejections=0, use=use)
    slow = SimpleNamespace(name="slow", threshold=0.85, rejections=0, use=hang)
    for source, level in ((slow, "error"), (later, "good")):
        sources = Sources(pools=[source], circuits=Circuits())
        with client(sources, timeout_s=0.1) as viewer:
            data = viewer.get("data.json", headers=bearer(READ)).json()
            ends.set()
        assert level == data["pools"]["level"]
        assert "critical" == data["circuits"]["level"]


def test_coroutine_functions_are_sources_too():
    """The page of a service on asyncio asks without threads."""

    async def depths():
        await asyncio.sleep(0)
        return [queue("mail", 3)]

    sources = Sources(queues=SimpleNamespace(depths=depths))
    data = client(sources).get("data.json", headers=bearer(READ)).json()
    assert 3 == data["queues"]["total"]


def test_a_circuit_that_is_not_there_is_said_so():
    """A name from an old page closes no other circuit."""
    answer = client(Sources(circuits=Circuits())).post(
        "reset", headers=bearer(WRITE), data={"circuit": "old"}
    )
    assert (409, "Circuit old: KeyError: 'old'") == (
        answer.status_code,
        answer.json()["told"],
    )


@pytest.mark.parametrize(
    ("form", "status"), [({}, 400), ({"letter": "x"}, 400), ({"letter": "7"}, 200)]
)
def test_a_dead_letter_is_sent_again_by_its_number(form, status):
    """Exactly the one that was asked for."""
    sent = []
    asked = client(Sources(letters=letters(redrive=sent.append)))
    answer = asked.post("redrive", headers=bearer(WRITE), data=form)
    assert status == answer.status_code
    assert ([7] if status == 200 else []) == sent


def test_what_no_source_can_do_is_not_there():
    """No source, no change; a failed change is told as such."""
    asked = client(Sources(letters=letters()))
    assert 404 == asked.post("reset", headers=bearer(WRITE)).status_code
    form = {"letter": "7"}
    assert 404 == asked.post("redrive", headers=bearer(WRITE), data=form).status_code
    browser = signed_in(Sources(letters=letters()), WRITE)
    key = known_key(browser)
    told = browser.post("redrive", data=form | {"key": key})
    assert 'role="alert">There are no letters to change<' in told.text


def test_a_change_that_hangs_is_told_as_undecided():
    """It may still be done; whoever asked should look before asking again."""
    ends = threading.Event()
    sources = Sources(letters=letters(redrive=lambda _: ends.wait(10)))
    with client(sources, timeout_s=0.05) as asked:
        answer = asked.post("redrive", headers=bearer(WRITE), data={"letter": "7"})
        ends.set()
    assert 504 == answer.status_code
    assert "may still be done" in answer.json()["told"]


def test_dead_letters_are_searched_by_text():
    """The search is in the URL, so that it can be passed on; no token is."""
    sources = Sources(letters=letters("card declined"))
    browser = signed_in(sources, READ)
    assert "card declined" in browser.get("?q=card").text
    found = browser.get("?q=<b>").text
    assert "card declined" not in found
    assert 'value="&lt;b&gt;"' in found


# --- what is shown ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("depth", "latency_s", "level"),
    [
        (500, 300, "good"),
        (501, 300, "warning"),
        (500, 300.1, "warning"),
        (2_000, None, "warning"),
        (2_001, 0, "critical"),
    ],
)
def test_queues_are_judged_by_the_founding_plans_limits(depth, latency_s, level):
    """500 and 2,000 jobs, 300 seconds; each is passed by more than it."""
    panel = panels.queues([queue("mail", depth, latency_s)], Thresholds())
    assert level == panel["level"]


@pytest.mark.parametrize(("depth", "level"), [(1_000, "warning"), (1_001, "critical")])
def test_all_queues_together_have_a_limit_of_their_own(depth, level):
    """5,000 jobs in all."""
    found = panels.queues([queue(name, depth) for name in "abcde"], Thresholds())
    assert level == found["level"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("depth_warning", -1),
        ("depth_critical", 499),
        ("latency_warning_s", -0.1),
        ("depth_critical", "9"),
        ("total_critical", None),
    ],
)
def test_wrong_thresholds_are_refused_by_name(field, value):
    """At construction."""
    with pytest.raises(InvalidSetting, match=rf"Thresholds\.{field}"):
        Thresholds(**{field: value})


@pytest.mark.parametrize(
    ("in_use", "waiting", "level"),
    [(16, 0, "good"), (16, 1, "warning"), (17, 0, "critical"), (20, 9, "critical")],
)
def test_a_pool_is_critical_where_it_rejects(in_use, waiting, level):
    """At 85 % of twenty: seventeen."""
    assert level == pools_panel(pool(in_use, waiting))["level"]


def test_lock_waits_are_told_by_their_buckets_bounds():
    """No more is known than the histogram keeps."""
    waits = Histogram((0.01, 0.1, 1))
    for wait_s in (*[0.005] * 10, *[0.05] * 9, 5):
        waits.observe(wait_s)
    labels = (("table", "contacts"),)
    sample = Sample(waits.distribution(), labels)
    found = [
        Measure(panels.WAITS, "", Kind.HISTOGRAM, (sample,)),
        Measure("hardening_locks_timeouts", "", Kind.COUNTER, (Sample(2, labels),)),
    ]
    (row,) = panels.locks(found)["locks"]
    assert (20, 2, 0.01, 0.1) == tuple(
        row[name] for name in ("count", "timeouts", "p50_s", "p95_s")
    )
    assert [10, 9, 0, 1] == [bucket["count"] for bucket in row["buckets"]]
    shown = panel_html("locks", panels.locks(found), Viewer())
    assert "beyond the last bucket" in shown
    data = client(Sources(locks=SimpleNamespace(measures=lambda: found)))
    text = data.get("data.json", headers=bearer(READ)).text
    assert json.loads(text, parse_constant=pytest.fail)["locks"]["locks"][0]["count"]


def test_no_waits_have_no_quantile():
    """Nothing is known of nothing."""
    empty = Distribution(((1.0, 0), (float("inf"), 0)), 0.0)
    assert panels.quantile_s(empty, 0.5) is None
    assert "–" == at_most(None)  # noqa: RUF001 - a dash, for people


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (0.0451, "45 ms"),
        (1, "1 s"),
        (59.94, "59.9 s"),
        (60, "1 min 0 s"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h 0 min"),
        (86_400, "1 d 0 h"),
        (93_600, "1 d 2 h"),
    ],
)
def test_spans_are_told_in_two_units(seconds, shown):
    """A glance is enough."""
    assert shown == span(seconds)


class Tags(HTMLParser):
    """Collects the tags and attributes of a page, and checks that they are closed."""

    VOID = frozenset(("meta", "input", "rect"))

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note a tag that closes itself."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        """Check that the last tag is closed first."""
        assert tag == self.open.pop()


def shown(text):
    """Return a page in which every source says this text."""
    found = {
        "circuits": panels.circuits(Circuits(text).standings()),
        "queues": panels.queues([queue(text, 9)], Thresholds()),
        "letters": panels.letters(
            SimpleNamespace(
                waiting=1, by_reason={text: 1}, by_queue={text: 1}, oldest_age_s=None
            ),
            letters(text).search(""),
            text,
            redrivable=True,
        ),
        "pools": pools_panel(pool(3)),
        "locks": {"level": "error", "error": text},
    }
    viewer = Viewer(writes=True, form_key="k", told=text)
    return page(text, found, viewer, every_s=5)


def parsed(html):
    """Return a page's tags."""
    tags = Tags()
    tags.feed(html)
    assert [] == tags.open
    return tags


@given(
    st.text(min_size=1)
    | st.sampled_from(["<script>", '" onload="x', "</title>", "'><b>"])
)
def test_no_text_of_a_source_becomes_markup(text):
    """Whatever a job's error says, the page has the same elements and attributes."""
    plain, planted = parsed(shown("plain")), parsed(shown(text))
    assert plain.tags == planted.tags
    assert [name for name, _ in plain.attributes] == [
        name for name, _ in planted.attributes
    ]


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else():
    """A planted script does not run; nothing is loaded from elsewhere."""
    answer = signed_in(Sources(circuits=Circuits()), READ).get("")
    policy = answer.headers["content-security-policy"]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" == answer.headers["cache-control"]
    assert not re.search(r"https?://|src=|style=", answer.text)


def test_the_page_refreshes_itself_by_json_and_works_without_a_script():
    """The panels' ids are those that the script fills."""
    browser = signed_in(Sources(circuits=Circuits(), pools=[pool(3)]), READ)
    html = browser.get("").text
    assert '<noscript><meta http-equiv="refresh"' in html
    fragments = browser.get("panels.json").json()["html"]
    assert ["circuits", "pools"] == list(fragments)
    for name, fragment in fragments.items():
        assert f'id="{name}"' in html
        assert fragment in html


def test_states_are_told_by_words_and_signs():
    """Colour alone tells some people nothing; pictures have a text."""
    html = shown("crm")
    assert '<span aria-hidden="true">✕</span> open' in html
    assert 'aria-label="Last 1 minutes: 6 calls, 1 failed, 2 rejected"' in html
    assert '<th scope="row">crm</th>' in html


def test_switched_off_there_is_no_dashboard():
    """The flag's 0 %: not even a page that asks for a token."""
    on = [False]
    asked = client(Sources(circuits=Circuits()), switch=lambda: on[0])
    for path in ("", "login", "data.json"):
        assert 404 == asked.get(path, headers=bearer(READ)).status_code
    on[0] = True
    assert 200 == asked.get("data.json", headers=bearer(READ)).status_code


def test_an_empty_dashboard_says_so():
    """Not a blank page."""
    assert "no sources" in signed_in(Sources(), READ).get("").text
