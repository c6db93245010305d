"""
Answers: what a person types, made the value of a binding.

The short forms are for people; whatever stands in braces is a binding as it is, and the
grammar of bindings judges both.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import yaml

from gonogo.document.bindings.grammar import PROBES, ROLLBACK_WORDS, STEP_WORDS
from gonogo.document.nodes import NoTree, Table
from gonogo.document.open_points.point import FORMS, Kind, OpenPoint
from gonogo.document.tree import tree

_WORD = re.compile(r"(?P<word>[a-z_]+)\s*:\s+(?P<rest>\S.*)", re.DOTALL)
_URL = re.compile(r"(?:https?://|\$\{?[A-Za-z_]\w*\}?/)\S*")
_SQL = re.compile(r"(?:select|with|insert|update|delete|create|alter)\s", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?(?P<name>[A-Za-z_]\w*)\}?")
_NAME = re.compile(r"[A-Za-z_]\w*")


class AnswerRefused(Exception):
    """An answer that cannot be bound; the text says why, as a sentence."""


def flow(value: object) -> str:
    """Return a value as YAML on one line."""
    text = yaml.safe_dump(
        value,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    return text.removesuffix("...\n").strip()


def value_of(point: OpenPoint, text: str) -> str:
    """
    Return the value, as YAML on one line, that an answer stands for.

    Raises:
        AnswerRefused: It has none of the forms, or is none of the choices.
    """
    text = text.strip()
    if point.choices:
        text = _chosen(text, point.choices)
    match = _WORD.fullmatch(text)
    if match and match["rest"].startswith(("{", "[")):
        text = f"{{{text}}}"
    if text.startswith("{"):
        return _mapping(text)
    if point.kind is Kind.CONNECTIONS and point.section == "steps":
        return flow({"sql": {"connection": text}})
    return flow(_READ[point.kind](text))


def _mapping(text: str) -> str:
    """Return a binding that is typed as it is, once it is known to be YAML."""
    try:
        if isinstance(tree(text), Table):
            return text
    except NoTree as error:
        message = f"that is no YAML: {error.problem}. Check its braces and quotes."
        raise AnswerRefused(message) from error
    message = f"'{text}' is no mapping, such as {{shell: {{run: ./x.sh}}}}."
    raise AnswerRefused(message)


def _chosen(text: str, choices: Sequence[str]) -> str:
    """Return the choice that is meant: by its words, whatever the case, or its number."""
    for number, choice in enumerate(choices, start=1):
        if text.casefold() in {choice.casefold(), str(number)}:
            return choice
    named = ", ".join(f"{n} '{choice}'" for n, choice in enumerate(choices, start=1))
    message = f"'{text}' is none of the choices: {named}."
    raise AnswerRefused(message)


def _people(text: str) -> object:
    names = [name.strip() for name in text.strip("[]").split(",")]
    return [name for name in names if name]


def _value(text: str) -> object:
    match = _VARIABLE.fullmatch(text)
    return {"env": match["name"]} if match else text


def _connection(text: str) -> object:
    match = _VARIABLE.fullmatch(text) or _NAME.fullmatch(text)
    return {"env": text.strip("${}")} if match else text


def _wait(text: str) -> object:
    return {"wait": text}


def _metric(text: str) -> object:
    return _said(Kind.METRICS, text, (*PROBES, "same_as"))


def _step(text: str) -> object:
    return _said(Kind.STEPS, text, STEP_WORDS)


def _rollback(text: str) -> object:
    return _said(Kind.ROLLBACKS, text, ROLLBACK_WORDS)


def _said(kind: Kind, text: str, words: Sequence[str]) -> object:
    """Return what a short form says, with one of the words that may stand there."""
    if text in {"ask", "covered"} and text in words:
        return {text: True}
    match = _WORD.fullmatch(text)
    if match and match["word"] in words:
        return _worded(match["word"], match["rest"])
    if _URL.match(text):
        return _worded("http", text)
    if _SQL.match(text):
        return _worded("sql", text)
    forms = "; ".join(form.split("  ")[0] for form in FORMS[kind])
    message = f"'{text}' does not say what kind of thing it is. Write one of: {forms}."
    raise AnswerRefused(message)


def _worded(word: str, rest: str) -> object:
    return {word: _INNER[word](rest) if word in _INNER else rest}


def _http(rest: str) -> object:
    url, _, path = rest.partition(" ")
    return {"url": url, "json": path.strip()} if path.strip() else url


def _migrate(rest: str) -> object:
    up, _, down = rest.partition(" ")
    return {"up": up, "down": down.strip()} if down.strip() else {"up": up}


def _flag(rest: str) -> object:
    try:
        name, percentage, file = rest.split(maxsplit=2)
        number = float(percentage.removesuffix("%"))
    except ValueError as error:
        message = "a flag takes its name, a percentage and its file."
        raise AnswerRefused(message) from error
    exact = int(number) if number.is_integer() else number
    return {"file": file, "name": name, "percentage": exact}


_INNER: Mapping[str, Callable[[str], object]] = {
    "http": _http,
    "migrate": _migrate,
    "flag": _flag,
}
_READ: Mapping[Kind, Callable[[str], object]] = {
    Kind.CONNECTIONS: _connection,
    Kind.VALUES: _value,
    Kind.VARIANTS: str,
    Kind.PEOPLE: _people,
    Kind.METRICS: _metric,
    Kind.WAITS: _wait,
    Kind.TRAFFIC: _step,
    Kind.STEPS: _step,
    Kind.ROLLBACKS: _rollback,
}
