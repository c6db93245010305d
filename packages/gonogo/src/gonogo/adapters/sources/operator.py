"""The operator of queries: asks a source about both arms, and gives their sample."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from gonogo.adapters.sources.asking import Cancelled, Late, answered
from gonogo.adapters.sources.opening import wall_clock
from gonogo.adapters.sources.registry import Sources
from gonogo.adapters.sources.within import GIVE_LONGER
from gonogo.analysis.reducing import Answers, sample_of, shown
from gonogo.analysis.stretch import Stretch, Unreadable
from gonogo.model.operation import Asked, Operation, Query
from gonogo.model.sample import MetricKind
from gonogo.model.ticket import Ticket
from gonogo.model.verdict import Observation
from gonogo.ports.operator import Cancellation
from gonogo.ports.source import Series, Source, SourceFailed

# What a first look asks about; nothing was looked at before it.
_FIRST = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_GRACE_S = 1.0  # a source keeps the deadline itself; one that does not is left alone


@cache
def _load_final_look() -> None:
    """
    Load what the final look of a soak computes with: up to a second, once.

    Better on this thread, which waits for a source anyway, than on the one that decides
    for every rollout.
    """
    import scipy.special  # noqa: F401, PLC0415  # slow to load


class QueryOperator:
    """
    Performs `Query`: a look, which changes nothing.

    Args:
        sources: Of the plan.
        now: By which clock a look has its instant, where its ticket does not say.
    """

    def __init__(
        self, sources: Sources, *, now: Callable[[], datetime] = wall_clock
    ) -> None:
        self._sources, self._now = sources, now

    def prepare(self, operation: Operation) -> Operation | None:
        """Return None: there is nothing to reverse."""
        assert isinstance(operation, Query)  # noqa: S101
        return None

    def find(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation | None:
        """Return None: a look leaves nothing behind."""
        del operation, cancelled, ticket
        return None

    def perform(
        self, operation: Operation, cancelled: Cancellation, ticket: Ticket
    ) -> Observation:
        """Ask about the stretch since the last look, and return what its arms gave."""
        assert isinstance(operation, Query)  # noqa: S101
        began = time.monotonic()
        _load_final_look()
        until = ticket.at or self._now()
        since = min(ticket.since or until - _FIRST, until)
        try:
            seen = self._seen(operation, cancelled, Stretch(since, until))
        except (SourceFailed, Unreadable) as failed:
            seen = Observation(error=_named(operation.source, str(failed)))
        except Cancelled:
            seen = Observation(
                error=f"The query to '{operation.source}' was cancelled."
            )
        except Late:
            seen = Observation(error=_late(operation))
        return Observation(
            output=seen.output,
            value=seen.value,
            error=seen.error,
            sample=seen.sample,
            took_s=time.monotonic() - began,
        )

    def _seen(
        self, query: Query, cancelled: Cancellation, stretch: Stretch
    ) -> Observation:
        questions = tuple(self._questions(query, stretch))
        source = self._source(query.source)
        answers = answered(
            [partial(_asked, source, one, query) for one in questions],
            deadline_s=query.deadline.total_seconds() + _GRACE_S,
            cancelled=cancelled,
        )
        given = dict(zip((one.what for one in questions), answers, strict=True))
        sample = sample_of(
            query.metric_kind,
            stretch=stretch,
            canary=Answers(
                events=given["canary"], exposure=given.get("canary's exposure")
            ),
            control=_answers(given, "control"),
            before=_answers(given, "before"),
            instances=query.instances,
        )
        value = shown(query.metric_kind, sample.canary, quantile=query.quantile)
        return Observation(output="\n".join(sample.notes), value=value, sample=sample)

    def _source(self, name: str) -> Source:
        try:
            return self._sources[name]
        except KeyError:
            known = ", ".join(self._sources) or "none"
            message = (
                f"The plan has no source '{name}'; it has {known}. Bind it in the "
                "document, under `gonogo: sources:`."
            )
            raise SourceFailed(message) from None

    def _questions(self, query: Query, stretch: Stretch) -> Iterator["_Question"]:
        yield from self._of_arm("canary", query.canary, stretch)
        if query.control is None:
            return
        yield from self._of_arm("control", query.control, stretch)
        if query.metric_kind is MetricKind.QUANTILE:
            hour = Stretch(stretch.since - _HOUR, stretch.since)
            yield _Question("before", self._filled(query.control.events), hour)

    def _of_arm(
        self, arm: str, asked: Asked, stretch: Stretch
    ) -> Iterator["_Question"]:
        yield _Question(arm, self._filled(asked.events), stretch)
        if asked.exposure is not None:
            exposure = self._filled(asked.exposure)
            yield _Question(f"{arm}'s exposure", exposure, stretch)

    def _filled(self, query: str) -> str:
        return self._sources.names.query(query)


@dataclass(frozen=True, slots=True)
class _Question:
    """One query about one stretch; `what` tells the answers apart."""

    what: str
    text: str
    stretch: Stretch


def _asked(source: Source, question: _Question, query: Query) -> Sequence[Series]:
    try:
        return source.series(
            question.text,
            since=question.stretch.since,
            until=question.stretch.until,
            deadline=query.deadline,
        )
    except SourceFailed:
        raise
    except Exception as defect:
        # A plug-in is somebody else's code: it is named, and ends nothing.
        message = (
            f"it failed by a defect of its own ({type(defect).__name__}: {defect}). "
            "Tell whoever wrote it."
        )
        raise SourceFailed(message) from defect


def _answers(given: dict[str, Sequence[Series]], arm: str) -> Answers | None:
    if arm not in given:
        return None
    return Answers(events=given[arm], exposure=given.get(f"{arm}'s exposure"))


def _named(source: str, message: str) -> str:
    """Return a message that names its source, once."""
    return message if f"'{source}'" in message else f"Source '{source}': {message}"


def _late(query: Query) -> str:
    return (
        f"Source '{query.source}' did not answer within its deadline of "
        f"{query.deadline.total_seconds():g} s. Look whether it is up, ask for less, or "
        f"{GIVE_LONGER}."
    )
