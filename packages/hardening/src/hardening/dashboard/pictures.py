"""Pictures: small SVG bars, drawn with attributes alone, as the page's policy wants."""

from collections.abc import Sequence
from html import escape

from hardening.dashboard.panels import Panel
from hardening.dashboard.spans import at_most

_WIDTH, _HEIGHT, _STEP = 180, 28, 3


def trend(minutes: Sequence[Panel]) -> str:
    """Return a circuit's last minutes: failed at the bottom, the others above."""
    totals = [sum(minute.values()) for minute in minutes]
    highest = max(totals, default=0) or 1
    bars = "".join(
        _stack(index * _STEP, minute, highest) for index, minute in enumerate(minutes)
    )
    failed = sum(minute["failed"] for minute in minutes)
    rejected = sum(minute["rejected"] for minute in minutes)
    told = (
        f"Last {len(minutes)} minutes: {sum(totals)} calls, {failed} failed, "
        f"{rejected} rejected"
    )
    wide = _STEP * max(len(minutes), 1)
    ground = f'<rect class="track" x="0" y="{_HEIGHT - 1}" width="{wide}" height="1"/>'
    return _picture(told, ground + bars, wide)


def histogram(buckets: Sequence[Panel]) -> str:
    """Return waits by size, short ones first."""
    highest = max((bucket["count"] for bucket in buckets), default=0) or 1
    wide = _WIDTH / max(len(buckets), 1)
    bars = "".join(
        _bar(index * wide, 0, wide - 1, bucket["count"] / highest, "calls")
        for index, bucket in enumerate(buckets)
    )
    filled = [bucket for bucket in buckets if bucket["count"]]
    told = ", ".join(f"{at_most(one['up_to_s'])}: {one['count']}" for one in filled)
    return _picture(f"Waits: {told or 'none'}", bars, _WIDTH)


def share(used: float, threshold: float) -> str:
    """Return how much of a pool is in use, with a mark at its threshold."""
    kind = "failed" if used >= threshold else "calls"
    low = (
        f'<rect class="track" x="0" y="10" width="{_WIDTH}" height="8"/>'
        f'<rect class="{kind}" x="0" y="10" width="{_of(used)}" height="8"/>'
        f'<rect class="mark" x="{_of(threshold)}" y="6" width="2" height="16"/>'
    )
    told = f"{used:.0%} in use, rejects from {threshold:.0%}"
    return _picture(told, low, _WIDTH)


def _stack(x: int, minute: Panel, highest: int) -> str:
    low, bars = 0.0, ""
    for kind in ("failed", "rejected", "succeeded"):
        part = minute[kind] / highest
        name = "calls" if kind == "succeeded" else kind
        bars += _bar(x, low, _STEP - 1, part, name)
        low += part
    return bars


def _bar(x: float, low: float, width: float, part: float, kind: str) -> str:
    """Return a bar; one that is not zero is at least a pixel high."""
    if part <= 0:
        return ""
    height = max(1.0, part * _HEIGHT)
    y = max(0.0, _HEIGHT - low * _HEIGHT - height)
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def _of(part: float) -> str:
    return f"{min(max(part, 0.0), 1.0) * _WIDTH:.1f}"


def _picture(told: str, inside: str, width: float) -> str:
    return (
        f'<svg role="img" aria-label="{escape(told)}" width="{width:g}" '
        f'height="{_HEIGHT}" viewBox="0 0 {width:g} {_HEIGHT}">'
        f"<title>{escape(told)}</title>{inside}</svg>"
    )
