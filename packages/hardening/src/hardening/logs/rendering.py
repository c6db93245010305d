"""Rendering: an event as one line, for machines or for people, that cannot be forged."""

import json
import re
from collections.abc import Callable

Render = Callable[[dict[str, object]], bytes]
"""Turns a plain event, its time, level and name first, into a line without its end."""

# What ends a line or moves the cursor somewhere: C0, C1, the Unicode separators, and the
# marks that turn the direction of writing.
_CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_INSIDE_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PLAIN = re.compile(r"[^\s\"'=\\]+")
_HEAD = ("time", "level", "event", "logger")
_LAST = ("exception", "stack")


def json_lines() -> Render:
    """Return a renderer of JSON, one object a line; needs orjson."""
    from orjson import dumps  # noqa: PLC0415 - loaded when used

    def render(event: dict[str, object]) -> bytes:
        try:
            line = dumps(event, shown)
        except TypeError:  # a lone surrogate, a number of 65 bits, an odd key
            line = json.dumps(event, default=shown, skipkeys=True).encode()
        return line if line.isascii() else _without_controls(line)

    return render


def console_lines() -> Render:
    """Return a renderer for a terminal: time, level, event, then what else there is."""
    return _console_line


def shown(value: object) -> str:
    """Return any value as text; one that cannot be shown is named."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a log call never fails
        return f"[unprintable {type(value).__name__}: {type(error).__name__}]"


def escaped(text: str) -> str:
    r"""Return a text with its control characters as escapes: '\u000a' for a new line."""
    return _CONTROLS.sub(_escape, text)


def _console_line(event: dict[str, object]) -> bytes:
    time, level, name, logger = (str(event.get(key, "")) for key in _HEAD)
    words = [time, f"{level:8}", escaped(name)]
    for key, value in event.items():
        if key not in _HEAD and key not in _LAST:
            words.append(f"{escaped(str(key))}={_console_value(value)}")
    if logger:
        words.append(f"[{escaped(logger)}]")
    blocks = [_indented(event[key]) for key in _LAST if key in event]
    return "\n".join((" ".join(words), *blocks)).encode("utf-8", "backslashreplace")


def _console_value(value: object) -> str:
    """Return a value so that it cannot be taken for two, or for another field."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return escaped(value)
    return escaped(json.dumps(value, default=shown, ensure_ascii=False, skipkeys=True))


def _indented(text: object) -> str:
    """Return a traceback further in, where no line of it passes for an event."""
    return "\n".join(f"    {escaped(line)}" for line in str(text).split("\n"))


def _without_controls(line: bytes) -> bytes:
    """Return a line of JSON, of which readers see one line: U+2028 ends one for some."""
    return _INSIDE_JSON.sub(_escape, line.decode()).encode()


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
