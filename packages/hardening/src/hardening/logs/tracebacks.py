"""Tracebacks: what an error says of itself, without the values of local variables."""

import sys
from traceback import TracebackException

# Of each error in the chain, the frames nearest to where it was raised.
_FRAMES = 50


def error_of(exc_info: object) -> BaseException | None:
    """
    Return the error that a log call was given.

    Args:
        exc_info: As `logging` takes it: an error, its triple, or true for the one that
            is being handled.
    """
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case tuple() | None | False:
            return None
        case _:
            return sys.exc_info()[1]


def traceback_of(error: BaseException) -> str:
    """
    Return an error's traceback, with causes, groups and notes.

    Of deep recursion the last 50 calls are kept. It never raises: an error that cannot
    be shown is named.
    """
    try:
        told = TracebackException.from_exception(error, limit=-_FRAMES, compact=True)
        return "".join(told.format()).rstrip("\n")
    except Exception as failure:  # noqa: BLE001 - a log call never fails
        kind, why = type(error).__name__, type(failure).__name__
        return f"[unprintable {kind}: {why}]"
