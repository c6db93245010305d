"""Writing: a file whole or not at all."""

import os
import tempfile
from pathlib import Path

_AS_USUAL = 0o666


def write_whole(path: Path, text: str) -> None:
    """
    Write a text file so that nobody ever sees half of it.

    A link stays a link, a device or a pipe what it is.

    Raises:
        OSError: It cannot be written; what stood there stands there still.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
        return
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else _usual_mode()
    number, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _usual_mode() -> int:
    """Return the mode of a new file, as this person's other programs make it."""
    mask = os.umask(0)
    os.umask(mask)
    return _AS_USUAL & ~mask
