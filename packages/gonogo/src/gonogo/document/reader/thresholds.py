"""
Thresholds: one grammar for every condition ('< +5 %', '2x baseline', '40-60 %').

A text is cut into tokens; a word that means nothing to a threshold ends the phrase.
The longest part of the phrase that the grammar knows becomes a `Condition`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from gonogo.document.reader.quantities import (
    COMPARATOR_WORDS,
    COMPARATORS,
    TOKEN,
    UNITS,
)
from gonogo.document.reader.series import relative, speaks_of_change, window
from gonogo.model.condition import Comparator, Condition, Relative

_GRAMMAR = r"""
?start: COMPARATOR quantity                  -> compared
      | quantity COMPARATOR                  -> compared_behind
      | COMPARATOR ABOUT quantity            -> compared_about
      | quantity RANGE quantity              -> between
      | COMPARATOR quantity RANGE quantity   -> between
      | BETWEEN quantity RANGE quantity      -> between
      | ABOUT quantity RANGE quantity        -> between
      | quantity PLUS                        -> at_least
      | ABOUT quantity                       -> about
      | WITHIN quantity                      -> within
      | NUMBER OF NUMBER                     -> all_of
      | quantity                             -> exact
quantity: SIGN? NUMBER UNIT? | SIGN? NUMBER PLUS UNIT
%declare COMPARATOR NUMBER UNIT RANGE BETWEEN PLUS ABOUT WITHIN OF SIGN
"""
# Several readers ask about the same sentence; this many are remembered.
_REMEMBERED = 1024
# No condition is longer than this many tokens.
_LONGEST = 9
_STARTS = frozenset({"COMPARATOR", "BETWEEN", "WITHIN", "ABOUT"})
_SCALES = {"k": 1e3, "m": 1e6}


class _Cut(Lexer):
    """Hands lark the tokens that were cut before."""

    def __init__(self, lexer_conf: object) -> None:
        """Take what lark gives; nothing of it is needed."""

    def lex(self, lexer_state: Any, *_: Any) -> Iterator[Token]:  # noqa: ANN401
        """Yield the tokens, which lark hands through in place of a text."""
        yield from lexer_state


_PARSER = Lark(_GRAMMAR, parser="lalr", lexer=_Cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A condition found in a text, and the offsets of the phrase that states it."""

    condition: Condition
    start: int
    end: int
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class _Quantity:
    value: float
    unit: str | None
    signed: bool


@lru_cache(maxsize=_REMEMBERED)
def find_threshold(text: str, *, bare: bool = False) -> Threshold | None:
    """
    Return the first numeric condition in `text`; None where there is none.

    Args:
        text: Plain words.
        bare: Whether a number alone is a condition, as in a threshold's cell.
    """
    for phrase in _phrases(text, bare=bare):
        parsed = _longest_parse(phrase)
        if parsed is not None:
            tree, used = parsed
            return _threshold(text, tree, phrase[:used])
    return None


def _phrases(text: str, *, bare: bool) -> Iterator[list[Token]]:
    """Yield the runs of tokens that may begin a condition, from left to right."""
    runs = _runs(text)
    for run in runs:
        for index, token in enumerate(run):
            ranged = token.type == "NUMBER" and any(
                t.type in {"RANGE", "COMPARATOR"} for t in run[index + 1 : index + 3]
            )
            if token.type in _STARTS or ranged:
                yield run[index : index + _LONGEST]
    if bare:
        for run in runs:
            starts = (i for i, t in enumerate(run) if t.type in {"NUMBER", "SIGN"})
            for index in starts:
                yield run[index : index + _LONGEST]


def _runs(text: str) -> list[list[Token]]:
    """Return the tokens of `text`, in runs that no other word interrupts."""
    runs: list[list[Token]] = [[]]
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None or (text[position].isalnum() and _in_word(text, position)):
            position = _next_start(text, position)
            if runs[-1]:
                runs.append([])
            continue
        if match.lastgroup != "SPACE":
            runs[-1].append(_token(match))
        position = match.end()
    return runs


