"""The judge of a world finds what stands though nobody was told (law 2)."""

import pytest

from gonogo.model.plan import Purpose, Question
from gonogo.testing.laws import LawBroken
from gonogo.testing.scenes import Scene, plan, stage
from gonogo.testing.world.judging import check_truth
from gonogo.testing.world.truth import Truth


def test_what_stands_is_named_only_where_its_doer_is_told_to_undo_it():
    """Any other refusal leaves it standing with nobody told."""
    ask = Question(id="ask", line=2, title="Well?", purpose=Purpose.VERIFY, why="")
    deed = Question(id="deed", line=3, title="Do it", purpose=Purpose.DO, why="")
    scene, truth = Scene(plan(stage(ask, deed))), Truth()
    scene.answered("ask", "no")
    truth.stands["deed"] = 1.0
    scene.answered("deed", "perhaps")
    with pytest.raises(LawBroken, match="'deed'} still stand, and nobody was told"):
        check_truth(scene.state, truth, scene.history)
    scene.answered("deed", "done")
    check_truth(scene.state, truth, scene.history)
