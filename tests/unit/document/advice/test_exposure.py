"""Advice about exposure."""

import pytest


def stages(*parts):
    """Return a document whose stages have these titles and lines."""
    return "\n".join(
        f"## Stage {number}: {title}\n\n{body}\n"
        for number, (title, body) in enumerate(parts, 1)
    )


def two(before, after, body="- [ ] Enable it\n- [ ] Verify it"):
    """Return a document of two exposures."""
    return stages((f"{before} % of them", body), (f"{after} % of them", "- [ ] Go"))


@pytest.mark.parametrize(
    ("after", "codes"),
    [(4, ["GNG401"]), (5, []), (6, []), (50, []), (51, ["GNG402"])],
    ids=["falls", "stays", "grows", "tenfold", "more than tenfold"],
)
def test_exposure_may_stay_or_grow_up_to_tenfold(advised, after, codes):
    """A fall is a warning, and a step of more than tenfold a note."""
    assert codes == [code for code, _ in advised(two(5, after))]


@pytest.mark.parametrize(
    "proof",
    [
        "- [ ] Enable it\n- [ ] Verify it",
        "- [ ] Enable it\n\n| Metric | Threshold |\n|---|---|\n| Errors | < 1 |",
        "- [ ] Enable it\n- [ ] Approved by Dev Lead",
    ],
    ids=["a question", "a limit", "an approval"],
)
def test_a_rise_behind_a_proof_is_sound(advised, proof):
    """Whatever can stop the rollout between two exposures is a proof."""
    assert [] == advised(two(5, 20, proof))


def test_a_rise_without_a_proof_is_named_where_it_happens(advised):
    """The smaller stage was for nothing when nobody looked at it."""
    assert [("GNG403", 7)] == advised(two(5, 20, "- [ ] Enable it"))


def test_a_look_before_the_next_change_is_a_proof(advised):
    """It does not matter in which of the two stages the look stands."""
    document = stages(
        ("5 % of them", "- [ ] Enable it"),
        ("20 % of them", "- [ ] Verify the 5 %\n- [ ] Enable more"),
    )
    assert [] == advised(document)


def test_a_look_behind_the_next_change_is_no_proof(advised):
    """What is seen at 20 % was not seen at 5 %."""
    document = stages(
        ("5 % of them", "- [ ] Enable it"),
        ("20 % of them", "- [ ] Enable more\n- [ ] Verify it"),
    )
    assert [("GNG403", 7)] == advised(document)


def test_a_proof_may_stand_in_a_stage_between_the_two(advised):
    """A stage that names no exposure lies between them all the same."""
    document = stages(
        ("5 % of them", "- [ ] Enable it"),
        ("Look", "- [ ] Verify it"),
        ("20 % of them", "- [ ] Enable more"),
    )
    assert [] == advised(document)
