"""Spans: the time that a document states is held, and held once."""

from datetime import timedelta

import pytest

from gonogo.model.plan import Soak

HOUR = timedelta(hours=1)
ACTION = "- [ ] Deploy <!-- gonogo: {shell: {run: ./d.sh, undo: ./u.sh}} -->"


def soaks(result):
    """Return line, duration and whether held time counts, of every soak."""
    steps = [step for stage in result.plan.stages for step in stage.steps]
    return [
        (s.line, s.duration / HOUR, s.counts_held) for s in steps if isinstance(s, Soak)
    ]


def test_a_group_is_held_before_what_is_asked_below_it(compiled):
    """Hold, then ask what was seen."""
    result = compiled(
        "## Stage 1: A\n- [ ] **Active Monitoring** (first hour)\n  - [ ] No errors\n"
    )
    assert ["soak", "question"] == result.kinds
    assert [(2, 1, False)] == soaks(result)


def test_hours_inside_a_day_are_that_day(compiled):
    """1 h, 3 h and 20 h inside a 24-hour stage do not become 48 h."""
    result = compiled(
        """
        ## Phase 2: 24-Hour Monitoring

        - [ ] **Hour 1: Active Monitoring**
          - [ ] No errors
        - [ ] **Hours 2-4: Regular Checks**
          - [ ] No locks
        - [ ] **Hours 5-24: Passive Monitoring**
          - [ ] No alerts
        """
    )
    assert [(3, 1, False), (5, 3, False), (7, 20, False), (1, 24, True)] == soaks(
        result
    )
    assert "soak" == result.kinds[-1]


@pytest.mark.parametrize(
    ("inside", "left", "counts"), [(23, 1, False), (24, 24, True), (25, 24, True)]
)
def test_only_the_rest_is_held_by_hand(compiled, inside, left, counts):
    """What people did is no action: nothing before the stage counts as its time."""
    result = compiled(
        f"## Phase 1: 24-Hour Monitoring\n- [ ] Deploy\n- [ ] Wait {inside} hours\n"
    )
    assert (1, left, counts) == soaks(result)[-1]


def test_time_before_a_stage_does_not_count_as_its_own(compiled):
    """48 hours of staging are no proof of the canary."""
    result = compiled(
        """
        ## Stage 1: Staging

        **Duration**: 48 hours

        - [ ] Deploy to staging

        ## Stage 2: Canary

        **Duration**: 48 hours

        - [ ] Deploy the canary
        """
    )
    assert [(3, 48, False), (9, 48, False)] == soaks(result)
    assert ["question", "soak"] * 2 == result.kinds


def test_behind_an_action_of_its_own_the_time_since_counts(compiled):
    """The action bounds what is counted: nothing before it is."""
    result = compiled(
        f"# R\n\n## Stage 1: Begin\n\n- [ ] Begin\n\n"
        f"## Stage 2: Canary (monitor for 4 hours)\n\n{ACTION}\n"
    )
    assert [(7, 4, True)] == soaks(result)


def test_a_substage_holds_behind_its_own_last_step(compiled):
    """The next substage does not begin before the time of this one is over."""
    result = compiled(
        """
        ## Stage 1: A

        ### Step 1: Monitoring (2 hours)

        - [ ] Look at the graphs

        ### Step 2: Expand

        - [ ] Expand to all
        """
    )
    assert ["question", "soak", "question"] == result.kinds
    assert [(3, 2, False)] == soaks(result)


def test_a_span_said_twice_for_one_part_holds_once(compiled):
    """A title and its 'Duration:' mean the same two days."""
    result = compiled(
        "## Phase 1: Staging (48 hours)\n\n**Duration**: 48 hours\n\n- [ ] Deploy\n"
    )
    assert [48] == [hours for _, hours, _ in soaks(result)]


def test_of_a_range_a_part_holds_the_longer_end(compiled):
    """'24-48 hours' holds for two days, and says so."""
    result = compiled("## Stage 1: A\n\n**Soak**: 24-48 hours\n\n- [ ] Deploy\n")
    assert [48] == [hours for _, hours, _ in soaks(result)]
    assert "GNG308" in result.codes