def _in_word(text: str, position: int) -> bool:
    """Tell whether a word or number began before `position` ('P99', 'v1.2')."""
    before = text[position - 1] if position else " "
    return before.isalpha() or before == "_" or (before == "." and position > 1)


def _next_start(text: str, position: int) -> int:
    """Return where the next word or sign begins."""
    position += 1
    while (
        position < len(text)
        and text[position].isalnum()
        and (text[position - 1].isalnum() or text[position - 1] == "_")
    ):
        position += 1
    return position


def _token(match: re.Match[str]) -> Token:
    kind = "NUMBER" if match["NUMBER"] else match.lastgroup or ""
    return Token(kind, match.group(), start_pos=match.start(), end_pos=match.end())


def _longest_parse(phrase: Sequence[Token]) -> tuple[Tree[Token], int] | None:
    for used in range(len(phrase), 0, -1):
        try:
            return _PARSER.parse(phrase[:used]), used
        except UnexpectedInput:
            continue
    return None


def _threshold(text: str, tree: Tree[Token], used: Sequence[Token]) -> Threshold | None:
    start, end = used[0].start_pos or 0, used[-1].end_pos or 0
    comparator, value, quantity = _compared(tree)
    beside = text[:start] + " " + text[end:]
    unit = quantity.unit or "count"
    return Threshold(
        condition=Condition(
            comparator=comparator,
            value=value,
            unit=unit,
            relative=_relative(beside, quantity, unit),
            window=window(beside),
        ),
        start=start,
        end=end,
        approximate=any(t.type == "ABOUT" for t in used),
    )


def _compared(
    tree: Tree[Token],
) -> tuple[Comparator, float | tuple[float, float], _Quantity]:
    quantities = [_quantity(t) for t in tree.children if isinstance(t, Tree)]
    match tree.data:
        case "all_of":
            total = float(str(tree.children[-1]).replace(",", ""))
            return Comparator.EQUAL, total, _Quantity(total, None, signed=False)
        case "between":
            low, high = quantities[0], quantities[1]
            values = (min(low.value, high.value), max(low.value, high.value))
            return Comparator.BETWEEN, values, high if high.unit else low
        case "within":
            first = quantities[0]
            return (
                Comparator.BETWEEN,
                (-first.value, first.value),
                _Quantity(first.value, first.unit, signed=True),
            )
        case "at_least":
            return Comparator.AT_LEAST, quantities[0].value, quantities[0]
        case "about" | "exact":
            plus = any(t.type == "PLUS" for t in tree.scan_values(_is_token))
            comparator = Comparator.AT_LEAST if plus else Comparator.EQUAL
            return comparator, quantities[0].value, quantities[0]
        case _:
            return _comparator(tree), quantities[0].value, quantities[0]


def _is_token(child: object) -> bool:
    return isinstance(child, Token)


def _comparator(tree: Tree[Token]) -> Comparator:
    word = next(t for t in tree.scan_values(_is_token) if t.type == "COMPARATOR")
    folded = " ".join(word.lower().split())
    return COMPARATORS.get(folded) or COMPARATOR_WORDS[folded]


def _quantity(tree: Tree[Token]) -> _Quantity:
    tokens = [t for t in tree.children if isinstance(t, Token)]
    number = next(t for t in tokens if t.type == "NUMBER")
    sign = next((t for t in tokens if t.type == "SIGN"), "")
    unit = next((UNITS[t.lower()] for t in tokens if t.type == "UNIT"), None)
    digits = number.rstrip("kKM").replace(",", "")
    value = float(digits) * _SCALES.get(number[-1].lower(), 1.0)
    return _Quantity(-value if sign == "-" else value, unit, signed=bool(sign))


def _relative(beside: str, quantity: _Quantity, unit: str) -> Relative | None:
    named = relative(beside)
    if named is not None:
        return named
    share = unit in {"%", "pp"}
    if unit == "x" or (share and (quantity.signed or speaks_of_change(beside))):
        return Relative.BASELINE
    return None
