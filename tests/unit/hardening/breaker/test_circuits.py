"""The registry: circuits by name, for the service and for its dashboard."""

import threading

import pytest

from hardening.breaker import (
    CircuitNotFound,
    CircuitOpen,
    Circuits,
    Policy,
    State,
    TooManyCircuits,
)
from hardening.core import InvalidSetting, Kind


@pytest.fixture
def circuits(clock, told):
    """Give a registry with one circuit of a stricter policy."""
    return Circuits(
        policies={"twilio": Policy(failures=1)}, clock=clock, listener=told.append
    )


def test_a_name_is_one_circuit(circuits):
    """Two parts of a service that call the same thing share what they know."""
    assert circuits.get("twilio") is circuits.get("twilio")
    assert circuits.get("twilio") is not circuits.get("clearbit")


def test_threads_that_ask_at_once_get_the_same(circuits):
    """The first call of a busy service makes one circuit."""
    together, got = threading.Barrier(8, timeout=5), []

    def ask():
        together.wait()
        got.append(circuits.get("twilio"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == len(set(map(id, got)))


def test_a_circuit_may_have_a_policy_of_its_own(circuits, fail):
    """One provider is touchier than the others."""
    fail(circuits.get("twilio"), 1)
    fail(circuits.get("clearbit"), 1)
    states = {standing.name: standing.state for standing in circuits.standings()}
    assert {"clearbit": State.CLOSED, "twilio": State.OPEN} == states


def test_circuits_are_listed_by_name(circuits):
    """A dashboard shows them in the same order each time."""
    for name in ("twilio", "clearbit", "hunter"):
        circuits.get(name)
    names = [standing.name for standing in circuits.standings()]
    assert ["clearbit", "hunter", "twilio"] == names


def test_an_operator_reaches_a_circuit_by_its_name(circuits, service, told):
    """Open, disable, reset."""
    breaker = circuits.get("twilio")
    circuits.force_open("twilio")
    with pytest.raises(CircuitOpen):
        breaker.call(service.answer)
    circuits.disable("twilio")
    assert State.DISABLED is breaker.state
    circuits.reset("twilio")
    assert State.CLOSED is breaker.state
    assert [
        "circuit_breaker_forced_open",
        "circuit_breaker_disabled",
        "circuit_breaker_closed",
    ] == [event.event for event in told]


@pytest.mark.parametrize("order", ["reset", "force_open", "disable"])
def test_a_name_that_was_never_used_is_not_found(circuits, order):
    """A misspelt name is said, and makes no circuit."""
    with pytest.raises(CircuitNotFound, match="'twillio'"):
        getattr(circuits, order)("twillio")
    assert () == circuits.standings()


def test_names_made_from_data_do_not_fill_the_memory():
    """One circuit for each customer is a mistake, and is said."""
    circuits = Circuits(most=2)
    circuits.get("a")
    circuits.get("b")
    with pytest.raises(TooManyCircuits, match="'c' would be one more"):
        circuits.get("c")
    assert circuits.get("a")


def test_room_for_one_is_the_least():
    """A registry that holds none is a mistake."""
    with pytest.raises(InvalidSetting, match=r"Circuits\.most"):
        Circuits(most=0)


def test_the_measures_tell_circuits_apart(circuits, service, fail):
    """One family each, with a sample for each circuit."""
    fail(circuits.get("twilio"), 1)
    circuits.get("clearbit").call(service.answer)
    families = {measure.name: measure for measure in circuits.measures()}
    assert [
        "hardening_breaker_calls",
        "hardening_breaker_call_seconds",
        "hardening_breaker_probes",
        "hardening_breaker_openings",
        "hardening_breaker_state",
        "hardening_breaker_state_age_seconds",
    ] == list(families)
    nonzero = {
        (dict(sample.labels)["circuit"], dict(sample.labels)["outcome"])
        for sample in families["hardening_breaker_calls"].samples
        if sample.value
    }
    assert {("twilio", "failed"), ("clearbit", "succeeded")} == nonzero
    kinds = {measure.kind for measure in families.values()}
    assert {Kind.COUNTER, Kind.GAUGE} == kinds


def test_one_state_of_five_is_one(circuits, fail):
    """What a graph of states needs."""
    fail(circuits.get("twilio"), 1)
    (states,) = (m for m in circuits.measures() if m.name == "hardening_breaker_state")
    assert {
        "closed": 0,
        "open": 1,
        "half_open": 0,
        "forced_open": 0,
        "disabled": 0,
    } == {dict(sample.labels)["state"]: sample.value for sample in states.samples}


def test_measures_are_there_before_the_first_circuit():
    """An exporter learns the names at the start."""
    assert 6 == len(Circuits().measures())
