"""Seeded worlds: some in every build, and as many as one likes in a campaign."""

import pytest

from gonogo.testing.laws import LawBroken
from gonogo.testing.world import main, world_of

# What was asked about a hold let the next pass; an earlier soak's final look counted for
# the next; an undo that waits woke nobody; a deed was told after the end; in a kind
# world only one person could say the word.
SEEDS = (14689, 43483, 68517, 90143, 62878, 45118, 99875, 20016, 31118)
# A word consumed by a commit that seemed to fail put a deed in doubt, which was done
# twice; who was to leave stood still, and was asked no more; a prompt was forgotten with
# a process that had not asked; a deed was done while its stage was taken back.
WITH_ENGINES = (55466, 27251, 72988, 17780, 31829, 17610, 53787, 79919)


@pytest.mark.parametrize("block", range(5))
def test_no_law_is_broken_in_the_worlds_of_every_build(block):
    """The same seeds each time, so that a change shows what it breaks."""
    for seed in range(block * 30, block * 30 + 30):
        assert world_of(seed).run().ended


@pytest.mark.parametrize("seed", [210, 412, 525, 652, 692, 8792, *SEEDS])
def test_what_once_broke_a_law_keeps_it_now(seed):
    """Seeds that found a defect stay in the build."""
    assert world_of(seed).run().ended


@pytest.mark.parametrize("block", range(4))
def test_no_law_is_broken_by_two_engines_that_fail_stall_and_hand_over(block):
    """The real loop: batches, fences and snapshots, over a journal that fails."""
    for seed in range(block * 25, block * 25 + 25):
        assert world_of(seed, engines=True).run().ended


@pytest.mark.parametrize("seed", [1543, 2192, 2338, 33, 74, 70391, *WITH_ENGINES])
def test_what_once_broke_a_law_with_engines_keeps_it_now(seed):
    """A look woke its rollout at 4 Hz; a flag was put back out of order; a deed forgot."""
    assert world_of(seed, engines=True).run().ended


def test_a_campaign_counts_what_it_lived_through(capsys):
    """The command tells of its progress, and sums up."""
    assert 0 == main(["--runs", "3"])
    told = capsys.readouterr().out.splitlines()
    assert ["1 of 3", "2 of 3", "3 of 3"] == [line[:6] for line in told[:-1]]
    assert told[-1].startswith("3 runs, 0 broken laws:")


def test_two_workers_live_through_the_same_worlds_as_one(capsys):
    """How many processes share a campaign changes nothing in it but its time."""
    assert 0 == main(["--runs", "6"])
    alone = capsys.readouterr().out
    assert 0 == main(["--runs", "6", "--workers", "2"])
    assert alone == capsys.readouterr().out


def test_one_seed_is_told_event_by_event(capsys):
    """A run can be read as a story, from its plan to its end."""
    assert 0 == main(["--seed", "7"])
    told = capsys.readouterr().out
    assert "RolloutStarted" in told
    assert told.rstrip().endswith("every law holds.")


def test_a_broken_law_is_told_and_makes_the_campaign_fail(capsys, monkeypatch):
    """A campaign that finds something says which seed, and exits with 1."""

    def broken(_):
        message = "law 0 does not hold"
        raise LawBroken(message)

    monkeypatch.setattr("gonogo.testing.world.World.run", broken)
    assert (1, 1) == (main(["--runs", "1"]), main(["--seed", "7"]))
    assert "BROKEN: law 0 does not hold" in capsys.readouterr().out


def test_what_is_no_broken_law_is_told_with_its_seed_too(capsys, monkeypatch):
    """A defect that shows as any other error can be seen again in the same way."""

    def broken(_):
        return {}["no such step"]

    monkeypatch.setattr("gonogo.testing.world.World.run", broken)
    assert 1 == main(["--runs", "1", "--first", "7"])
    told = capsys.readouterr().out
    assert "seed 7: KeyError: 'no such step'" in told
    assert "--seed 7" in told
