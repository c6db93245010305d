"""What can go wrong with a journal on disk; each error says what to do next."""

from pathlib import Path

from gonogo.model.identifiers import RolloutId


class JournalUnusable(Exception):
    """The journal's file cannot be opened, read or written."""

    def __init__(self, path: Path, *, what: str, remedy: str) -> None:
        """Compose the message from what is the matter and what to do."""
        self.path, self.what, self.remedy = path, what, remedy
        super().__init__(f"The journal {path} cannot be used: {what}. {remedy}")


class JournalTooNew(JournalUnusable):
    """The journal was written by a later version of gonogo."""

    def __init__(self, path: Path, *, found: int, known: int) -> None:
        """Compose the message from the version found and the one known here."""
        self.found, self.known = found, known
        super().__init__(
            path,
            what=f"its form is version {found}, and this gonogo knows up to {known}",
            remedy="Use the version of gonogo that wrote it, or a later one.",
        )


class JournalDamaged(JournalUnusable):
    """A record or a command in the journal is not what was written."""

    def __init__(
        self, path: Path, rollout: RolloutId, *, where: str, what: str
    ) -> None:
        """Compose the message from the place and what shows there."""
        self.rollout, self.where = rollout, where
        super().__init__(
            path,
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
