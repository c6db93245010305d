"""
Selectors: which of the pushed series a query means.

    http.server.requests{service.version="2", http.response.status_code=~"5.."}
    count(http.server.request.duration{service.version="2"})
    shop.errors or 0 * shop.requests

Matchers are those of Prometheus (`=`, `!=`, `=~`, `!~`; a label that is not there is
''). `count(…)` is how many observations a timer or histogram made. Behind `or 0 *`
stands what tells that there was something to count: many clients send no counter that
is zero, and only who sent its requests without an error had none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_NAME = r"[A-Za-z_][\w.:/-]*"
_SELECTOR = re.compile(
    rf"(?:(?P<count>count)\s*\()?\s*(?P<name>{_NAME})\s*"
    r"(?:\{(?P<matchers>(?:[^{}\"]|\"(?:[^\"\\]|\\.)*\")*)\})?\s*(?P<close>\))?"
)
_MATCHER = re.compile(
    r"\s*(?P<label>[A-Za-z_][\w.:/-]*)\s*(?P<sign>=~|!~|!=|=)\s*"
    r"\"(?P<text>(?:[^\"\\]|\\.)*)\"\s*(?:,|$)"
)
_ELSE = re.compile(r"\s+or\s+0\s*\*\s*")
_ESCAPED = re.compile(r"\\(.)")

Test = Callable[[str], bool]


class NoSelector(ValueError):
    """A text is no selector; says where."""


@dataclass(frozen=True, slots=True)
class Selector:
    """
    Which series are meant.

    Attributes:
        count: Not the observations, but how many there were.
        otherwise: Gives zero where this has nothing, and it has something.
    """

    name: str
    matchers: tuple[tuple[str, Test], ...] = ()
    count: bool = False
    otherwise: "Selector | None" = None

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Return whether a series is meant."""
        return name == self.name and all(
            test(labels.get(label, "")) for label, test in self.matchers
        )


def parsed(text: str) -> Selector:
    """
    Return the selector that a query is.

    Raises:
        NoSelector: It is none.
    """
    first, *rest = _ELSE.split(text.strip())
    otherwise = parsed(rest[0]) if len(rest) == 1 else None
    found = _SELECTOR.fullmatch(first)
    if found is None or len(rest) > 1 or bool(found["count"]) != bool(found["close"]):
        message = (
            f"'{text.strip()[:80]}' is no selector. Write name{{label=\"value\"}}."
        )
        raise NoSelector(message)
    return Selector(
        found["name"],
        _matchers(found["matchers"] or ""),
        count=bool(found["count"]),
        otherwise=otherwise,
    )


def _matchers(text: str) -> tuple[tuple[str, Test], ...]:
    found: list[tuple[str, Test]] = []
    at = 0
    while text[at:].strip():
        match = _MATCHER.match(text, at)
        if match is None:
            message = (
                f"'{text[at:].strip()[:60]}' is no matcher. Write label=\"value\"."
            )
            raise NoSelector(message)
        value = _ESCAPED.sub(r"\1", match["text"])
        found.append((match["label"], _test(match["sign"], value, match["text"])))
        at = match.end()
    return tuple(found)


def _test(sign: str, value: str, written: str) -> Test:
    if sign == "=":
        return value.__eq__
    if sign == "!=":
        return value.__ne__
    try:
        pattern = re.compile(written.replace("\\\\", "\\"))
    except re.error as error:
        message = f"'{written[:60]}' is no pattern ({error})."
        raise NoSelector(message) from error
    if sign == "=~":
        return lambda text: pattern.fullmatch(text) is not None
    return lambda text: pattern.fullmatch(text) is None
