"""Numbered items: the procedure of a document without boxes."""

from datetime import timedelta

import pytest

from gonogo.model.plan import Action, Check, Purpose, Question, Soak

HOUR = timedelta(hours=1)
STAGES = """# Rollout

## Stage 1: Begin

- [ ] Announce it

## Stage 2: Canary

"""


def test_numbered_items_are_asked_in_their_order(compiled):
    """A document without boxes runs from the first day: its steps are asked."""
    result = compiled(STAGES + "1. Deploy the build\n2. Verify the page\n")
    deploy, verify = result.stage("Stage 2").steps
    assert ("l9", Purpose.DO, "Deploy the build") == (
        deploy.id,
        deploy.purpose,
        deploy.title,
    )
    assert ("l10", Purpose.VERIFY) == (verify.id, verify.purpose)


def test_a_bulleted_item_stays_shown(compiled):
    """Bullets tell; only a number makes an item a step."""
    result = compiled(STAGES + "- [ ] Go\n\n- Deploy the build\n")
    assert ["Go"] == [step.title for step in result.stage("Stage 2").steps]


@pytest.mark.parametrize(
    ("title", "run", "kind"),
    [("Push the image", "./push.sh", Action), ("Look", "kubectl get pods", Check)],
)
def test_the_block_of_an_item_takes_its_title_and_is_not_asked_twice(
    compiled, title, run, kind
):
    """One line of the procedure is one step."""
    document = f"{STAGES}1. {title}:\n\n   ```bash\n   {run}\n   ```\n"
    (step,) = compiled(document).stage("Stage 2").steps
    assert isinstance(step, kind)
    assert f"{title}:" == step.title


def test_an_item_is_bound_like_a_box(compiled):
    """A binding by title makes the item what it does."""
    result = compiled(
        STAGES + "1. Deploy the build\n",
        "steps: {Deploy the build: {shell: {run: ./d.sh, undo: ./u.sh}}}",
    )
    assert "action" == result.step("Deploy the build").kind


def test_an_item_that_waits_or_is_consented_is_no_question(compiled):
    """A wait is held in its place among the steps, and an approval is asked for."""
    result = compiled(
        STAGES + "1. Deploy the build\n2. Wait 30 minutes\n"
        "3. Obtain approval from the Tech Lead\n4. Expand to 50%\n"
    )
    assert ["question", "question", "soak", "approval", "question"] == result.kinds


def test_a_deployment_for_a_time_is_asked_then_held_before_what_follows(compiled):
    """'Deploy to 10% traffic for 4 hours' is not followed by 50 % a minute later."""
    result = compiled(
        STAGES + "1. Deploy to 10% traffic for 4 hours\n2. Expand to 50%\n"
    )
    deploy, hold, expand = result.stage("Stage 2").steps
    assert (4 * HOUR, False) == (hold.duration, hold.counts_held)
    assert (9, 9, 10) == (deploy.line, hold.line, expand.line)


def test_dated_items_are_asked_and_held(compiled):
    """'**Hour 1-4**: Deploy to 10%' is a step of the ramp, and lasts its hours."""
    result = compiled(
        STAGES + "**Timeline**:\n- **Hour 1-4**: Deploy to 10% of traffic\n"
        "- **Hour 4-12**: Expand to 50%\n\n- [ ] Announce the end\n"
    )
    steps = result.stage("Stage 2").steps[:-1]
    assert [Question, Soak, Question, Soak] == [type(step) for step in steps]
    assert [4 * HOUR, 8 * HOUR] == [s.duration for s in steps if isinstance(s, Soak)]


def test_a_wait_without_a_time_is_asked_and_said(compiled):
    """Nothing tells when it is over but a person."""
    result = compiled(STAGES + "1. Wait for the replica\n2. Expand\n")
    assert ["question"] * 3 == result.kinds
    assert "GNG317" in result.codes
