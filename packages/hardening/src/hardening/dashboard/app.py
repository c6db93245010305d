"""The application: a page and JSON behind tokens, for Starlette, FastAPI or alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hardening.core import Clock, Switch, SystemClock, WallClock, always_on, require
from hardening.dashboard import panels
from hardening.dashboard.access import SESSION_S, Role, Throttle, Tokens
from hardening.dashboard.page import Viewer, login_page, page, panel_html
from hardening.dashboard.panels import Panel
from hardening.dashboard.reading import Reading, call
from hardening.dashboard.sources import Sources
from hardening.dashboard.style import HEADERS

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

_CLOCK = SystemClock()
_COOKIE = "hardening_dashboard"
_TOLD = "hardening_dashboard_told"
_BODY_MAX = 16_384
_SEARCH_MAX = 200
_TOLD_MAX = 300


def dashboard(
    sources: Sources,
    *,
    read_token: str,
    write_token: str | None = None,
    title: str = "Hardening",
    every_s: float = 5.0,
    timeout_s: float = 2.0,
    secure_cookie: bool = True,
    switch: Switch = always_on,
    clock: Clock = _CLOCK,
    wall_clock: WallClock = _CLOCK,
) -> "Starlette":
    """
    Return the dashboard, an ASGI application to be run or mounted.

    Nothing is shown without a token: in a header, `Authorization: Bearer …`, for
    programs, or typed into a form, for people. `data.json` is the data.

    Args:
        sources: What it shows.
        read_token: To look; 16 characters or more.
        write_token: To reset circuits and redrive letters; None lets nobody.
        title: Of the page: the service's name.
        every_s: How often the page refreshes itself.
        timeout_s: How long a source may take; its panel says so when it takes longer.
        secure_cookie: Whether the cookie travels by HTTPS only; False is for trying it
            at home.
        switch: Off answers every request 404, as if there were no dashboard.
        clock: Measures how fresh an answer is.
        wall_clock: Tells when a session is over.

    Raises:
        InvalidSetting: A token is too short, or a span is none.
    """
    from starlette.applications import Starlette  # noqa: PLC0415 - loaded when used
    from starlette.middleware import Middleware  # noqa: PLC0415 - loaded when used
    from starlette.routing import Route  # noqa: PLC0415 - loaded when used

    for name, span_s in (("every_s", every_s), ("timeout_s", timeout_s)):
        holds = 0 < span_s < float("inf")
        require(f"dashboard.{name}", span_s, "more than 0 and finite", holds=holds)
    desk = _Desk(
        sources,
        tokens=Tokens(read_token, write_token),
        title=title,
        every_s=every_s,
        timeout_s=timeout_s,
        secure_cookie=secure_cookie,
        clock=clock,
        wall_clock=wall_clock,
    )
    return Starlette(
        routes=[
            Route("/", desk.page),
            Route("/data.json", desk.data),
            Route("/panels.json", desk.fragments),
            Route("/login", desk.login, methods=["GET", "POST"]),
            Route("/logout", desk.logout, methods=["POST"]),
            Route("/reset", desk.reset, methods=["POST"]),
            Route("/redrive", desk.redrive, methods=["POST"]),
        ],
        middleware=[Middleware(_Switched, switch=switch)],
    )


class _Switched:
    """ASGI middleware: nothing is there while the switch is off."""

    def __init__(self, app: "ASGIApp", switch: Switch) -> None:
        self._app = app
        self._switch = switch

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http" and not self._switch():
            await _json({"error": "not found"}, 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Change:
    """
    Something that may be changed.

    Attributes:
        panel: Where it is shown.
        field: Of the form, which names it.
        kind: Reads the field; raises ValueError.
        function: Changes it; None where nothing can.
        done: What to say then.
    """

    panel: str
    field: str
    kind: Callable[[str], Any]
    function: Callable[[Any], object] | None
    done: str


class _Desk:
    """
    What answers the requests.

    Invariant: no handler reads a source, or changes anything, before `_role` let it.
    """

    def __init__(
        self,
        sources: Sources,
        *,
        tokens: Tokens,
        title: str,
        every_s: float,
        timeout_s: float,
        secure_cookie: bool,
        clock: Clock,
        wall_clock: WallClock,
    ) -> None:
        self._sources = sources
        self._tokens = tokens
        self._title = title
        self._every_s = every_s
        self._timeout_s = timeout_s
        self._secure = secure_cookie
        self._clock = clock
        self._wall_clock = wall_clock
        self._throttle = Throttle()
        self._readings = {
            name: Reading(_READERS[name](sources), timeout_s=timeout_s, clock=clock)
            for name in sources.named()
        }

    async def page(self, request: "Request") -> "Response":
        """Return the page, or the way to sign in."""
        role = self._role(request)
        if role is None:
            return self._refused(request)
        shown = await self._panels(request)
        viewer = self._viewer(request, role)
        response = _html(page(self._title, shown, viewer, every_s=self._every_s))
        response.delete_cookie(_TOLD, path=_path(request))
        return response

    async def data(self, request: "Request") -> "Response":
        """Return all panels' data."""
        if self._role(request) is None:
            return self._refused(request)
        return _json(await self._panels(request))

    async def fragments(self, request: "Request") -> "Response":
        """Return all panels as HTML, for the page to refresh itself."""
        role = self._role(request)
        if role is None:
            return self._refused(request)
        viewer = self._viewer(request, role)
        shown = await self._panels(request)
        html = {name: panel_html(name, one, viewer) for name, one in shown.items()}
        return _json({"html": html})

    async def login(self, request: "Request") -> "Response":
        """Ask for a token, or take one and give a cookie."""
        if request.method == "GET":
            return _html(login_page(self._title))
        now_s = self._clock.monotonic_s()
        if self._throttle.is_closed(now_s):
            told = "Too many wrong tokens. Wait a minute."
            return _html(login_page(self._title, told=told), 429)
        role = None
        if _is_own_origin(request):
            role = self._tokens.role_of((await _form(request)).get("token", ""))
        if role is None:
            self._throttle.failed(now_s)
            return _html(login_page(self._title, told="This is no token."), 401)
        response = _see("./")
        session = self._tokens.session(role, self._wall_clock.unix_s())
        response.set_cookie(
            _COOKIE,
            session,
            max_age=int(SESSION_S),
            path=_path(request),
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )
        return response

    async def logout(self, request: "Request") -> "Response":
        """Take the cookie back."""
        response = _see("login")
        response.delete_cookie(_COOKIE, path=_path(request))
        return response

    async def reset(self, request: "Request") -> "Response":
        """Close a circuit."""
        circuits = self._sources.circuits
        function = None if circuits is None else circuits.reset
        what = _Change("circuits", "circuit", str, function, "was reset")
        return await self._change(request, what)

    async def redrive(self, request: "Request") -> "Response":
        """Send a dead letter again."""
        letters = self._sources.letters
        function = None if letters is None else letters.redrive
        what = _Change("letters", "letter", int, function, "was sent again")
        return await self._change(request, what)

    async def _change(self, request: "Request", what: "_Change") -> "Response":
        """Change one thing, for somebody who may; say what was done."""
        role = self._role(request)
        if role is None:
            return self._refused(request)
        form = await _form(request)
        if role is not Role.WRITE or not self._is_own_form(request, form):
            return _json({"error": "not allowed"}, 403)
        status, told = await self._changed(what, form.get(what.field, ""))
        return self._answered(request, told, status)

    async def _changed(self, what: "_Change", given: str) -> tuple[int, str]:
        """Return the status of a change, and what to say of it."""
        if what.function is None:
            return 404, f"there are no {what.panel} to change"
        try:
            subject = what.kind(given)
        except ValueError:
            return 400, f"the form has no {what.field}"
        named = f"{what.field} {subject}"
        try:
            async with asyncio.timeout(self._timeout_s):
                await call(what.function, subject)
        except TimeoutError:
            wait = f"{self._timeout_s:g} s"
            return 504, f"{named}: no answer within {wait}; it may still be done"
        except Exception as error:  # noqa: BLE001 - what the source says is shown
            return 409, f"{named}: {type(error).__name__}: {error}"
        finally:
            self._readings[what.panel].forget()
        return 200, f"{named} {what.done}"

    def _answered(self, request: "Request", told: str, status: int) -> "Response":
        """Answer a change: a program by JSON, a person by the page that tells."""
        told = told[:1].upper() + told[1:_TOLD_MAX]
        if not _is_browser(request):
            return _json({"told": told}, status)
        response = _see("./")
        value = json.dumps([told, status])
        response.set_cookie(
            _TOLD,
            value.encode().hex(),
            max_age=30,
            path=_path(request),
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )
        return response

    async def _panels(self, request: "Request") -> Mapping[str, Panel]:
        """Return all panels, asked at the same time."""
        search = request.query_params.get("q", "")[:_SEARCH_MAX]
        questions = [
            reading.panel(*([search] if name == "letters" else []))
            for name, reading in self._readings.items()
        ]
        found = await asyncio.gather(*questions)
        return dict(zip(self._readings, found, strict=True))

    def _role(self, request: "Request") -> Role | None:
        """Return what somebody may do; None is nothing."""
        header = request.headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer":
            return self._tokens.role_of(token.strip())
        session = request.cookies.get(_COOKIE, "")
        return self._tokens.role_in(session, self._wall_clock.unix_s())

    def _is_own_form(self, request: "Request", form: Mapping[str, str]) -> bool:
        """Tell a form of ours from another site's; a header no other site can send."""
        if request.headers.get("authorization"):
            return True
        session = request.cookies.get(_COOKIE, "")
        key = form.get("key", "")
        return _is_own_origin(request) and self._tokens.is_form_key(session, key)

    def _viewer(self, request: "Request", role: Role) -> Viewer:
        session = request.cookies.get(_COOKIE, "")
        told, status = _told_in(request.cookies.get(_TOLD, ""))
        key = self._tokens.form_key(session) if session else ""
        return Viewer(
            writes=role is Role.WRITE and bool(key),
            form_key=key,
            told=told,
            failed=status >= 400,  # noqa: PLR2004 - HTTP's errors
        )

    def _refused(self, request: "Request") -> "Response":
        """Send a person to the form, and tell a program."""
        if _is_browser(request):
            return _see("login")
        return _json({"error": "a token is needed"}, 401)


