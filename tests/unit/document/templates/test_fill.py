"""Templates: filled documents compile, and what is unknown stays open."""

from importlib.resources import files

import pytest

from gonogo.document import Beside, compile_document
from gonogo.document.open_points.draft import draft_of
from gonogo.document.open_points.point import Kind
from gonogo.document.templates.fill import Change, Request, fill
from gonogo.document.templates.sources import (
    FlagSource,
    HealthPath,
    Migration,
    Sources,
)
from gonogo.model.plan import Action, Approval, Baseline, Check, Soak

NOTHING = Sources(service="shop")
ALL = Sources(
    service="shop",
    database="DATABASE_URL",
    prometheus="PROMETHEUS_URL",
    app="APP_URL",
    migration=Migration(
        name="1_a", up="m/1_a.up.sql", down="m/1_a.down.sql", by_script=True, tool="SQL"
    ),
    flags=FlagSource(file="flags.json", flags=("cart",)),
    health=HealthPath(path="/healthz", file="compose.yaml"),
)


def written(change, sources, **request):
    """Return the texts of a filled template."""
    folder = files("gonogo.document.templates")
    asked = Request(change=change, document="r.md", **request)
    return fill(asked, sources, lambda name: (folder / name).read_text("utf-8"))


def compiled(change, sources, **request):
    """Return the reading and what was compiled of a filled template."""
    texts = written(change, sources, **request)
    beside = Beside(name="r.bindings.yaml", text=texts.bindings)
    return compile_document(texts.document.encode(), name="r.md", beside=beside)


def open_kinds(change, sources, **request):
    """Return the kinds of what a filled template leaves open."""
    reading, _ = compiled(change, sources, **request)
    text = written(change, sources, **request).bindings
    draft = draft_of(reading, Beside(name="r.bindings.yaml", text=text))
    return {point.kind for point in draft.points}


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("sources", [NOTHING, ALL], ids=["nothing", "all"])
def test_a_filled_template_may_run(change, sources):
    """Whatever was found, the document has no error: what is open is asked."""
    _, done = compiled(change, sources)
    assert done.may_run, done.diagnostics


@pytest.mark.parametrize("change", Change)
def test_with_all_sources_only_people_are_warned_about(change):
    """Lint's warnings are what is honestly open: names that nobody can find."""
    _, done = compiled(change, ALL)
    found = {d.code for d in done.diagnostics if d.severity == "warning"}
    assert {"GNG216"} == found


LEFT = {
    Change.MIGRATION: {Kind.PEOPLE, Kind.STEPS},
    Change.FLAG: {Kind.PEOPLE, Kind.STEPS},
    Change.CANARY: {Kind.PEOPLE, Kind.STEPS, Kind.TRAFFIC, Kind.ROLLBACKS},
}


@pytest.mark.parametrize(("change", "left"), LEFT.items())
def test_with_all_sources_people_and_their_judgement_stay_open(change, left):
    """Only who approves, what people look at, and the traffic switch are not found."""
    assert left == open_kinds(change, ALL)


@pytest.mark.parametrize("change", Change)
def test_what_is_not_found_is_asked_by_bind(change):
    """Without a source the metrics and the address stay open."""
    assert {Kind.PEOPLE, Kind.METRICS, Kind.VALUES} <= open_kinds(change, NOTHING)


@pytest.mark.parametrize("change", Change)
def test_a_template_has_all_that_a_good_rollout_has(change):
    """Approvals before and after, a baseline, checks, soaks, gates, triggers, contacts."""
    _, done = compiled(change, ALL)
    plan = done.plan
    kinds = {type(step) for stage in plan.stages for step in stage.steps}
    assert {Approval, Baseline, Check, Soak} <= kinds
    assert isinstance(plan.stages[0].steps[0], Approval)
    assert isinstance(plan.stages[-1].steps[-1], Approval)
    assert any(stage.gates for stage in plan.stages)
    assert 2 == len(plan.triggers)
    assert plan.contacts


def test_each_share_is_a_stage_that_says_how_it_is_taken_back():
    """The percentages are the stages', each with its flag, its look and its way back."""
    _, done = compiled(Change.FLAG, ALL, shares=(1, 12.5, 100))
    stages = [stage for stage in done.plan.stages if stage.exposure_pct is not None]
    assert [1, 12.5, 100] == [stage.exposure_pct for stage in stages]
    for stage, share in zip(stages, (1, 12.5, 100), strict=True):
        action = next(step for step in stage.steps if isinstance(step, Action))
        assert ("cart", share) == (action.apply.flag, action.apply.percentage)
        assert stage.rollback is not None
    assert "Set `cart` back to 12.5%" in stages[2].rollback.text


def test_paths_are_taken_from_the_document_s_folder():
    """A document in another folder finds the project's files."""
    text = written(Change.MIGRATION, ALL, root="../..").bindings
    assert "up: ../../m/1_a.up.sql, down: ../../m/1_a.down.sql" in text
    assert "file: ../../flags.json" in written(Change.FLAG, ALL, root="../..").bindings


def test_a_migration_command_runs_in_the_project_s_folder():
    """A tool finds its own files, wherever the document stands."""
    migration = Migration(
        name="next", up="alembic upgrade +1", down=None, by_script=False, tool="Alembic"
    )
    sources = Sources(service="shop", migration=migration)
    text = written(Change.MIGRATION, sources, root="../..").bindings
    assert "{shell: {run: cd '../..' && alembic upgrade +1}}" in text


def test_a_flag_is_named_where_a_file_has_several():
    """Which of two flags is meant is not guessed."""
    sources = Sources(service="s", flags=FlagSource(file="f.json", flags=("a", "b")))
    assert "# Turn On <flag>" in written(Change.FLAG, sources).document
    text = written(Change.FLAG, sources, flag="b")
    assert "# Turn On b" in text.document
    assert "name: b, percentage: 5" in text.bindings


def test_words_of_people_are_taken_as_they_are():
    """Braces in a title are no template's."""
    text = written(Change.CANARY, ALL, title="{x} % {{y}}", service="a: b").document
    assert "# {x} % {{y}}\n" in text
