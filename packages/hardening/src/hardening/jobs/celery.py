"""
Celery's failed tasks as dead letters, and back.

    keeper = Keeper(DeadLetters(connecting(url)), spool=Spool("/var/lib/app/dlq"))
    keep_failures(keeper)   # where the Celery app is made, so that workers have it
    letters = DeadLetters(connecting(url), senders={"celery": CelerySender(app)})

A task fails for good when it raises something other than `Retry`, or runs out of its
`max_retries`; Celery's signal `task_failure` says so, also for a hard time limit and a
lost child process. A worker that is killed as a whole says nothing: with `acks_late`
the broker delivers its tasks again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from celery import Celery, signals
from kombu.entity import Queue
from kombu.exceptions import OperationalError
from kombu.utils import json as kombu_json

from hardening.core import SystemClock, WallClock
from hardening.jobs.errors import NotRedrivable
from hardening.jobs.keeper import Keeper
from hardening.jobs.letter import Letter, NewLetter
from hardening.jobs.queues import STAMP
from hardening.jobs.redact import error_of
from hardening.jobs.redriving import sending_id

SOURCE = "celery"
_DELIVERY = ("exchange", "routing_key", "priority")
_CLOCK = SystemClock()
_CONNECT_S = 5.0


def keep_failures(keeper: Keeper) -> Callable[[], None]:
    """
    Keep every task that fails for good, in this process and those that it forks.

    Returns:
        A function that ends it.
    """

    def failed(
        sender: Any,  # noqa: ANN401 - a task of Celery, which has no types
        task_id: str,
        exception: BaseException,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        **_: object,
    ) -> None:
        if keeper.wants(task_id):
            arguments = (list(args or ()), dict(kwargs or {}))
            error = error_of(exception, keeper.redact)
            keeper.keep(_letter(sender, task_id, arguments, error))

    # Weak, the default, would let go of a function that only the signal knows.
    signals.task_failure.connect(failed, weak=False)
    return lambda: signals.task_failure.disconnect(failed)


def stamp_messages(clock: WallClock = _CLOCK) -> Callable[[], None]:
    """
    Give each message the time when it was put, so that `CeleryQueues` knows latency.

    Call it in the processes that send tasks.

    Returns:
        A function that ends it.
    """

    def publishing(headers: dict[str, Any] | None = None, **_: object) -> None:
        if headers is not None:
            headers.setdefault(STAMP, clock.unix_s())

    signals.before_task_publish.connect(publishing, weak=False)
    return lambda: signals.before_task_publish.disconnect(publishing)


class CelerySender:
    """
    Sends a letter's task again, under an id of its own.

    Celery does not recognise a repeat by its id. When the broker fails in the middle
    nobody knows whether it has the task; then the letter stays `redriving`.

    Args:
        app: Its broker gets the task; for tasks sent to an exchange by its name, with
            the same `task_queues` as the workers'.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app

    def __call__(self, letter: Letter) -> str:
        """Send the task; return its id."""
        if letter.payload is None:
            raise NotRedrivable(letter.id, "its arguments are not plain JSON.")
        args, kwargs = kombu_json.loads(letter.payload)  # type: ignore[no-untyped-call]
        self._reach(letter)
        task_id = sending_id(letter)
        options = self._way(letter) | {"priority": letter.options.get("priority")}
        self._app.send_task(letter.task, args, kwargs, task_id=task_id, **options)
        return task_id

    def _way(self, letter: Letter) -> dict[str, Any]:
        """Return how a message reaches the queue that the letter's task came from."""
        exchange, key = map(letter.options.get, ("exchange", "routing_key"))
        # The exchange without a name knows every queue by its own name.
        if not exchange or not key:
            return {"queue": letter.queue}
        return {
            "exchange": exchange,
            "routing_key": key,
            "declare": self._bound(letter, exchange),
        }

    def _bound(self, letter: Letter, exchange: str) -> list[Queue]:
        """
        Return the app's queues at an exchange; with one of them it is declared.

        A Redis takes and drops what is sent to an exchange of topics that the process
        has not declared.
        """
        known: Iterable[Queue] = self._app.amqp.queues.values()
        bound = [queue for queue in known if exchange in _exchanges(queue)]
        if not bound:
            why = f"the app's task_queues name no queue at the exchange {exchange!r}."
            raise NotRedrivable(letter.id, why)
        return bound

    def _reach(self, letter: Letter) -> None:
        """Find out that the broker is gone while nothing has been sent yet."""
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0)
        except (OperationalError, OSError) as error:
            raise NotRedrivable(letter.id, "the broker does not answer.") from error


def _exchanges(queue: Queue) -> set[str]:
    """Return the names of the exchanges that a queue is bound to."""
    return {place.exchange.name for place in (queue, *queue.bindings)}


def _letter(
    task: Any,  # noqa: ANN401 - a task of Celery, which has no types
    task_id: str,
    arguments: tuple[list[Any], dict[str, Any]],
    error: tuple[str, str],
) -> NewLetter:
    """Return a failed task as a letter."""
    request, (args, kwargs) = task.request, arguments
    # Celery's main process reports what its children could not, and has no request.
    known = request.id == task_id
    delivery = (known and request.delivery_info) or {}
    queue = (
        delivery.get("routing_key") or task.queue or task.app.conf.task_default_queue
    )
    attempts = request.retries + 1 if known else 1
    return NewLetter(
        source=SOURCE,
        job_id=task_id,
        failure=str(attempts),
        queue=queue,
        task=task.name,
        args={"args": args, "kwargs": kwargs},
        options={name: delivery.get(name) for name in _DELIVERY},
        payload=_exactly(arguments),
        error_class=error[0],
        error_text=error[1],
        attempts=attempts,
    )


def _exactly(arguments: tuple[list[Any], dict[str, Any]]) -> str | None:
    """Return arguments as JSON that reads back as the same; None when none does."""
    try:
        text: str = kombu_json.dumps(arguments)  # type: ignore[no-untyped-call]
        same = kombu_json.loads(text) == list(arguments)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - anybody's arguments, pickled ones too
        return None
    return text if same else None
