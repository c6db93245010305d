"""What the compiler makes of readings made by hand, and of any document at all."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.document.bindings.bound import Bindings
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.compiler.compile import compile_plan, unaccounted
from gonogo.document.kinds import BoxKind, CommandRole, GateContext, RollbackScope
from gonogo.document.reader.read import read
from gonogo.document.reading import Box, Command, Gate, Reading, Stage
from gonogo.document.reading import Rollback as Way
from gonogo.model.condition import Comparator, Condition, Relative

STAGE = Stage(line=1, last_line=30, title="Stage 1")
BELOW_ONE = Condition(comparator=Comparator.LESS, value=1, unit="%")


def box(line: int, kind: BoxKind = BoxKind.DO, stage: int | None = 1) -> Box:
    """Return a box of this line."""
    return Box(
        line=line, text=f"Item {line}", kind=kind, checked=False, mark_column=4,
        stage_line=stage,
    )  # fmt: skip


def block(line: int, label: str, role: CommandRole = CommandRole.DO) -> Command:
    """Return a variant of the block in line 3."""
    return Command(
        line=line, end_line=line + 2, lang="bash", info="bash", text=f"./{label}.sh\n",
        role=role, runnable=True, alternatives=3, label=label, stage_line=1,
    )  # fmt: skip


def gate(line: int, condition: Condition = BELOW_ONE, **more) -> Gate:
    """Return a limit of the metric 'Errors'."""
    values = {"context": GateContext.MUST_HOLD, "stage_line": 1, "text": "x", **more}
    return Gate(line=line, metric="Errors", condition=condition, **values)


def bound(text: str, reading: Reading) -> Bindings:
    """Return bindings that hold no mistake."""
    bindings, told = read_bindings(reading, Beside(name="b", text=text))
    assert () == told
    return bindings


VARIANTS = Reading(
    name="r",
    digest="",
    stages=(STAGE,),
    commands=(block(3, "Heroku"), block(7, "Render")),
)


def test_of_open_variants_a_person_runs_one():
    """Running all of them, or the first, would be a guess."""
    result = compile_plan(VARIANTS, Bindings(), name="r")
    step = result.plan.stages[0].steps[0]
    assert ("question", "do") == (step.kind, step.purpose)
    assert "Heroku:\n./Heroku.sh" in step.text
    assert ["GNG313"] == [d.code for d in result.diagnostics]
    assert () == unaccounted(VARIANTS, result)


def test_the_variant_that_is_named_runs_and_the_others_are_named():
    """Exactly one variant of a block runs."""
    result = compile_plan(
        VARIANTS, bound("variants: {platform: render}", VARIANTS), name="r"
    )
    assert ["./Render.sh"] == [s.apply.run for s in result.plan.stages[0].steps]
    told = {d.code: d for d in result.diagnostics}
    assert {"GNG303", "GNG314"} == set(told)
    assert 3 == told["GNG314"].line
    assert () == unaccounted(VARIANTS, result)


def test_a_limit_told_for_information_is_no_gate():
    """What the document only tells is not judged."""
    reading = Reading(
        name="r", digest="", stages=(STAGE,), boxes=(box(2),),
        gates=(gate(4, context=GateContext.INFO),),
    )  # fmt: skip
    result = compile_plan(reading, Bindings(), name="r")
    assert ["GNG312"] == [d.code for d in result.diagnostics]
    assert () == result.plan.stages[0].gates
    assert () == unaccounted(reading, result)


def test_a_limit_against_a_control_group_is_a_persons():
    """Nothing measures a control group; the comparison is not made up."""
    condition = replace(BELOW_ONE, relative=Relative.CONTROL)
    reading = Reading(name="r", digest="", stages=(STAGE,), gates=(gate(4, condition),))
    bindings = bound("metrics: {Errors: {http: u}}", reading)
    result = compile_plan(reading, bindings, name="r")
    assert ["GNG319"] == [d.code for d in result.diagnostics]
    assert "judge" == result.plan.stages[0].steps[0].purpose


def test_a_limit_that_must_not_hold_is_a_gate_that_must_not():
    """'Error rate > 5 %: stop' is no criterion turned around."""
    reading = Reading(
        name="r", digest="", stages=(STAGE,),
        gates=(gate(4, context=GateContext.MUST_NOT),),
    )  # fmt: skip
    bindings = bound("metrics: {Errors: {http: u}}", reading)
    result = compile_plan(reading, bindings, name="r")
    assert "must_not" == result.plan.stages[0].gates[0].holds


def test_a_box_that_no_rule_takes_is_named():
    """A kind that nothing makes a step of is not dropped in silence."""
    reading = Reading(
        name="r", digest="", stages=(STAGE,), boxes=(box(2), box(4, BoxKind.TRIGGER))
    )
    result = compile_plan(reading, Bindings(), name="r")
    assert ["GNG310"] == [d.code for d in result.diagnostics]
    assert () == unaccounted(reading, result)


@pytest.mark.parametrize("kind", BoxKind)
def test_every_kind_of_box_ends_somewhere(kind: BoxKind):
    """Law 9, kind by kind."""
    reading = Reading(
        name="r", digest="", stages=(STAGE,), boxes=(box(2), box(3, kind))
    )
    assert () == unaccounted(reading, compile_plan(reading, Bindings(), name="r"))


@pytest.mark.parametrize("role", CommandRole)
def test_every_role_of_block_ends_somewhere(role: CommandRole):
    """Law 9, role by role."""
    command = replace(block(5, "x", role), alternatives=None)
    reading = Reading(
        name="r", digest="", stages=(STAGE,), boxes=(box(2),), commands=(command,)
    )
    assert () == unaccounted(reading, compile_plan(reading, Bindings(), name="r"))


def test_a_box_that_stands_in_no_stage_is_named():
    """What belongs to no stage is not run at some time or other."""
    reading = Reading(
        name="r", digest="", stages=(STAGE,), boxes=(box(2), box(40, stage=None))
    )
    result = compile_plan(reading, Bindings(), name="r")
    assert [("GNG305", 40)] == [(d.code, d.line) for d in result.diagnostics]


def test_a_stage_without_a_step_is_passed_by_and_named():
    """A heading with prose alone holds nothing up."""
    empty = Stage(line=40, last_line=50, title="Stage 2")
    reading = Reading(name="r", digest="", stages=(STAGE, empty), boxes=(box(2),))
    result = compile_plan(reading, Bindings(), name="r")
    assert [("GNG322", 40)] == [(d.code, d.line) for d in result.diagnostics]
    assert [1] == [stage.line for stage in result.plan.stages]


def test_a_document_without_stages_is_one_stage_with_its_way_back():
    """A short checklist needs no headings."""
    way = Way(
        line=20, end_line=25, scope=RollbackScope.GLOBAL, title="Rollback",
        command_lines=(21,), has_commands=True,
    )  # fmt: skip
    off = replace(
        block(21, "off", CommandRole.ROLLBACK), alternatives=None, stage_line=None
    )
    reading = Reading(
        name="r",
        digest="",
        boxes=(box(2, stage=None),),
        rollbacks=(way,),
        commands=(off,),
    )
    result = compile_plan(reading, Bindings(), name="r")
    assert "./off.sh" == result.plan.stages[0].rollback.operation.run
    assert () == result.plan.incident
    assert () == unaccounted(reading, result)


LINES = st.sampled_from(
    [
        "# Rollout", "## Stage 1: Enable at 5%", "## Stage 2: All", "### Verification",
        "### Rollback", "## Incident Response", "## Approvals", "## Sign-Off",
        "- [ ] Deploy the code", "- [x] Backup created", "  - [ ] Verify it works",
        "- [ ] Wait 24 hours", "- [ ] Verify error rate < 1% for 1h", "- [ ] GO",
        "- [ ] NO-GO", "- [ ] Approved by: ____", "- [ ] Capture baseline metrics",
        "| Metric | Threshold | Actual |", "|---|---|---|", "| Error rate | < 1% | |",
        "| Latency | < +15% | |", "| Role | Name | Approved |", "| Dev | | ☐ |",
        "```bash", "./run.sh", "# Expected: ok", "```", "```sql", "select 1;",
        "1. **Immediately:** switch it off", "2. **Within 5 minutes:** page",
        "Monitor for 30-60 minutes.", "- Error rate > 5%", "**Rollback triggers:**", "",
    ]
)  # fmt: skip
BOUND = """
people: {Dev: [a]}
connections: {qc: {env: QC}}
metrics: {Error rate: {http: u}, Latency: {shell: x, unit: ms}}
steps: {Deploy the code: {shell: {run: a, undo: b}}, line 4: {ignore: x}}
rollbacks: {"Stage 2: All": {covered: true}}
"""


@settings(max_examples=250, deadline=None)
@given(st.lists(LINES, max_size=30), st.booleans())
def test_any_document_compiles_and_loses_nothing(lines: list[str], with_bindings: bool):  # noqa: FBT001
    """Law 9 over documents of all sorts of lines, bound and unbound."""
    reading = read("\n".join(lines).encode(), "any.md")
    beside = Beside(name="b", text=BOUND) if with_bindings else None
    bindings, _ = read_bindings(reading, beside)
    result = compile_plan(reading, bindings, name="any.md")
    assert () == unaccounted(reading, result)
    assert result == compile_plan(reading, bindings, name="any.md")
    assert "GNG321" not in [d.code for d in result.diagnostics]
    if result.plan is not None:
        steps = [s for stage in result.plan.stages for s in stage.steps]
        assert len({s.id for s in steps}) == len(steps)
        known = {g.id for stage in result.plan.stages for g in stage.gates}
        used = {g for s in steps if s.kind == "soak" for g in s.gates}
        assert used <= known
        metrics = {m.name for m in result.plan.metrics}
        gates = [
            *result.plan.triggers,
            *(g for s in result.plan.stages for g in s.gates),
        ]
        assert {g.metric for g in gates} <= metrics
