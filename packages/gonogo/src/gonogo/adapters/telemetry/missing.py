"""What has to be installed for telemetry, and was not."""

from collections.abc import Iterator
from contextlib import contextmanager


class TelemetryNotInstalled(Exception):
    """Telemetry was asked for, and the packages that it needs are not there."""

    def __init__(self, wanted: str, asked_by: str, missing: str) -> None:
        """Compose the message from what was asked for and where."""
        self.missing = missing
        super().__init__(
            f"{asked_by} asks for {wanted}, and the package '{missing}' is not "
            "installed. Run `pip install 'gonogo[telemetry]'`."
        )


@contextmanager
def installed(wanted: str, *, asked_by: str) -> Iterator[None]:
    """
    Let the imports of an optional feature fail with words.

    Raises:
        TelemetryNotInstalled: A module is not there.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise TelemetryNotInstalled(wanted, asked_by, str(error.name)) from error
