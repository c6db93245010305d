"""One value out of a JSON text, by a path of RFC 9535."""

import json
import math
from functools import lru_cache
from typing import Any

from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment, JSONPathError

_RFC_9535 = JSONPathEnvironment(strict=True)


class NoSuchValue(Exception):
    """A JSON text does not give the one value that was asked for; says why."""


def value_at(text: str, path: str) -> float | str | None:
    """
    Return the number or word at a path; None where there is `null`, or no number.

    Args:
        text: JSON. Python's NaN and Infinity, which some servers write, are no data.
        path: By RFC 9535, such as `$.queue.depth`.

    Raises:
        NoSuchValue: The text is not JSON, the path is none, or there is not exactly
            one number, word or truth value.
    """
    found = _found(_read(text), path)
    if len(found) != 1:
        count = "nothing" if not found else f"{len(found)} values, not one"
        message = f"JSON path {path} found {count}"
        raise NoSuchValue(message)
    return _scalar(found[0], path)


def _read(text: str) -> object:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        start = " ".join(text[:80].split())
        message = f"The answer is not JSON ({error}); it begins: {start!r}"
        raise NoSuchValue(message) from error


def _found(data: Any, path: str) -> list[object]:  # noqa: ANN401 - any JSON value
    try:
        return _compiled(path).findall(data)
    except (JSONPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        message = f"JSON path {path} cannot be followed: {reason}"
        raise NoSuchValue(message) from error


@lru_cache(maxsize=256)
def _compiled(path: str) -> JSONPath | CompoundJSONPath:
    """Read a path once: a probe follows the same one at every tick."""
    return _RFC_9535.compile(path)


def _scalar(found: object, path: str) -> float | str | None:
    match found:
        case None:
            return None
        case bool():
            return str(found).lower()
        case int() | float():
            return _finite(found)
        case str():
            return found
        case _:
            kind = "an object" if isinstance(found, dict) else "an array"
            message = f"JSON path {path} found {kind}; name one value inside it"
            raise NoSuchValue(message)


def _finite(number: float) -> float | None:
    """Return a number that is one; an overflow such as 1e999 is no data."""
    try:
        as_float = float(number)
    except OverflowError:
        return None
    return as_float if math.isfinite(as_float) else None
