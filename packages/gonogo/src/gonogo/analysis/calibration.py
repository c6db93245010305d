"""
Calibration: how much more a metric wavers than chance alone would make it.

A period in which two arms run the same code (an A/A period) shows it: what differs
between them is noise. Short blocks show events that come in bursts (phi), long ones
arms that drift apart slowly (tau); of a gauge it is one long-run variance.

Source: STATISTICS 5, formula (8), and 3.5.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from gonogo.model.judging import Noise

SHORT, LONG = (1, 5), (15, 60)
"""Looks in a block: so short that arms have no time to drift apart, and so long."""
CONFIDENCE = 0.95
FEWEST_BLOCKS = 8
DAY = timedelta(days=1)


class TooLittle(Exception):
    """A period is too short, or too quiet, to measure noise; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """
    One of the two arms in one look.

    Attributes:
        events: Counted; at least 0.
        exposure: Among so many; above 0.
    """

    events: float
    exposure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """
    The noise that a period showed.

    Attributes:
        looks: So many were used.
        events: Counted in both arms; 0 of a gauge.
        ratios: By looks in a block, the variance over that of chance alone.
    """

    noise: Noise
    looks: int
    events: float = 0.0
    ratios: tuple[tuple[int, float], ...] = ()


def calibrated_counts(pairs: Sequence[tuple[Half, Half]]) -> Calibrated:
    """
    Return phi and tau of two arms that run the same.

    The arms need not be equal: what counts is how the events of a block are divided
    against how its exposure is.

    Args:
        pairs: The two arms look by look, oldest first; looks without data left out.

    Raises:
        TooLittle: No event, or fewer than eight blocks of an hour's looks.
    """
    events = sum(one.events + other.events for one, other in pairs)
    if not events:
        text = "nothing was counted in that time: noise shows in events only"
        raise TooLittle(text)
    if len(pairs) < FEWEST_BLOCKS * SHORT[1]:
        text = f"{len(pairs)} looks with data are too few: take at least a day"
        raise TooLittle(text)
    phi = max(1.0, *(_surplus(_blocks(pairs, size), 1.0) or 1.0 for size in SHORT))
    tau = math.sqrt(max(_slow(_blocks(pairs, size), phi) for size in LONG))
    ratios = tuple((size, _blocks(pairs, size).ratio) for size in (*SHORT, *LONG))
    noise = Noise(phi=phi, tau=tau)
    return Calibrated(noise=noise, looks=len(pairs), events=events, ratios=ratios)


def calibrated_gauge(differences: Sequence[float]) -> Calibrated:
    """
    Return the long-run variance of the log ratio of two arms that run the same.

    Args:
        differences: ln(one) - ln(other), look by look, oldest first.

    Raises:
        TooLittle: Fewer than three blocks of an hour's looks.
    """
    block = LONG[-1]
    means = _means(differences, block)
    if len(means) < FEWEST_MEANS:
        text = f"{len(differences)} looks with data are too few: take at least a day"
        raise TooLittle(text)
    variance = max(block * _upper_variance(means), _autoregressive(differences))
    noise = Noise(lrv=max(variance, LEAST))
    return Calibrated(noise=noise, looks=len(differences))


FEWEST_MEANS = 3
LEAST = 1e-12
"""Of arms that never differ: no variance at all would make every difference a proof."""


@dataclass(frozen=True, slots=True)
class _Blocks:
    """
    How the events of blocks are divided between the arms.

    Attributes:
        number: So many whole blocks there are; 0 where nothing was counted.
        ratio: f of (8): the variance of the division over that of chance alone.
        weight: What tau squared is multiplied with in it: N / 4 of equal arms.
    """

    number: int
    ratio: float
    weight: float


def _blocks(pairs: Sequence[tuple[Half, Half]], size: int) -> _Blocks:
    found = [
        _divided(pairs[start : start + size])
        for start in range(0, len(pairs) - size + 1, size)
    ]
    chance = sum(expected for _, expected in found)
    if not chance:
        return _Blocks(0, 0.0, 0.0)
    ratio = sum(off**2 for off, _ in found) / chance
    return _Blocks(len(found), ratio, chance / len(found))


def _divided(pairs: Sequence[tuple[Half, Half]]) -> tuple[float, float]:
    """Return how far the division of a block is off, and its variance by chance."""
    first = sum(one.events for one, _ in pairs)
    events = first + sum(other.events for _, other in pairs)
    exposure = sum(one.exposure for one, _ in pairs)
    share = exposure / (exposure + sum(other.exposure for _, other in pairs))
    return first - events * share, events * share * (1 - share)


def _surplus(blocks: _Blocks, phi: float) -> float | None:
    """Return the ratio where it is more than chance and phi explain; else None."""
    beyond = blocks.number and blocks.ratio > phi * _bar(blocks.number)
    return blocks.ratio if beyond else None


def _slow(blocks: _Blocks, phi: float) -> float:
    """Return tau squared; 0 where bursts explain what is seen."""
    ratio = _surplus(blocks, phi) if blocks.number >= FEWEST_BLOCKS else None
    return 0.0 if ratio is None else (ratio - phi) / blocks.weight


def _bar(blocks: int) -> float:
    """Return what chance alone stays below with 95 %."""
    return _chi_square(CONFIDENCE, blocks) / blocks


def _chi_square(probability: float, degrees: int) -> float:
    # Not at the top: only who calibrates waits for it.
    from scipy.special import chdtri  # noqa: PLC0415

    return float(chdtri(degrees, 1 - probability))


def _means(values: Sequence[float], size: int) -> list[float]:
    starts = range(0, len(values) - size + 1, size)
    return [sum(values[start : start + size]) / size for start in starts]


def _upper_variance(means: Sequence[float]) -> float:
    """Return a variance that the true one exceeds in one case of ten."""
    degrees = len(means) - 1
    return _squares(means) / _chi_square(0.1, degrees)


def _autoregressive(values: Sequence[float]) -> float:
    """Return the long-run variance if each look remembers the one before."""
    squares = _squares(values)
    if not squares:
        return 0.0
    mean = sum(values) / len(values)
    off = [value - mean for value in values]
    remembered = sum(a * b for a, b in pairwise(off))
    memory = remembered / (len(off) - 1) / (squares / len(off))
    memory += 1.28 * math.sqrt(max(1 - memory**2, 0) / len(off))
    memory = min(memory, 0.995)  # a walk without end has no long-run variance
    return squares / len(off) * (1 + memory) / (1 - memory)


def _squares(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)
