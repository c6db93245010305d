"""The fleet: which address gets the next call, which is left out, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.core import InvalidSetting, ignore
from hardening.grpc import (
    BackendAdded,
    BackendDraining,
    BackendEjected,
    BackendRemoved,
    BackendReturned,
    BackendUnhealthy,
    Dns,
    Settings,
    State,
)
from hardening.grpc.machine import Fleet
from hardening.testing import FakeClock

PROBED = Settings(failures=3, ejection_s=10, ejection_max_s=40, drain_s=5)
UNPROBED = Settings(
    failures=3, ejection_s=10, ejection_max_s=40, health_interval_s=None
)


def fleet(*addresses, settings=PROBED):
    """Return a fleet of these addresses."""
    made = Fleet(settings)
    made.listed(addresses, 0)
    return made


def fail(made, address, times, now_s=0.0):
    """Lose calls at an address; return the last events."""
    events = ()
    for _ in range(times):
        member = made.pick(now_s, set(made.members) - {address})
        assert address == member.address
        events = made.failed(member, now_s)
    return events


def picked(made, times, now_s=0.0):
    """Return who got calls that were answered."""
    found = []
    for _ in range(times):
        member = made.pick(now_s)
        made.succeeded(member)
        found.append(member.address)
    return found


def test_calls_take_turns():
    """Round robin: nobody has two before everybody has one."""
    assert ["a", "b", "c", "a", "b", "c"] == picked(fleet("a", "b", "c"), 6)


@pytest.mark.parametrize(
    ("times", "state"), [(2, State.SERVING), (3, State.EJECTED), (4, State.EJECTED)]
)
def test_so_many_failures_in_a_row_eject_an_address(times, state):
    """One below, at, and above the number that was set."""
    made = fleet("a", "b")
    fail(made, "a", times)
    assert state is made.members["a"].state


def test_a_success_between_failures_ejects_nobody():
    """Only failures in a row count."""
    made = fleet("a", "b")
    fail(made, "a", 2)
    picked(made, 2)
    fail(made, "a", 2)
    assert State.SERVING is made.members["a"].state


def test_an_ejection_is_told_with_its_span_and_takes_longer_each_time():
    """10, 20, 40 seconds, and no longer; after a long calm 10 again."""
    made = fleet("a", "b")
    spans, now_s = [], 0.0
    for _ in range(4):
        (event,) = fail(made, "a", 3, now_s)
        spans.append(event.span_s)
        now_s += event.span_s
        assert (BackendReturned(address="a"),) == made.probed("a", None, now_s)
    assert [10, 20, 40, 40] == spans
    calm = BackendEjected(address="a", failures=3, span_s=10)
    assert (calm,) == fail(made, "a", 3, now_s + 41)


@pytest.mark.parametrize(("count", "most"), [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2)])
def test_no_more_than_half_of_the_addresses_are_ejected(count, most):
    """When all fail, it is not they that are broken."""
    made = fleet(*"abcde"[:count])
    for address in "abcde"[:count]:
        fail(made, address, 3)
    ejected = [one for one in made.members.values() if one.state is State.EJECTED]
    assert most == len(ejected)


@pytest.mark.parametrize(("now_s", "returns"), [(9.99, False), (10, True), (11, True)])
def test_a_probe_brings_an_address_back_once_its_time_is_over(now_s, returns):
    """Not before, however well it says it is."""
    made = fleet("a", "b")
    fail(made, "a", 3)
    assert ("a" in made.to_probe(now_s)) is returns
    assert bool(made.probed("a", None, now_s)) is returns
    assert ["b", "b"] == picked(fleet("b"), 2)
    assert ("a" in picked(made, 2)) is returns


def test_without_probes_one_call_tries_an_address_whose_time_is_over():
    """Half-open: one, however many callers there are."""
    made = fleet("a", "b", settings=UNPROBED)
    fail(made, "a", 3)
    assert ["b", "b"] == picked(made, 2, 9.99)
    trial = next(one for one in (made.pick(10.0), made.pick(10.0)) if one.trial)
    assert "a" == trial.address
    assert "b" == made.pick(10.0).address
    assert (BackendReturned(address="a"),) == made.succeeded(trial)
    assert State.SERVING is trial.state


def test_a_trial_that_fails_ejects_at_once_and_for_longer():
    """One failure is enough then."""
    made = fleet("a", "b", settings=UNPROBED)
    fail(made, "a", 3)
    assert (BackendEjected(address="a", failures=4, span_s=20),) == fail(
        made, "a", 1, 10.0
    )


def test_a_late_answer_from_before_the_ejection_proves_nothing():
    """It says how the server was, not how it is."""
    made = fleet("a", "b")
    early = made.pick(0, {"b"})
    fail(made, "a", 3)
    assert () == made.succeeded(early)
    assert State.EJECTED is early.state


def test_an_unhealthy_address_is_left_out_until_it_is_well():
    """It says so itself; that is told once."""
    made = fleet("a", "b")
    told = BackendUnhealthy(address="a", reason="NOT_SERVING")
    assert (told,) == made.probed("a", "NOT_SERVING", 1)
    assert () == made.probed("a", "NOT_SERVING", 2)
    assert ["b", "b"] == picked(made, 2)
    assert (BackendReturned(address="a"),) == made.probed("a", None, 3)
    assert () == made.probed("a", None, 4)


def test_when_nobody_serves_the_one_that_failed_longest_ago_is_tried():
    """A call that may fail beats one that surely does."""
    made = fleet("a", "b")
    made.probed("b", "NOT_SERVING", 1)
    made.probed("a", "NOT_SERVING", 2)
    assert "b" == made.pick(3).address


def test_an_address_that_is_gone_ends_its_calls_first():
    """New calls go elsewhere; the last one that ends lets it go."""
    made = fleet("a", "b")
    member = made.pick(0, {"b"})
    assert (BackendDraining(address="a", in_flight=1),) == made.listed(["b"], 0)
    assert ["b", "b"] == picked(made, 2)
    assert () == made.drained(4.99)
    made.succeeded(member)
    assert (BackendRemoved(address="a", cut_off=0),) == made.drained(4.99)
    assert ["b"] == list(made.members)


@pytest.mark.parametrize(("now_s", "gone"), [(4.99, 0), (5, 1), (6, 1)])
def test_a_drain_ends_when_its_time_is_over(now_s, gone):
    """A call that never ends is cut off, and counted."""
    made = fleet("a", "b")
    made.pick(0, {"b"})
    made.listed(["b"], 0)
    removed = (BackendRemoved(address="a", cut_off=1),) * gone
    assert removed == made.drained(now_s)


def test_an_address_that_is_listed_again_while_it_drains_stays():
    """A look-up that missed one closes no connection."""
    made = fleet("a", "b")
    made.pick(0, {"b"})
    made.listed(["b"], 0)
    assert (BackendAdded(address="a"),) == made.listed(["a", "b"], 1)
    assert () == made.drained(99)


def test_a_call_that_tried_all_has_no_further_place():
    """Then its error is the caller's."""
    assert fleet("a", "b").pick(0, {"a", "b"}) is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pick", "ok", "lost", "left", "well", "unwell", "list"]),
        st.sampled_from("abcd"),
        st.sets(st.sampled_from("abcd"), min_size=1),
        st.floats(0, 20),
    ),
    max_size=60,
)


