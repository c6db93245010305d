"""A rollout whose plan was changed: what its report fills in, and what it proves."""

from dataclasses import replace
from datetime import timedelta

from gonogo.document.planfile.write import plan_as_yaml
from gonogo.model.identifiers import GateId, StepId
from gonogo.model.operation import Shell
from gonogo.model.plan import Approval, Check, Purpose, Question, Soak
from gonogo.model.record import FIRST_LINK, chained
from gonogo.model.sealing import sealed
from gonogo.report.difference import Change, difference_of
from gonogo.report.history import history_of
from gonogo.report.report import report_of
from gonogo.testing.clock import NOON
from gonogo.testing.scenes import BEN, ERRORS, Scene, gate, plan, stage

MINUTE = timedelta(minutes=1)
AFTER = """\
# Another scene

## first

- [ ] Well?

## second

- [ ] Look closely
"""


def question(line):
    """Return a question on a line."""
    return Question(
        id=StepId("one"), line=line, title="Well?", purpose=Purpose.VERIFY, why=""
    )


def check(title, line):
    """Return a check on a line."""
    return Check(id=StepId("two"), line=line, title=title, probe=Shell(run=title))


OLD = plan(stage(question(3), name="first"), stage(check("Look", 5), name="second"))
NEW = plan(
    stage(question(5), name="first"), stage(check("Look closely", 9), name="second")
)


def lived(document=AFTER):
    """Return the records of a rollout that ended by a changed plan."""
    scene = Scene(OLD)
    scene.amended(NEW, "second", document=document, reason="too coarse")
    scene.after(minutes=1).answered("one", "yes", BEN)
    scene.observed("two~2")
    assert scene.state.ended
    return chained(
        scene.state.rollout,
        scene.history,
        after=0,
        previous=FIRST_LINK,
        recorded_at=NOON,
    )


def section(report, title):
    """Return a section of the evidence."""
    _, _, rest = report.markdown.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def test_the_amended_document_is_the_one_that_is_filled_in():
    """Its boxes are ticked by what was done before the change, too."""
    filled = report_of(lived()).markdown.partition("\n---\n")[0]
    assert filled.startswith("# Another scene")
    assert "- [x] Well?" in filled
    assert "- [x] Look closely" in filled


def test_the_evidence_says_who_changed_what_and_under_which_plan_each_stage_ran():
    """The digests before and after, the reason, and what the old plan had."""
    text = section(report_of(lived()), "Amendments")
    assert "ada (command line)" in text
    assert "from the stage 'second' on" in text
    assert "too coarse" in text
    assert OLD.digest in text
    assert NEW.digest in text
    assert "In place of 'second' (line 1) of the document before." in text
    first, second = text.splitlines()[-2:]
    assert f"`{OLD.digest}`, then `" in first
    assert OLD.digest not in second


def test_the_html_report_tells_of_the_amendment_too():
    """Both forms say the same."""
    assert "Amendments" in report_of(lived()).html


def test_a_rollout_that_was_not_amended_has_no_such_section():
    """Nothing is said of what did not happen."""
    scene = Scene(OLD)
    records = chained(
        scene.state.rollout,
        scene.history,
        after=0,
        previous=FIRST_LINK,
        recorded_at=NOON,
    )
    assert "Amendments" not in report_of(records).markdown


def test_an_amended_plan_file_is_filled_in_as_its_checklist():
    """There is no Markdown: the checklist of the last plan stands for it."""
    history = history_of(lived(document=plan_as_yaml(NEW)))
    assert "- [ ] Look closely" in history.text
    lines = history.text.splitlines()
    steps = list(history.state.plan_steps())
    assert ["- [ ] Well?", "- [ ] Look closely"] == [lines[s.line - 1] for s in steps]


# -- what is shown before ------------------------------------------------------


def changes(found):
    """Return what became of each part, by its title."""
    return {(part.kind, part.title): part.change for part in found.parts}


def test_a_difference_names_every_part_that_changed():
    """Stages, triggers, metrics: what came, what went, what is otherwise."""
    old = plan(*OLD.stages, triggers=(gate("t", title="old trigger"),))
    slower = replace(ERRORS, cadence=MINUTE * 9)
    third = stage(check("More", 12), name="third")
    new = plan(
        NEW.stages[0],
        third,
        triggers=(gate("t", title="new trigger"),),
        metrics=(slower,),
    )
    found = changes(difference_of(Scene(old).state, new, 1))
    assert {
        ("stage", "first"): Change.UNCHANGED,
        ("stage", "third"): Change.ADDED,
        ("stage", "second"): Change.REMOVED,
        ("trigger", "new trigger"): Change.ADDED,
        ("trigger", "old trigger"): Change.REMOVED,
        ("metric", "errors"): Change.CHANGED,
    } == found


def test_a_changed_stage_names_its_steps_that_went_and_came():
    """What only stands on another line is not named, a soak's gate included."""
    soak = Soak(
        id=StepId("s"),
        line=7,
        title="Hold",
        duration=MINUTE,
        gates=(GateId("g1"),),
        limit=MINUTE,
    )
    moved = replace(soak, id=StepId("s2"), line=70, gates=(GateId("g2"),))
    old = plan(stage(check("Look", 5), soak, name="x", gates=(gate("g1", title="g"),)))
    new = plan(
        stage(
            check("Look closely", 50), moved, name="x", gates=(gate("g2", title="g"),)
        )
    )
    (part,) = difference_of(Scene(old).state, new, 0).parts
    assert ("- Look (line 5)", "+ Look closely (line 50)") == part.details


def test_consents_that_stay_and_that_are_asked_anew_are_told_apart():
    """Who gave one that lapses is named: they will be asked again."""

    def consent(name, line):
        return Approval(id=StepId(name), line=line, title=name, role="Dev")

    first = stage(consent("start", 1), question(3), name="first")
    old = plan(first, stage(consent("later", 4), name="second"))
    new = plan(first, stage(consent("later", 6), check("More", 7), name="second"))
    scene = Scene(sealed(old))
    scene.approved("start")
    scene.approved("later", BEN)
    found = difference_of(scene.state, new, 1)
    assert ("start",) == found.kept
    assert [("later", 6, "ben")] == [(a.title, a.line, a.given_by) for a in found.asked]
