"""
The episode: from the first rejection until there has been none for a while.

Whether a caller is let in does not depend on it: the gate has no memory, so that a
connection that comes back is used at once. The episode only bounds what is told: a pool
at its limit rejects one caller and lets the next one in, a thousand times a second.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Episode:
    """
    What is remembered between two rejections.

    Attributes:
        since_s: The first rejection.
        last_s: The latest.
        told_s: When it was last told.
        rejected: How many, `since_s` and `last_s` included.
    """

    since_s: float
    last_s: float
    told_s: float
    rejected: int = 1

    @property
    def lasted_s(self) -> float:
        """The span from the first rejection to the latest, in seconds."""
        return self.last_s - self.since_s


def after_rejection(episode: Episode | None, now_s: float, every_s: float) -> Episode:
    """
    Fold one rejection into the episode; None begins one.

    Returns:
        The episode; its `told_s` is `now_s` where this rejection is to be told: the
        first, and the first of each further span of `every_s`.
    """
    if episode is None:
        return Episode(now_s, now_s, now_s)
    due = now_s - episode.told_s >= every_s
    told_s = now_s if due else episode.told_s
    return replace(episode, last_s=now_s, told_s=told_s, rejected=episode.rejected + 1)


def is_over(episode: Episode, now_s: float, calm_s: float) -> bool:
    """Tell whether the latest rejection is long enough ago."""
    return now_s - episode.last_s >= calm_s