@given(STEPS, st.sampled_from([PROBED, UNPROBED]))
def test_there_is_always_an_address_for_a_call(steps, settings):
    """
    As long as one member is not draining, `pick` returns one.

    And the calls under way are those that were begun and not settled, whatever happens
    in between.
    """
    made, now_s, open_calls = fleet("a", "b", settings=settings), 0.0, []
    for step, address, addresses, span_s in steps:
        now_s += span_s
        match step:
            case "pick":
                member = made.pick(now_s)
                assert member is not None
                assert State.DRAINING is not member.state
                open_calls.append(member)
            case "ok" | "lost" | "left" if open_calls:
                member = open_calls.pop(0)
                if step == "ok":
                    made.succeeded(member)
                elif step == "lost":
                    made.failed(member, now_s)
                else:
                    made.abandoned(member)
            case "well" | "unwell":
                made.probed(address, None if step == "well" else "NOT_SERVING", now_s)
            case "list":
                made.listed(sorted(addresses), now_s)
                made.drained(now_s)
            case _:
                pass
        for member in made.members.values():
            assert sum(one is member for one in open_calls) == member.in_flight


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attempts", 0),
        ("failures", 0),
        ("ejection_s", 0),
        ("ejection_max_s", 9),
        ("ejection_max_s", float("inf")),
        ("ejected_most", -0.1),
        ("ejected_most", 1.1),
        ("attempt_timeout_s", 0),
        ("health_interval_s", 0),
        ("health_timeout_s", float("nan")),
        ("resolve_interval_s", float("inf")),
        ("drain_s", -1),
        ("attempts", 2.5),
        ("attempts", "3"),
        ("failures", True),
        ("ejection_s", "10"),
        ("ejection_max_s", "300"),
        ("ejected_most", None),
        ("health_timeout_s", None),
        ("health_service", None),
        ("idempotent", {"/a/b"}),
        ("idempotent", None),
    ],
)
def test_wrong_settings_are_refused_by_name(field, value):
    """At construction, not at the first outage."""
    with pytest.raises(InvalidSetting, match=rf"Settings\.{field} must be"):
        Settings(**{field: value})


