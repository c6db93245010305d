"""Asking several questions at once, within one deadline, whoever does not keep it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from gonogo.ports.operator import Cancellation

T = TypeVar("T")

_POLL_S = 0.05  # how late a cancellation may be noticed


class Late(Exception):
    """The answers are not there within their deadline."""


class Cancelled(Exception):
    """Nobody wants the answers any more."""


@dataclass(frozen=True, slots=True)
class _Answer(Generic[T]):
    """What one question gave (one value), or what was raised instead."""

    place: int
    given: tuple[T, ...] = ()
    error: BaseException | None = None


def answered(
    questions: Sequence[Callable[[], T]],
    *,
    deadline_s: float,
    cancelled: Cancellation,
) -> list[T]:
    """
    Return the answers, in the order of the questions.

    Each is asked on a thread of its own; one that hangs is left to itself.

    Raises:
        Late: Not all were answered in time.
        Cancelled: Set while they were waited for.
        Exception: What the first question that failed has raised.
    """
    limit = time.monotonic() + deadline_s
    answers: SimpleQueue[_Answer[T]] = SimpleQueue()
    for place, question in enumerate(questions):
        Thread(target=_ask, args=(question, place, answers), daemon=True).start()
    found: dict[int, tuple[T, ...]] = {}
    while len(found) < len(questions):
        answer = _next(answers, limit, cancelled)
        if answer.error is not None:
            raise answer.error
        found[answer.place] = answer.given
    return [given for place in range(len(questions)) for given in found[place]]


def _ask(
    question: Callable[[], T], place: int, answers: "SimpleQueue[_Answer[T]]"
) -> None:
    try:
        answers.put(_Answer(place, (question(),)))
    except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
        answers.put(_Answer(place, error=error))


def _next(
    answers: "SimpleQueue[_Answer[T]]", limit: float, cancelled: Cancellation
) -> _Answer[T]:
    while True:
        left_s = limit - time.monotonic()
        if cancelled.is_set():
            raise Cancelled
        if left_s <= 0:
            raise Late
        try:
            return answers.get(timeout=min(_POLL_S, left_s))
        except Empty:
            continue
