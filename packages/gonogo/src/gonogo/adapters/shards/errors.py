"""What can keep a worker from getting shards; each error says what to do next."""

from pathlib import Path


class WorkspaceBusy(Exception):
    """
    Another worker on this machine runs the rollouts of the workspace.

    Attributes:
        pid: Its process; None when that could not be found out.
    """

    def __init__(self, folder: Path, *, pid: int | None) -> None:
        """Compose the message from the folder and who holds it."""
        self.folder, self.pid = folder, pid
        holder = "another process" if pid is None else f"process {pid}"
        super().__init__(
            f"The rollouts in {folder} are already run by {holder} on this machine. "
            "Leave it at work and follow it with `gonogo watch`, or end it and try "
            "again."
        )


class ShardsUnusable(Exception):
    """
    The place that tells who runs a shard cannot be read or written.

    Attributes:
        place: A folder, or a database without its password.
    """

    def __init__(self, place: str, *, what: str, remedy: str) -> None:
        """Compose the message from what is the matter and what to do."""
        self.place, self.what, self.remedy = place, what, remedy
        super().__init__(f"No shards can be taken at {place}: {what}. {remedy}")
