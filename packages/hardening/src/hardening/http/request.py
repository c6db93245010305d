"""The request: what one call asks for, checked before anything is sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

Scalar = str | int | float | bool | None
Params = Mapping[str, Scalar | Sequence[Scalar]]

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"})
"""
Methods that mean the same when sent twice.

Source:
    RFC 9110, 9.2.2; QUERY by its own draft, httpbis-safe-method-w-body.
"""

_METHOD = re.compile(r"[A-Z]{1,20}", re.ASCII)
_SLASH = re.compile(r"[/\\]")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)


def is_header_name(name: object) -> bool:
    """Tell what HTTP takes for a header's name."""
    return isinstance(name, str) and _HEADER.fullmatch(name) is not None


class Options(TypedDict, total=False):
    """
    What a call may say beside its method and path; everything is optional.

    None is as good as not given, except for `json`, where it is JSON's null.

    Attributes:
        params: The query; sequences repeat their name.
        headers: Beside the provider's.
        json: The body, sent as JSON.
        form: The body, sent as a form's fields.
        content: The body, as it is; name its content type in `headers`.
        deadline_s: At most so many seconds for all attempts; the provider's is kept
            where it is shorter.
        idempotency_key: Under which the provider recognises a repeat. It makes a POST
            one that is tried again; the key stays the same for all attempts.
        cost: Of one attempt, in the unit of the provider's budget.
    """

    params: Params | None
    headers: Mapping[str, str] | None
    json: Any
    form: Mapping[str, str] | None
    content: bytes | None
    deadline_s: float | None
    idempotency_key: str | None
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    One call, checked; what may hold secrets is not shown.

    Attributes:
        method: In upper case.
        path: Below the provider's address.
        params: The query.
        headers: Beside the provider's, names in lower case.
        content: The body; None without one.
        deadline_s: As it was asked for; None leaves it to the provider.
        cost: Likewise.
        is_repeatable: Whether to send it twice is to send it once.
    """

    method: str
    path: str
    params: Params = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    deadline_s: float | None = None
    cost: float | None = None
    is_repeatable: bool = True


def request_of(
    method: str, path: str, options: Options, idempotency_header: str
) -> Request:
    """
    Return the call that was described.

    Raises:
        ValueError: It cannot be sent; says why, without repeating what was given.
    """
    method = method.upper()
    _refuse(not _METHOD.fullmatch(method), "the method is no word of HTTP's")
    _check_path(path)
    content, kind = _body(options)
    headers = _lowered(options.get("headers") or {})
    if kind:
        headers = {"content-type": kind} | headers
    key = options.get("idempotency_key")
    if key is not None:
        headers |= _lowered({idempotency_header: key})
    _check_numbers(options)
    params = options.get("params") or {}
    _refuse(not all(map(_is_parameter, params.values())), "a parameter is no text")
    return Request(
        method=method,
        path=path,
        params=params,
        headers=headers,
        content=content,
        deadline_s=options.get("deadline_s"),
        cost=options.get("cost"),
        is_repeatable=method in REPEATABLE or key is not None,
    )


def _check_path(path: str) -> None:
    """Refuse a path that could lead elsewhere than it seems to."""
    _refuse(not path.startswith("/"), "the path does not begin with '/'")
    _refuse("?" in path or "#" in path, "a query belongs into `params`")
    plain = (
        path.isascii() and path.isprintable() and " " not in path and "\\" not in path
    )
    _refuse(not plain, "the path is not percent-encoded; use urllib.parse.quote")
    climbs = _climbs(path)
    _refuse(climbs, "the path holds '.' or '..'; quote what comes from outside")


def _climbs(path: str) -> bool:
    """Tell what leads upwards, to whoever decodes '%2f' before the path is split too."""
    from urllib.parse import unquote  # noqa: PLC0415 - loaded when used

    return not {".", ".."}.isdisjoint(_SLASH.split(unquote(path)))


def _check_numbers(options: Options) -> None:
    """Refuse a deadline or cost that is none."""
    deadline_s, cost = options.get("deadline_s"), options.get("cost")
    is_wrong = deadline_s is not None and not 0 < deadline_s < float("inf")
    _refuse(is_wrong, "`deadline_s` is not more than 0")
    is_wrong = cost is not None and not 0 <= cost < float("inf")
    _refuse(is_wrong, "`cost` is not 0 or more")


def _is_parameter(held: object) -> bool:
    """Tell what has one spelling in a query from what would be sent as its repr."""
    if isinstance(held, list | tuple):
        return all(_is_scalar(one) for one in held)
    return _is_scalar(held)


def _is_scalar(held: object) -> bool:
    return held is None or isinstance(held, str | int | float)


def _body(options: Options) -> tuple[bytes | None, str]:
    """Return the body and its content type; at most one of the three ways is used."""
    form, content = options.get("form"), options.get("content")
    ways = ("json" in options, form is not None, content is not None)
    _refuse(sum(ways) > 1, "give one of `json`, `form` and `content`")
    if "json" in options:
        return _encoded(options["json"]), "application/json"
    if form is not None:
        from urllib.parse import urlencode  # noqa: PLC0415 - loaded when used

        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return content, ""


def _encoded(content: object) -> bytes:
    """Return JSON, compact; what JSON cannot hold is refused."""
    from json import dumps  # noqa: PLC0415 - loaded when used

    try:
        text = dumps(
            content, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        message = f"`json` cannot be encoded ({type(error).__name__})"
        raise ValueError(message) from None


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers by their names in lower case; refuse what would split them."""
    for name, value in headers.items():
        _refuse(not is_header_name(name), "a header's name is none")
        plain = value.isascii() and value.replace("\t", " ").isprintable()
        _refuse(not plain, f"the header {name!r} holds what no header may hold")
    return {name.lower(): value for name, value in headers.items()}


def _refuse(is_wrong: bool, reason: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse a call."""
    if is_wrong:
        raise ValueError(reason)
