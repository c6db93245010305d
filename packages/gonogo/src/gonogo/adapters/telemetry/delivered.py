"""
What was delivered: up to which record of each rollout others have been told.

The journal is the queue; this is the cursor in it. It may be lost: then what happened
before it was made is not told again, and nothing that happens after is missed.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from gonogo.decision.transitions import Phase
from gonogo.model.identifiers import RolloutId
from gonogo.model.standing import Standing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS begun (at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivered (
    rollout TEXT PRIMARY KEY, seq INTEGER NOT NULL, phase TEXT NOT NULL
) WITHOUT ROWID;
"""
# How long another process may hold the file; its transactions take milliseconds.
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Told:
    """
    Up to which record of a rollout others were told.

    Attributes:
        phase: After that record, when nothing else was left to tell; else empty.
    """

    seq: int
    phase: str = ""


class Delivered:
    """
    Keeps the cursor in a SQLite file; thread-safe, shared between processes.

    Args:
        path: The file; its folder has to be there.
        now: The wall clock, for a file that is made.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(
            path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A power cut may take the last notes along: then others are told once more.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)
        self._connection.execute(
            "INSERT INTO begun SELECT ? WHERE NOT EXISTS (SELECT 1 FROM begun)",
            (now.isoformat(),),
        )
        with closing(self._connection.execute("SELECT at FROM begun")) as rows:
            self.since = datetime.fromisoformat(rows.fetchone()[0])

    def told(self, rollout: RolloutId) -> Told | None:
        """Return up to where others were told of a rollout, or None for never."""
        with self._lock:
            row = self._connection.execute(
                "SELECT seq, phase FROM delivered WHERE rollout = ?", (rollout,)
            ).fetchone()
        return None if row is None else Told(*row)

    def note(self, rollout: RolloutId, told: Told) -> None:
        """Keep that others were told so far; never goes back."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO delivered VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                "SET seq = excluded.seq, phase = excluded.phase "
                "WHERE excluded.seq >= seq",
                (rollout, told.seq, told.phase),
            )

    def behind(self, standings: Iterable[Standing]) -> Iterator[RolloutId]:
        """Yield the rollouts of which others may have to be told something."""
        with self._lock:
            rows = self._connection.execute("SELECT rollout, phase FROM delivered")
            phases = dict(rows.fetchall())
        for standing in standings:
            last = standing.ended_at or standing.started_at
            new = standing.phase == Phase.ROLLING_BACK or last >= self.since
            known = phases.get(standing.rollout)
            if known != standing.phase and (known is not None or new):
                yield standing.rollout

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
