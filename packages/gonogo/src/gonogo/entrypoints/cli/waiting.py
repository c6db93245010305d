"""What a rollout waits for from people, with the very lines to type."""

from collections.abc import Iterator

from gonogo.report.status import Status
from gonogo.report.status_people import Waiting
from gonogo.report.wording import later_text


def waiting_lines(status: Status) -> Iterator[str]:
    """Yield what is waited for, each with its commands below it."""
    if status.paused is not None:
        reason = f": {status.paused.reason}" if status.paused.reason else ""
        yield f"paused by {status.paused.by}{reason}"
        yield f"    gonogo resume {status.rollout}"
    for each in status.waiting:
        yield asked(each, status)
        yield from (f"    {command}" for command in each.commands)


def asked(waiting: Waiting, status: Status) -> str:
    """Return who is asked for what, and by when."""
    people = f" ({', '.join(waiting.people)})" if waiting.people else ""
    who = f"{waiting.role or 'whoever runs it'}{people}"
    line = f" (line {waiting.line})" if waiting.line else ""
    due = ""
    if waiting.due is not None:
        word = "overdue since" if waiting.overdue else "due"
        due = f", {word} {later_text(waiting.due, after=status.now)}"
    head = waiting.text.splitlines()[0] if waiting.text else ""
    return f"{who}: {head}{line}{due}"
