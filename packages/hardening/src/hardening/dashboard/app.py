"""The application: a page and JSON behind tokens, for Starlette, FastAPI or alone."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hardening.core import (
    Clock,
    Switch,
    SystemClock,
    WallClock,
    always_on,
    require_positive,
)
from hardening.dashboard.access import SESSION_S, Role, Throttle, Tokens
from hardening.dashboard.exchange import (
    TOLD_MAX,
    bearer_of,
    form_of,
    html_answer,
    is_browser,
    is_own_origin,
    json_answer,
    mount_path,
    redirect,
    told_in,
)
from hardening.dashboard.page import Viewer, login_page, page, panel_html
from hardening.dashboard.panels import Panel
from hardening.dashboard.readers import READERS
from hardening.dashboard.reading import Reading, call
from hardening.dashboard.sources import Sources

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

_CLOCK = SystemClock()
_COOKIE = "hardening_dashboard"
_TOLD = "hardening_dashboard_told"
_SEARCH_MAX = 200


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
        require_positive(f"dashboard.{name}", span_s)
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
            await json_answer({"error": "not found"}, 404)(scope, receive, send)
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
            name: Reading(READERS[name](sources), timeout_s=timeout_s, clock=clock)
            for name in sources.named()
        }

    async def page(self, request: "Request") -> "Response":
        """Return the page, or the way to sign in."""
        role = self._role(request)
        if role is None:
            return self._refused(request)
        shown = await self._panels(request)
        viewer = self._viewer(request, role)
        response = html_answer(page(self._title, shown, viewer, every_s=self._every_s))
        response.delete_cookie(_TOLD, path=mount_path(request))
        return response

    async def data(self, request: "Request") -> "Response":
        """Return all panels' data."""
        if self._role(request) is None:
            return self._refused(request)
        return json_answer(await self._panels(request))

    async def fragments(self, request: "Request") -> "Response":
        """Return all panels as HTML, for the page to refresh itself."""
        role = self._role(request)
        if role is None:
            return self._refused(request)
        viewer = self._viewer(request, role)
        shown = await self._panels(request)
        html = {name: panel_html(name, one, viewer) for name, one in shown.items()}
        return json_answer({"html": html})

    async def login(self, request: "Request") -> "Response":
        """Ask for a token, or take one and give a cookie."""
        if request.method == "GET":
            return html_answer(login_page(self._title))
        now_s = self._clock.monotonic_s()
        if self._throttle.is_closed(now_s):
            told = "Too many wrong tokens. Wait a minute."
            return html_answer(login_page(self._title, told=told), 429)
        role = None
        if is_own_origin(request):
            role = self._tokens.role_of((await form_of(request)).get("token", ""))
        if role is None:
            self._throttle.failed(now_s)
            return html_answer(login_page(self._title, told="This is no token."), 401)
        response = redirect("./")
        session = self._tokens.session(role, self._wall_clock.unix_s())
        response.set_cookie(
            _COOKIE,
            session,
            max_age=int(SESSION_S),
            path=mount_path(request),
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )
        return response

    async def logout(self, request: "Request") -> "Response":
        """Take the cookie back, unless another site asks for it."""
        if not is_own_origin(request):
            return json_answer({"error": "not allowed"}, 403)
        response = redirect("login")
        response.delete_cookie(_COOKIE, path=mount_path(request))
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
        form = await form_of(request)
        if role is not Role.WRITE or not self._is_own_form(request, form):
            return json_answer({"error": "not allowed"}, 403)
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
        told = told[:1].upper() + told[1:TOLD_MAX]
        if not is_browser(request):
            return json_answer({"told": told}, status)
        response = redirect("./")
        value = json.dumps([told, status])
        response.set_cookie(
            _TOLD,
            value.encode().hex(),
            max_age=30,
            path=mount_path(request),
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
        token = bearer_of(request)
        if token is not None:
            return self._tokens.role_of(token)
        session = request.cookies.get(_COOKIE, "")
        return self._tokens.role_in(session, self._wall_clock.unix_s())

    def _is_own_form(self, request: "Request", form: Mapping[str, str]) -> bool:
        """Tell a form of ours from another site's; a token no browser sends by itself."""
        if bearer_of(request) is not None:
            return True
        session = request.cookies.get(_COOKIE, "")
        key = form.get("key", "")
        return is_own_origin(request) and self._tokens.is_form_key(session, key)

    def _viewer(self, request: "Request", role: Role) -> Viewer:
        session = request.cookies.get(_COOKIE, "")
        told, status = told_in(request.cookies.get(_TOLD, ""))
        key = self._tokens.form_key(session) if session else ""
        return Viewer(
            writes=role is Role.WRITE and bool(key),
            form_key=key,
            told=told,
            failed=status >= 400,  # noqa: PLR2004 - HTTP's errors
        )

    def _refused(self, request: "Request") -> "Response":
        """Send a person to the form, and tell a program."""
        if is_browser(request):
            return redirect("login")
        return json_answer({"error": "a token is needed"}, 401)
