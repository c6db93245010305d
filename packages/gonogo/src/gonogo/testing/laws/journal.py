"""Every law that a journal alone can show, in the order they are judged."""

from collections.abc import Callable, Sequence

from gonogo.model.event import Event
from gonogo.testing.laws.amendments import an_amendment_changes_what_is_to_come
from gonogo.testing.laws.intents import intents_come_first
from gonogo.testing.laws.order import a_pause_starts_nothing, time_never_goes_back
from gonogo.testing.laws.people import (
    consents_count_once,
    every_question_is_settled_once,
)
from gonogo.testing.laws.promotion import promotion_is_proven
from gonogo.testing.laws.skips import two_persons_skip
from gonogo.testing.laws.soaks import only_who_may_let_a_soak_be_over
from gonogo.testing.laws.watch import a_bad_value_turns_back
from gonogo.testing.laws.way_back import rollback_is_final, way_back_is_walked
from gonogo.testing.laws.windows import waiting_is_said_once, windows_are_kept

LAWS: Sequence[Callable[[Sequence[Event]], None]] = (
    time_never_goes_back,
    promotion_is_proven,
    way_back_is_walked,
    rollback_is_final,
    an_amendment_changes_what_is_to_come,
    a_bad_value_turns_back,
    a_pause_starts_nothing,
    two_persons_skip,
    only_who_may_let_a_soak_be_over,
    windows_are_kept,
    waiting_is_said_once,
    intents_come_first,
    consents_count_once,
    every_question_is_settled_once,
)


def check_journal(history: Sequence[Event]) -> None:
    """Check every law that a journal alone can show."""
    for law in LAWS:
        law(history)
