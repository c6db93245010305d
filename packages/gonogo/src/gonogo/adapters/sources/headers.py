"""The headers by which a source's service knows who asks."""

import base64
from collections.abc import Mapping

_OWN = "header."


def headers_of(options: Mapping[str, str]) -> dict[str, str]:
    """
    Return the headers that the options of a source give.

    `token` is sent as a bearer token, `user` with `password` as basic authentication,
    and `header.NAME` as a header of that name.
    """
    found: dict[str, str] = {}
    if token := options.get("token"):
        found["authorization"] = f"Bearer {token}"
    elif user := options.get("user"):
        pair = f"{user}:{options.get('password', '')}".encode()
        found["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    for name, text in options.items():
        if name.startswith(_OWN):
            found[name.removeprefix(_OWN).lower()] = text
    return found
