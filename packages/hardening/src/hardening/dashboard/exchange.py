"""Exchange: what is read from a request, and what answers are made of."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hardening.dashboard.style import HEADERS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

TOLD_MAX = 300
"""Characters of what is told of a change; a cookie holds no more than 4,096 bytes."""
_BODY_MAX = 16_384


def bearer_of(request: "Request") -> str | None:
    """
    Return the token of a program's header; None without one.

    A name and password (`Basic`) are none: behind a proxy that asks for them a browser
    sends them by itself, for whichever site told it to.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def form_of(request: "Request") -> dict[str, str]:
    """Return a form's fields; one that is too long, or none, has none."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_MAX:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def is_own_origin(request: "Request") -> bool:
    """Tell whether a browser sends this from a page of this host."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def mount_path(request: "Request") -> str:
    """Return where the dashboard is mounted; its cookies go nowhere else."""
    return str(request.scope.get("root_path", "")) + "/"


def is_browser(request: "Request") -> bool:
    """Tell a person, who is shown pages, from a program, which is sent data."""
    return "text/html" in request.headers.get("accept", "")


def told_in(cookie: str) -> tuple[str, int]:
    """Return what was done just now, as the cookie has it; it is shown as text."""
    try:
        told, status = json.loads(bytes.fromhex(cookie))
        return str(told)[:TOLD_MAX], int(status)
    except (ValueError, TypeError):
        return "", 200


def html_answer(text: str, status: int = 200) -> "Response":
    """Return a page."""
    from starlette.responses import HTMLResponse  # noqa: PLC0415 - loaded when used

    return HTMLResponse(text, status, headers=dict(HEADERS))


def json_answer(content: object, status: int = 200) -> "Response":
    """Return data as JSON; what JSON cannot say is null or text."""
    from starlette.responses import Response  # noqa: PLC0415 - loaded when used

    text = json.dumps(_finite(content), default=str, ensure_ascii=False)
    return Response(
        text.encode("utf-8", "backslashreplace"),
        status,
        headers=dict(HEADERS),
        media_type="application/json",
    )


def redirect(where: str) -> "Response":
    """Send a browser elsewhere, with GET."""
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
