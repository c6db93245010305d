"""What an engine holds, and when it lets go of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gonogo.model.effect import Apply
from gonogo.model.shard import shard_of
from tests.unit.runner.fleet import drive


def test_a_shard_wanted_back_is_let_go_of_before_the_next_deed_begins(fleet):
    """Who wants it asks again only later; an action could follow on the other."""
    fleet.begin("r")
    engine, hands, _ = fleet.engine()
    fleet.give(engine, "r")
    drive(engine, hands, but=Apply)
    with ThreadPoolExecutor() as pool:
        assert not asked(pool, engine)
        hands.work()
        engine.turn()
        before = len(hands.begun)
        drive(engine, hands)
        assert before == len(hands.begun)
        assert asked(pool, engine)


def test_all_shards_are_let_go_of_at_once(fleet):
    """Nothing is begun while they are asked for one by one."""
    names = [f"r{number}" for number in range(5)]
    fleet.begin(*names)
    engine, hands, _ = fleet.engine()
    fleet.give(engine, *names)
    drive(engine, hands, but=Apply)
    engine.holding.let_go_of_all()
    engine.turn()
    before = len(hands.begun)
    drive(engine, hands)
    assert before == len(hands.begun)
    assert all("ActionApplied" in fleet.history(name) for name in names)


def test_an_engine_that_failed_has_left_no_shard(fleet):
    """Else who has it next would take nothing for in doubt."""
    fleet.begin("r")
    engine, _, _ = fleet.engine()
    fleet.give(engine, "r")
    with pytest.raises(ZeroDivisionError):
        engine.run(lambda: bool(1 // 0))
    assert not engine.holding.leave(shard_of("r"))


def test_an_engine_that_ended_in_order_has_left_every_shard(fleet):
    """Nothing is under way there."""
    engine, _, _ = fleet.engine()
    engine.run(lambda: True)
    assert engine.holding.leave(shard_of("r"))


def asked(pool, engine):
    """Ask an engine for the shard, from another thread, and return its answer."""
    answer = pool.submit(engine.holding.leave, shard_of("r"))
    while not answer.done():
        engine.turn()
    return answer.result()