Reader = Callable[..., Awaitable[Panel]]


def _read_circuits(sources: Sources) -> Reader:
    async def read() -> Panel:
        return panels.circuits(await call(_given(sources.circuits).standings))

    return read


def _read_queues(sources: Sources) -> Reader:
    async def read() -> Panel:
        depths = await call(_given(sources.queues).depths)
        return panels.queues(depths, sources.thresholds)

    return read


def _read_letters(sources: Sources) -> Reader:
    source = _given(sources.letters)

    async def read(search: str) -> Panel:
        statistics = await call(source.statistics)
        found = await call(source.search, search)
        redrivable = source.redrive is not None
        return panels.letters(statistics, found, search, redrivable=redrivable)

    return read


def _read_pools(sources: Sources) -> Reader:
    async def read() -> Panel:
        return panels.pools(sources.pools)

    return read


def _read_locks(sources: Sources) -> Reader:
    async def read() -> Panel:
        return panels.locks(await call(_given(sources.locks).measures))

    return read


_READERS: Mapping[str, Callable[[Sources], Reader]] = {
    "circuits": _read_circuits,
    "queues": _read_queues,
    "letters": _read_letters,
    "pools": _read_pools,
    "locks": _read_locks,
}


def _given(source: Any) -> Any:  # noqa: ANN401 - any source
    """Return a source that is there, as `Sources.named` said."""
    assert source is not None, "a panel has a source"  # noqa: S101
    return source


