"""The exit statuses: what a script that calls gonogo learns without reading a word."""

from enum import IntEnum


class Exit(IntEnum):
    """What became of a command."""

    OK = 0
    ROLLED_BACK = 1
    DAMAGED = 1
    USAGE = 2
    WAITING = 3
    CRASHED = 70  # EX_SOFTWARE of sysexits.h: a defect of gonogo's own
    INTERRUPTED = 130  # as shells report a Ctrl-C


MEANING = {
    Exit.OK: "completed, or said what was asked",
    Exit.ROLLED_BACK: "rolled back; of `journal verify`: damaged",
    Exit.USAGE: "an error in the document, or in how gonogo was called",
    Exit.WAITING: "waits for a person, or was left; the same command goes on",
    Exit.CRASHED: "gonogo itself failed; the message names the file with the details",
}
