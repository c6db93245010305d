"""Settings: everything that a process of the service is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# A beat is due twice a second; these allow for a machine that is busy with other work.
MISS_AFTER_S = 2.0
STALL_AFTER_S = 3.0


class SettingMissing(Exception):
    """The environment lacks what a process needs."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The environment variable {name} is not set."
            " Start the system with 'python -m qc_flow up', which sets it."
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What one environment (production or staging) consists of.

    Attributes:
        database_url: Of PostgreSQL.
        token: What the admin endpoints ask for.
        flags: The flagd-form JSON file.
        faults: The file of injected faults; may be absent.
        home: Holds `releases/`, the pointer `current`, and `backups/`.
        miss_after_s: Without progress for so long, a heartbeat counts as missed.
        stall_after_s: Without progress for so long, a job counts as stuck.
    """

    database_url: str
    token: str
    flags: Path
    faults: Path
    home: Path
    miss_after_s: float = MISS_AFTER_S
    stall_after_s: float = STALL_AFTER_S

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """
        Return the settings that the environment variables give.

        Raises:
            SettingMissing: Names the first variable that is missing.
        """

        def needed(name: str) -> str:
            if not environment.get(name):
                raise SettingMissing(name)
            return environment[name]

        return cls(
            database_url=needed("QC_DATABASE_URL"),
            token=needed("TOKEN"),
            flags=Path(needed("QC_FLAGS_FILE")),
            faults=Path(needed("QC_FAULTS_FILE")),
            home=Path(needed("QC_HOME")),
            miss_after_s=float(environment.get("QC_MISS_AFTER_S", MISS_AFTER_S)),
            stall_after_s=float(environment.get("QC_STALL_AFTER_S", STALL_AFTER_S)),
        )
