"""What can go wrong with a journal's store; each error says what to do next."""

from pathlib import Path

from gonogo.model.identifiers import RolloutId
from gonogo.ports.journal import JournalUnavailable


class JournalUnusable(Exception):
    """
    The journal cannot be opened, read or written.

    Attributes:
        place: Its file, or its database without the password.
    """

    def __init__(self, place: Path | str, *, what: str, remedy: str) -> None:
        """Compose the message from what is the matter and what to do."""
        self.place, self.what, self.remedy = str(place), what, remedy
        super().__init__(f"The journal {place} cannot be used: {what}. {remedy}")


class JournalOutOfReach(JournalUnusable, JournalUnavailable):
    """
    The journal cannot be used now, for a reason that may pass by itself.

    An append that ends in it is kept as a whole or not at all; which of the two shows
    when the journal can be read again.
    """


class JournalTooNew(JournalUnusable):
    """The journal was written by a later version of gonogo."""

    def __init__(self, place: Path | str, *, found: int, known: int) -> None:
        """Compose the message from the version found and the one known here."""
        self.found, self.known = found, known
        super().__init__(
            place,
            what=f"its form is version {found}, and this gonogo knows up to {known}",
            remedy="Use the version of gonogo that wrote it, or a later one.",
        )


class JournalDamaged(JournalUnusable):
    """A record, a command or another row in the journal is not what was written."""

    def __init__(
        self, place: Path | str, rollout: RolloutId, *, where: str, what: str
    ) -> None:
        """Compose the message from the place and what shows there."""
        self.rollout, self.where = rollout, where
        super().__init__(
            place,
            what=f"{where} of rollout {rollout} {what}",
            remedy="`gonogo journal verify` lists all damage; restore a backup.",
        )


class RolloutBusy(Exception):
    """
    Another runner on this machine drives the rollout.

    Attributes:
        pid: Its process; None when that could not be found out.
    """

    def __init__(self, rollout: RolloutId, *, pid: int | None) -> None:
        """Compose the message from who holds the rollout."""
        self.rollout, self.pid = rollout, pid
        holder = "another process" if pid is None else f"process {pid}"
        super().__init__(
            f"Rollout {rollout} is already run by {holder} on this machine. Follow it "
            "with `gonogo watch`, or end that process and try again."
        )
