"""The inbox: people's words from other processes, heard soon and in order."""

from datetime import datetime, timedelta

from gonogo.ports.clock import Clock
from gonogo.ports.journal import Journal, Received, Unread

# So many words are heard with one commit: about 20 ms of deciding.
MOST_HEARD = 64


class Inbox:
    """
    Looks for commands that were sent; at most once a pause, unless called.

    Args:
        pause: How long a command may lie when nobody calls.
    """

    def __init__(self, journal: Journal, clock: Clock, *, pause: timedelta) -> None:
        self._journal, self._clock, self._pause = journal, clock, pause
        self._heard_at: datetime | None = None
        self._heard_to = 0

    def listen_again(self) -> None:
        """Look at once, whenever that is next. From any thread."""
        self._heard_at = None

    def pause_s(self) -> float:
        """Return how long nobody looks yet."""
        if self._heard_at is None:
            return 0.0
        left = self._pause - (self._clock.wall() - self._heard_at)
        return max(left.total_seconds(), 0.0)

    def heard(self) -> tuple[Received | Unread, ...]:
        """Return the next commands, oldest first, if it is time to look."""
        if self.pause_s():
            return ()
        # Before the look: who calls amid it is not forgotten.
        self._heard_at = self._clock.wall()
        found = self._journal.received_since(self._heard_to, most=MOST_HEARD)
        self._heard_to = found[-1].number if len(found) == MOST_HEARD else 0
        if self._heard_to:
            self.listen_again()
        return found
