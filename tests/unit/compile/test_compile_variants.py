"""Variants: the chosen one runs, the others do not, and an open choice asks."""

import pytest

from gonogo.model.operation import Shell
from gonogo.model.plan import Action, Question

DOCUMENT = """
    # Rollout

    ## Stage 1: Restart

    ### Option A: with the tool

    ```bash
    tool stop
    ```

    ```bash
    tool start
    ```

    ### Option B: by hand

    ```bash
    systemctl restart web
    ```
"""


@pytest.mark.parametrize("name", ["Option A", "option a: with the tool"])
def test_every_block_of_the_chosen_variant_runs_and_no_other(compiled, name):
    """A variant is named by its label, whole or to the colon; the rest is left out."""
    result = compiled(DOCUMENT, f"variants: {{restart: '{name}'}}")
    steps = result.plan.stages[0].steps
    assert all(isinstance(step, Action) for step in steps)
    assert ["tool stop", "tool start"] == [step.apply.run for step in steps]
    assert "GNG303" in result.codes


@pytest.mark.parametrize("bound", ["", "variants: {restart: Option C}"])
def test_an_open_choice_is_a_question(compiled, bound):
    """Where no variant is named, none runs: a person says which, and does it."""
    (step,) = compiled(DOCUMENT, bound).plan.stages[0].steps
    assert isinstance(step, Question)
    assert "'Option A: with the tool', 'Option B: by hand'" in step.why


def test_the_way_back_runs_the_chosen_variant(compiled):
    """A rollback in variants goes the way that the bindings name."""
    document = """
        # Rollout

        ## Stage 1: Deploy

        ```bash
        make deploy
        ```

        ### Rollback

        **Heroku:**

        ```bash
        heroku rollback
        ```

        **Docker:**

        ```bash
        docker compose up -d web
        ```
    """
    back = compiled(document, "variants: {platform: Docker}").plan.stages[0].rollback
    assert "docker compose up -d web" == back.operation.run
    assert compiled(document, "").plan.stages[0].rollback.operation is None


def test_a_block_runs_in_the_folder_that_its_fence_names(compiled):
    """`cwd` on a fence goes there first; a folder that is not there stops the script."""
    document = """
        # Rollout

        ## Stage 1: Deploy

        ```sh { name=deploy cwd="my app" }
        make deploy
        ```
    """
    (step,) = compiled(document, "").plan.stages[0].steps
    assert Shell(run="cd -- 'my app' || exit\nmake deploy").run == step.apply.run


def test_a_block_is_bound_by_the_name_on_its_fence(compiled):
    """A name on a fence is a name that bindings use."""
    document = """
        # Rollout

        ## Stage 1: Deploy

        ```sh { name=deploy }
        make deploy
        ```
    """
    bound = "steps: {deploy: {shell: {undo: make undeploy}}}"
    (step,) = compiled(document, bound).plan.stages[0].steps
    assert "make undeploy" == step.undo.run
