"""
A plan file is the plan, both ways.

The law: reading what was written gives the very same plan, its digest included,
whatever its texts, numbers and spans are.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.bootstrap.documents import open_document
from gonogo.document.planfile.read import is_plan_file, read_plan
from gonogo.document.planfile.write import plan_as_json, plan_as_yaml
from gonogo.model.condition import Comparator, Condition
from gonogo.model.operation import Http, KillFlags, RestoreFlag, Shell
from gonogo.model.plan import (
    Action,
    Contact,
    Gate,
    IncidentTask,
    Metric,
    Plan,
    Question,
    Rollback,
    Soak,
    Stage,
    ValueSource,
)
from gonogo.model.sealing import sealed
from gonogo.testing.strategies import plans

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    path for path in (ROOT / "examples").rglob("*.md") if path.name != "README.md"
)
WRITERS = (plan_as_yaml, plan_as_json)
# Every character but halves of pairs, which no stored text holds.
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.sampled_from(" \n\t#:-|>'\"{}[]&*!%@`,?a\\\x85\u2028\ufeff")
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30_000))
SOME_TIME = SPANS.filter(bool)


def read(text):
    """Return the plan of a text, whatever else is said about it."""
    return read_plan(text.encode(), name="other.yaml")


@pytest.mark.parametrize("write", WRITERS)
@given(plan=plans())
def test_what_is_written_reads_back_as_the_same_plan(write, plan):
    """`read(write(plan)) == plan`, under the same digest."""
    again, _ = read(write(plan))
    assert (plan, plan.digest) == (again, again.digest)


@st.composite
def odd_plans(draw):
    """Draw a plan of one stage, with every text, number and span that there is."""
    text, number, span = (partial(draw, each) for each in (TEXTS, NUMBERS, SPANS))
    texts = st.lists(TEXTS, max_size=3).map(tuple)
    named = st.dictionaries(TEXTS, TEXTS, max_size=2)
    apply = draw(
        st.builds(Shell, run=TEXTS, session=st.none() | TEXTS, deadline=SOME_TIME)
        | st.builds(Http, url=TEXTS, headers=named, body=st.none() | TEXTS)
        | st.builds(KillFlags, file=TEXTS, flags=texts)
        | st.builds(RestoreFlag, file=TEXTS, flag=TEXTS, definition=st.none() | TEXTS)
    )
    limits = st.builds(
        Condition,
        comparator=st.just(Comparator.LESS),
        value=NUMBERS,
        unit=st.none() | TEXTS,
        window=st.none() | SPANS,
    ) | st.builds(
        Condition,
        comparator=st.just(Comparator.BETWEEN),
        value=st.tuples(NUMBERS, NUMBERS).map(lambda two: (min(two), max(two))),
    )
    gate = Gate(
        id="g",
        line=3,
        title=text(),
        metric="m",
        condition=draw(limits),
        floor=number(),
    )
    steps = (
        Action(id="a", line=1, title=text(), apply=apply),
        Soak(id="s", line=1, title=text(), duration=span(), limit=span(), gates=("g",)),
        Question(id="q", line=1, title=text(), purpose="do", why=text(), text=text()),
    )
    back = draw(
        st.none() | st.builds(Rollback, line=st.just(4), title=TEXTS, text=TEXTS)
    )
    stage = Stage(
        id="1", line=1, title=text(), steps=steps, gates=(gate,), rollback=back
    )
    task = IncidentTask(id="i", line=5, title="t", within=span(), items=draw(texts))
    source = st.builds(
        ValueSource,
        env=st.none() | TEXTS,
        literal=st.none() | TEXTS,
        secret=st.booleans(),
    )
    return sealed(
        Plan(
            title=text(),
            service=text(),
            environment=text(),
            document=text(),
            document_digest=text(),
            stages=(stage,),
            metrics=(Metric(name="m", probe=apply, cadence=draw(SOME_TIME)),),
            incident=(task,),
            contacts=(Contact(line=1, issue=text(), contact=text()),),
            values={"A": draw(source)},
            connections=draw(st.dictionaries(TEXTS, source, max_size=2)),
        )
    )


@pytest.mark.parametrize("write", WRITERS)
@given(plan=odd_plans())
def test_no_text_number_or_span_is_lost(write, plan):
    """Whatever a document says stands in its plan file, character by character."""
    again, found = read(write(plan))
    assert again is not None, found
    assert (plan, plan.digest) == (again, again.digest)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_reads_back_without_a_word(path, write):
    """What a document compiles to is a plan file that nothing is wrong with."""
    plan = open_document(path).compiled.plan
    text = write(plan)
    assert (plan, ()) == read(text)
    assert is_plan_file(text)


@given(plan=plans(), line=st.integers(2, 1000))
def test_a_changed_plan_is_not_taken_for_the_approved_one(plan, line):
    """The digest that stands in the file is that of the plan as it was written."""
    changed = replace(plan, stages=(replace(plan.stages[0], line=line + 10_000),))
    _, found = read(plan_as_yaml(changed))
    assert "GNG505" in [one.code for one in found]
