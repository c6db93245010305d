"""Whole documents: the founding ones, and the example that runs."""

from datetime import timedelta
from pathlib import Path

import pytest

from gonogo.document.bindings.sources import read_bindings
from gonogo.document.compiler.compile import Compiled, compile_plan, unaccounted
from gonogo.document.reader.read import read
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Severity
from gonogo.model.encoding import decode_plan
from gonogo.model.plan import Approval, Check, Question, Soak
from gonogo.model.sealing import encode_plan

ROOT = Path(__file__).parents[3]
SEEDS = sorted((ROOT / "../shared/seeds").glob("*.md"))
EXAMPLE = ROOT / "examples/qc_flow/rollout.md"
QC_FLOW = next((path for path in SEEDS if path.name.startswith("4-")), None)


def compiled(path: Path) -> tuple[Reading, Compiled]:
    """Return the reading of a file, and its plan."""
    reading = read(path.read_bytes(), path.name)
    bindings, told = read_bindings(reading)
    assert () == told
    return reading, compile_plan(reading, bindings, name=path.name)


@pytest.mark.skipif(not SEEDS, reason="the founding documents are not here")
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_every_element_of_a_founding_document_ends_somewhere(path: Path):
    """Law 9: every line is run, asked, judged, or named in a diagnostic."""
    reading, result = compiled(path)
    assert () == unaccounted(reading, result)
    assert [] == [d.line for d in result.diagnostics if d.code == "GNG321"]
    assert [] == [d for d in result.diagnostics if d.severity is Severity.ERROR]


@pytest.mark.skipif(not SEEDS, reason="the founding documents are not here")
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_plan_is_written_and_read_back_as_it_was(path: Path):
    """The plan that was approved is the plan that runs."""
    plan = compiled(path)[1].plan
    assert plan is not None
    assert plan == decode_plan(encode_plan(plan))
    assert plan.digest.startswith("sha256:")


@pytest.mark.skipif(QC_FLOW is None, reason="the founding documents are not here")
def test_the_checklist_of_qc_flow_is_a_plan_without_a_binding():
    """Every box is a question, every limit a person's, every wait a soak."""
    assert QC_FLOW is not None
    plan = compiled(QC_FLOW)[1].plan
    assert plan is not None
    steps = [step for stage in plan.stages for step in stage.steps]
    assert [9, 21, 51, 88, 127, 166] == [stage.line for stage in plan.stages]
    assert 6 == sum(isinstance(step, Approval) for step in steps)
    waits = {s.line: s.duration for s in steps if isinstance(s, Soak)}
    day = timedelta(days=1)
    assert {112: day, 117: day, 156: 2 * day} == waits
    judged = [s.line for s in steps if isinstance(s, Question) and s.purpose == "judge"]
    assert [39, 40, 41, 107, 108, 109, 149, 150, 151] == judged
    assert [29, 96, 140] == [s.line for s in steps if isinstance(s, Check)]
    assert [43, 76, 119, 158] == [s.rollback.line for s in plan.stages if s.rollback]
    assert [0, 300, 1800, 86400] == [t.within.total_seconds() for t in plan.incident]


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the example is being written")
def test_the_example_compiles_as_it_is_meant():
    """Nothing of it needs a word but what people watch themselves."""
    reading, result = compiled(EXAMPLE)
    assert result.may_run
    assert () == unaccounted(reading, result)
    assert [] == [d for d in result.diagnostics if d.severity is not Severity.INFO]
    plan = result.plan
    assert plan is not None
    assert 9 == sum(len(stage.gates) for stage in plan.stages)
    # Each number, not a person, decides; people are asked for what only they know.
    asked = [t for s in plan.stages for t in s.steps if isinstance(t, Question)]
    assert [] == [t.title for t in asked if t.purpose == "judge"]
