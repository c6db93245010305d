"""
The laws of `DESIGN.md`, judged from outside: over a journal, without the machine.

Each function keeps everything and looks back; it shares no code with `decision`. It
raises `LawBroken` with what it found, and returns nothing.
"""

from gonogo.testing.laws.amendments import an_amendment_changes_what_is_to_come
from gonogo.testing.laws.intents import intents_come_first
from gonogo.testing.laws.journal import LAWS, check_journal
from gonogo.testing.laws.law import LawBroken, plan_of
from gonogo.testing.laws.order import a_pause_starts_nothing, time_never_goes_back
from gonogo.testing.laws.people import (
    consents_count_once,
    every_question_is_settled_once,
)
from gonogo.testing.laws.promotion import promotion_is_proven
from gonogo.testing.laws.skips import two_persons_skip
from gonogo.testing.laws.soaks import only_who_may_let_a_soak_be_over
from gonogo.testing.laws.watch import Watch, a_bad_value_turns_back
from gonogo.testing.laws.way_back import rollback_is_final, way_back_is_walked
from gonogo.testing.laws.windows import waiting_is_said_once, windows_are_kept

__all__ = [
    "LAWS",
    "LawBroken",
    "Watch",
    "a_bad_value_turns_back",
    "a_pause_starts_nothing",
    "an_amendment_changes_what_is_to_come",
    "check_journal",
    "consents_count_once",
    "every_question_is_settled_once",
    "intents_come_first",
    "only_who_may_let_a_soak_be_over",
    "plan_of",
    "promotion_is_proven",
    "rollback_is_final",
    "time_never_goes_back",
    "two_persons_skip",
    "waiting_is_said_once",
    "way_back_is_walked",
    "windows_are_kept",
]
