"""Figures: numbers as they are read at two in the morning, never as '1.2e+03'."""

import math

_MANY = math.log(1e6)
_LEAST = 0.05


def figures(value: float, digits: int = 3) -> str:
    """
    Return a number with so many figures that count: '1,230', '4.5', '0.000012'.

    Args:
        value: Finite.
        digits: Further ones are 0 before the point, and are not there behind it.
    """
    text = f"{value:.{digits}g}"
    return _written_out(float(text), digits) if "e" in text else text


def _written_out(value: float, digits: int) -> str:
    if abs(value) >= 1:
        return f"{value:,.0f}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{value:.{places}f}".rstrip("0")


def count_text(value: float) -> str:
    """Return a count: '4,310'; with a tenth, '4,310.5', where it is an estimate."""
    whole = round(value)
    return f"{whole:,}" if abs(value - whole) < _NEARLY else f"{value:,.1f}"


_NEARLY = 1e-6  # sums of many parts are seldom whole to the last digit


def share_text(share: float, digits: int = 3) -> str:
    """Return a share of 1 in percent: '0.5 %'."""
    return f"{figures(100 * share, digits)} %"


def change_text(ratio: float) -> str:
    """Return a ratio as the change that it is: '+10 %' for 1.1."""
    return f"{'+' if ratio >= 1 else ''}{figures(100 * ratio - 100)} %"


def odds_text(log: float) -> str:
    """Return evidence as a multiple: 'over 1,000,000', '1,200', '40', '0.4'."""
    if log > _MANY:
        return "over 1,000,000"
    odds = math.exp(log)
    return figures(odds, 2) if odds >= _LEAST else "0.0"