@pytest.mark.parametrize(
    ("host", "port"), [("", 1), ("a", 0), ("a", 65_536), ("a", "1")]
)
def test_a_wrong_name_to_look_up_is_refused(host, port):
    """Likewise."""
    with pytest.raises(InvalidSetting, match=r"Dns\.(host|port) must be"):
        Dns(host, port)


def test_dns_lists_every_address_once():
    """Both families, in an order that does not change."""
    found = Dns("localhost", 50051)()
    assert "ipv4:127.0.0.1:50051" in found
    assert sorted(set(found)) == list(found)
    assert "localhost:50051" == Dns("localhost", 50051).target


@pytest.mark.parametrize(
    ("addresses", "channels", "field"),
    [
        ([], 1, "addresses"),
        ("a:1", 1, "addresses"),
        (["a:1"], 0, "channels"),
        (["a:1"], 1.5, "channels"),
    ],
)
def test_a_rotation_without_an_address_is_refused(addresses, channels, field):
    """A text is no list of addresses: its letters are none."""
    pytest.importorskip("grpc")
    from hardening.grpc import Rotation  # noqa: PLC0415 - needs gRPC

    with pytest.raises(InvalidSetting, match=rf"Rotation\.{field}"):
        Rotation(addresses, channels_per_address=channels)


@pytest.mark.parametrize(
    ("status", "reason"), [(1, None), (2, "NOT_SERVING"), (7, "7")]
)
def test_a_server_of_a_later_release_is_unwell_in_its_own_way(status, reason):
    """A status that nobody here knows is no health, and no error of ours."""
    pytest.importorskip("grpc")
    from grpc_health.v1 import health_pb2  # noqa: PLC0415 - needs gRPC

    from hardening.grpc import health  # noqa: PLC0415 - needs gRPC

    response = health_pb2.HealthCheckResponse()
    response.status = status
    assert reason == health.reason_of(response)


@pytest.mark.parametrize(
    ("timeout_s", "later_s", "given_s"),
    [(None, 9, 5), (9, 1, 5), (9, 5, 4), (9, 9, 0), (9, 10, 0)],
)
def test_an_attempt_gets_what_is_left_of_its_call(timeout_s, later_s, given_s):
    """Nothing left is nothing, not the whole time of an attempt."""
    pytest.importorskip("grpc")
    from hardening.grpc.attempts import Attempts  # noqa: PLC0415 - needs gRPC
    from hardening.grpc.hub import Hub  # noqa: PLC0415 - needs gRPC

    clock = FakeClock()
    hub = Hub(
        ["a:1", "b:1"],
        channels_per_address=1,
        connect=lambda address: address,
        settings=Settings(attempt_timeout_s=5, idempotent=lambda _: True),
        listener=ignore,
        clock=clock,
    )
    attempts = Attempts(hub, {"timeout": timeout_s}, idempotent=True)
    clock.advance(later_s)
    assert given_s == attempts.options()["timeout"]
