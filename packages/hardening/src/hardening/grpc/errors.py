"""Errors of a rotation itself; those of calls are gRPC's own."""


class RotationClosed(Exception):
    """A call was made after the rotation was closed."""

    def __init__(self) -> None:
        super().__init__("The rotation is closed; make a new one for further calls.")
