"""
Breaker: stop calling what keeps failing, and ask again with one trial call.

    breaker = Breaker("twilio")
    answer = breaker.call(fetch, "lookups/17")  # or: await breaker.call_async(…)

Five failures in a row open the circuit; then `CircuitOpen` is raised, and nothing is
called, for sixty seconds. One trial call follows: it closes the circuit or opens it
again. `machine` decides, as a table of transitions; `Circuits` keeps breakers by name;
`hardening.breaker.redis` shares them between processes.
"""

from hardening.breaker.breaker import Breaker, Guard
from hardening.breaker.circuits import Circuits
from hardening.breaker.errors import (
    AsyncFunctionCalled,
    CircuitNotFound,
    CircuitOpen,
    IllegalTransition,
    TooManyCircuits,
)
from hardening.breaker.events import (
    CircuitBreakerAutoClosed,
    CircuitBreakerClosed,
    CircuitBreakerDisabled,
    CircuitBreakerEvent,
    CircuitBreakerFollowed,
    CircuitBreakerForcedOpen,
    CircuitBreakerHalfOpened,
    CircuitBreakerOpened,
)
from hardening.breaker.machine import TRANSITIONS, State, Trigger
from hardening.breaker.policy import FailureRate, Outcome, Policy
from hardening.breaker.shared import Lease, Seat, Store, View
from hardening.breaker.standing import Standing
from hardening.breaker.trend import Minute, Totals

__all__ = [
    "TRANSITIONS",
    "AsyncFunctionCalled",
    "Breaker",
    "CircuitBreakerAutoClosed",
    "CircuitBreakerClosed",
    "CircuitBreakerDisabled",
    "CircuitBreakerEvent",
    "CircuitBreakerFollowed",
    "CircuitBreakerForcedOpen",
    "CircuitBreakerHalfOpened",
    "CircuitBreakerOpened",
    "CircuitNotFound",
    "CircuitOpen",
    "Circuits",
    "FailureRate",
    "Guard",
    "IllegalTransition",
    "Lease",
    "Minute",
    "Outcome",
    "Policy",
    "Seat",
    "Standing",
    "State",
    "Store",
    "TooManyCircuits",
    "Totals",
    "Trigger",
    "View",
]