def test_the_first_day_counts_its_first_hour(compiled):
    """Behind 'first hour', 23 hours of 'first 24 hours' are left."""
    result = compiled(
        """
        ## Stage 1: A

        - [ ] Deploy
        - [ ] **Active Monitoring** (first hour)
          - [ ] No errors
        - [ ] **Extended Monitoring** (first 24 hours)
          - [ ] No regressions
        """
    )
    assert [(4, 1, False), (6, 23, False)] == soaks(result)


def test_a_change_between_begins_the_first_hour_anew(compiled):
    """Each step of a ramp has a first hour of its own."""
    group = "- [ ] **Monitoring** (first hour)\n  - [ ] No errors\n"
    result = compiled(
        f"## Stage 1: A\n- [ ] Deploy\n{group}- [ ] Deploy to all\n{group}"
    )
    assert [1, 1] == [hours for _, hours, _ in soaks(result)]
    assert not any(counts for _, _, counts in soaks(result))


def test_an_approval_elsewhere_does_not_take_the_spans_away(compiled):
    """A consent in a table has no box; every span of prose was lost with it."""
    result = compiled(
        """
        ## Stage 1: Canary (24 hours of monitoring)

        - [ ] Deploy

        ## Sign-off

        | Role | Name | Signature | Date |
        |------|------|-----------|------|
        | Tech Lead |  |  |  |
        """
    )
    assert [24] == [hours for _, hours, _ in soaks(result)]


def test_an_order_to_wait_holds_where_it_stands(compiled):
    """What stands below 'Wait 10 minutes' is not looked at before they are over."""
    result = compiled(
        "## Stage 1: A\n- [ ] Deploy\n\nWait 30 minutes.\n\n- [ ] Verify it\n"
    )
    assert ["question", "soak", "question"] == result.kinds


def test_a_box_to_be_done_for_a_time_holds_behind_it(compiled):
    """Who ticks 'done' has not yet let four hours pass."""
    result = compiled(
        "## Stage 1: A\n- [ ] Deploy to 10% traffic for 4 hours\n- [ ] Expand\n"
    )
    assert ["question", "soak", "question"] == result.kinds
    assert [(2, 4, False)] == soaks(result)


def test_a_sign_off_after_a_time_is_asked_for_behind_it(compiled):
    """Nobody signs off the first day before it is over."""
    result = compiled("## Stage 1: A\n- [ ] Deploy\n- [ ] Sign-off (after 24 hours)\n")
    assert ["question", "soak", "approval"] == result.kinds
    assert [(3, 24, False)] == soaks(result)


def test_a_bound_span_is_what_its_binding_says(compiled):
    """A team that holds otherwise says so by the title."""
    result = compiled(
        "## Phase 1: 24-Hour Monitoring\n- [ ] Deploy\n",
        "steps: {'Phase 1: 24-Hour Monitoring': {ignore: elsewhere}}",
    )
    assert [] == soaks(result)
    assert "GNG318" in result.codes


STAGES = "## Stage 1: A\n\n- [ ] Deploy\n\n## Stage 2: B\n\n- [ ] Expand\n\n"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Monitor for 24 hours.", ""),
        ("", "| What | Time |\n|---|---|\n| Canary | Monitor for 24 hours |"),
        ("", "## Stage 3: C (Completed)\n\n- [ ] Look\n\nMonitor for 24 hours."),
        ("", "### Background\n\nMonitor for 24 hours."),
    ],
    ids=["outside", "table", "completed", "background"],
)
def test_a_span_that_holds_nothing_is_told(compiled, above, below):
    """Nothing is dropped in silence: it says why it is not held."""
    result = compiled(f"# R\n\n{above}\n\n{STAGES}{below}\n")
    assert [] == soaks(result)
    assert "24h" in result.only("GNG323").message
