"""Polling: what the loops of both clients may be told of their waits."""

from hardening.core import require


def require_spans(loop: str, poll_s: float, **others_s: float) -> None:
    """
    Refuse waits that never end.

    Args:
        loop: The class, for the names of its settings.
        poll_s: May be 0: not to wait at all.
        others_s: By their names; each is more than 0.

    Raises:
        InvalidSetting: One does not hold.
    """
    holds = 0 <= poll_s < float("inf")
    require(f"{loop}.poll_s", poll_s, "0 or more and finite", holds=holds)
    for name, span_s in others_s.items():
        holds = 0 < span_s < float("inf")
        require(f"{loop}.{name}", span_s, "more than 0 and finite", holds=holds)