async def _form(request: "Request") -> dict[str, str]:
    """Return a form's fields; one that is too long, or none, has none."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_MAX:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def _is_own_origin(request: "Request") -> bool:
    """Tell whether a browser sends this from a page of this host."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _path(request: "Request") -> str:
    """Return where the dashboard is mounted; its cookies go nowhere else."""
    return str(request.scope.get("root_path", "")) + "/"


def _is_browser(request: "Request") -> bool:
    """Tell a person, who is shown pages, from a program, which is sent data."""
    return "text/html" in request.headers.get("accept", "")


def _told_in(cookie: str) -> tuple[str, int]:
    """Return what was done just now, as the cookie has it; it is shown as text."""
    try:
        told, status = json.loads(bytes.fromhex(cookie))
        return str(told)[:_TOLD_MAX], int(status)
    except (ValueError, TypeError):
        return "", 200


def _html(text: str, status: int = 200) -> "Response":
    from starlette.responses import HTMLResponse  # noqa: PLC0415 - loaded when used

    return HTMLResponse(text, status, headers=dict(HEADERS))


def _json(content: object, status: int = 200) -> "Response":
    from starlette.responses import Response  # noqa: PLC0415 - loaded when used

    text = json.dumps(_finite(content), default=str, ensure_ascii=False)
    return Response(
        text.encode("utf-8", "backslashreplace"),
        status,
        headers=dict(HEADERS),
        media_type="application/json",
    )


def _see(where: str) -> "Response":
    from starlette.responses import Response  # noqa: PLC0415 - loaded when used

    return Response(status_code=303, headers={**HEADERS, "location": where})


def _finite(content: Any) -> Any:  # noqa: ANN401 - plain data
    """Return plain data as JSON has it: what is infinite or no number is null."""
    match content:
        case dict():
            return {name: _finite(value) for name, value in content.items()}
        case list() | tuple():
            return [_finite(value) for value in content]
        case float() if content != content or abs(content) == float("inf"):  # noqa: PLR0124 - no number
            return None
        case _:
            return content
