"""Reading a plan file: little has to be written, and every mistake has its place."""

from datetime import timedelta

import pytest

from gonogo.document.planfile.read import LONGEST, is_plan_file, read_plan
from gonogo.model.sealing import digest_of, sealed


def read(text):
    """Return the plan of a text, which has to be without a mistake."""
    plan, found = read_plan(text.encode(), name="plan.yaml")
    assert () == found
    return plan


def test_ids_and_lines_need_not_be_written(plan_text):
    """An id is made of its title, and a line is where the part stands in the file."""
    (stage,) = read(plan_text).stages
    assert ("enable-for-5", 5) == (stage.id, stage.line)
    assert [("turn-it-on", 7), ("watch", 10)] == [(s.id, s.line) for s in stage.steps]
    assert [("error-rate", 12)] == [(gate.id, gate.line) for gate in stage.gates]


def test_what_follows_from_the_rest_need_not_be_written(plan_text):
    """A gate is called like its metric; a soak calls a person after twice its time."""
    (stage,) = read(plan_text).stages
    assert "Error rate" == stage.gates[0].title
    assert timedelta(hours=2) == stage.steps[1].limit


def test_a_connection_is_secret_unless_the_file_says_no(plan_text):
    """A database URL holds a password more often than not."""
    local = "  local: {literal: 'sqlite:///x.db', secret: false}\n"
    found = read(plan_text + local).connections
    assert [True, False] == [found[name].secret for name in ("main", "local")]


def test_the_document_of_a_plan_file_is_the_file_itself(plan_text):
    """The plan names what was reviewed, by its bytes."""
    plan = read(plan_text)
    found = (plan.document, plan.document_digest)
    assert ("plan.yaml", digest_of(plan_text.encode())) == found


@pytest.mark.parametrize("key", ["document: a.md", "document_digest: 'sha256:1'"])
def test_a_document_is_named_with_its_digest_or_not_at_all(plan_text, told, key):
    """The name of one document never goes with the digest of another."""
    missing = {"document", "document_digest"} - {key.partition(":")[0]}
    assert [("GNG205", 1, missing.pop())] == told(f"{plan_text}{key}\n")


def test_two_parts_of_one_title_get_different_ids(told):
    """Ids are unique and follow the order of the file; those written out go first."""
    text = """\
    title: T
    service: s
    environment: e
    stages:
      - title: Look
        steps:
          - {kind: question, title: Look, purpose: verify}
          - {kind: question, title: Look, purpose: verify}
          - {kind: question, id: look-2, title: Else, purpose: verify}
          - {kind: question, title: Undo 1, purpose: verify}
          - {kind: question, title: '!', purpose: verify}
    """
    assert [] == told(text)
    (stage,) = read(text).stages
    ids = ["look", "look-3", "look-2", "step-undo-1", "part"]
    assert (ids, "look-4") == ([step.id for step in stage.steps], stage.id)


def test_the_digest_is_computed(plan_text):
    """What the file says of its digest is compared, and never believed."""
    plan = read(plan_text)
    assert sealed(plan).digest == plan.digest
    again = f"{plan_text}digest: {plan.digest}\n"
    lines = f"document: plan.yaml\ndocument_digest: {plan.document_digest}\n"
    assert plan == read(again + lines)


def test_the_digest_of_another_plan_is_told(plan_text, told):
    """A plan that was changed does not pass for the one that was approved."""
    text = f"{plan_text}digest: sha256:1\n"
    assert [("GNG505", 21, "digest")] == told(text)


MISTAKES = {
    "a key that is not there": (
        ("method: POST", "methd: POST"),
        [("GNG203", 9, "stages[0].steps[0].apply.methd")],
    ),
    "a key that is missing": (
        ('url: "$APP/on", ', ""),
        [("GNG205", 9, "stages[0].steps[0].apply.url")],
    ),
    "a key that holds nothing": (
        ("title: Turn it on", "title:"),
        [("GNG205", 7, "stages[0].steps[0].title")],
    ),
    "a bad duration": (
        ("duration: 1h", "duration: 60"),
        [("GNG204", 10, "stages[0].steps[1].duration")],
    ),
    "an unknown kind": (
        ("kind: soak", "kind: soke"),
        [("GNG204", 10, "stages[0].steps[1].kind")],
    ),
    "no kind": (
        ("kind: soak, ", ""),
        [("GNG205", 10, "stages[0].steps[1].kind")],
    ),
    "a text for a mapping": (
        ('{kind: http, url: "$APP/on", method: POST}', "on"),
        [("GNG204", 9, "stages[0].steps[0].apply")],
    ),
    "a mapping for a text": (
        ("title: Turn it on", "title: {a: b}"),
        [("GNG204", 8, "stages[0].steps[0].title")],
    ),
    "a text for a list": (
        ("gates: [error-rate]", "gates: error-rate"),
        [("GNG204", 10, "stages[0].steps[1].gates")],
    ),
    "a word for a number": (
        ("value: 1", "value: one"),
        [("GNG204", 13, "stages[0].gates[0].condition.value")],
    ),
    "a word that is no choice": (
        ("comparator: <", "comparator: =<"),
        [("GNG204", 13, "stages[0].gates[0].condition.comparator")],
    ),
    "a limit that its comparator does not compare with": (
        ("comparator: <", "comparator: between"),
        [("GNG504", 13, "stages[0].gates[0].condition")],
    ),
    "a key given twice": (
        ("service: shop", "service: shop\nservice: cart"),
        [("GNG206", 3, "service")],
    ),
    "a gate that is not there": (
        ("[error-rate]", "[error-rat]"),
        [("GNG503", 10, "stages[0].steps[1].gates")],
    ),
    "a metric that is not there": (
        ("metric: Error rate", "metric: Errors"),
        [
            ("GNG503", 10, "stages[0].steps[1].gates"),
            ("GNG215", 12, "stages[0].gates[0].metric"),
        ],
    ),
    "a value that is not there": (
        ("$APP/on", "$APPS/on"),
        [("GNG213", 9, "stages[0].steps[0].apply.url")],
    ),
    "a connection that is not there": (
        ("connection: main", "connection: min"),
        [("GNG214", 16, "metrics[0].probe.connection")],
    ),
    "a name that no variable has": (
        ("APP: {env", "MY-APP: {env"),
        [
            ("GNG207", 18, "values.MY-APP"),
            ("GNG213", 9, "stages[0].steps[0].apply.url"),
        ],
    ),
    "no stage": (
        ("stages:\n", "stages: []\nother:\n"),
        [
            ("GNG203", 5, "other"),
            ("GNG204", 4, "stages"),
        ],
    ),
}


@pytest.mark.parametrize(("change", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_has_its_code_its_line_and_its_path(
    plan_text, told, change, expected
):
    """Whoever made a mistake is led to the very key."""
    assert change[0] in plan_text
    assert sorted(expected) == sorted(told(plan_text.replace(*change)))


def test_all_mistakes_are_told_at_once(plan_text, told):
    """A mistake in one part hides none in another."""
    text = plan_text.replace("title: Turn it on", "titlex: Turn it on")
    text = text.replace("[error-rate]", "[latency]").replace("1h", "soon")
    text = text.replace("connection: main", "connection: other")
    codes = ["GNG203", "GNG204", "GNG205", "GNG214", "GNG503"]
    assert codes == sorted(code for code, _, _ in told(text))


def test_a_mistake_leaves_no_plan(plan_text):
    """What could not be read whole is not run in part."""
    plan, _ = read_plan(plan_text.replace("1h", "soon").encode(), name="p")
    assert plan is None


def test_an_unknown_key_is_told_with_what_was_meant(plan_text):
    """A slip is corrected by reading the message."""
    _, found = read_plan(plan_text.replace("method", "methd").encode(), name="p")
    assert "There is no key 'methd' here. Did you mean 'method'?" == found[0].message


def test_one_id_for_two_parts_is_told(plan_text, told):
    """A name in a command means one part."""
    text = plan_text.replace("title: Turn it on", "title: Turn it on\n        id: x")
    text = text.replace("kind: soak,", "kind: soak, id: x,")
    assert [("GNG502", 11, "stages[0].steps[1].id")] == told(text)


@pytest.mark.parametrize("name", ["undo-1", "a b", "a/confirm", "'-a'", "''"])
def test_an_id_can_be_typed_in_a_command(plan_text, told, name):
    """`undo-1` and `ID/confirm` are the names of questions of gonogo's own."""
    text = plan_text.replace("kind: soak,", f"kind: soak, id: {name},")
    assert [("GNG204", 10, "stages[0].steps[1].id")] == told(text)


@pytest.mark.parametrize(
    ("metric", "code"), [("0s", "GNG204"), ("0.1s", None), ("1m", None)]
)
def test_a_metric_is_looked_at_after_some_time(plan_text, told, metric, code):
    """Without a time between two looks there would be no end of looking."""
    text = plan_text.replace(
        "  - name: Error rate", f"  - name: Error rate\n    cadence: {metric}"
    )
    expected = [(code, 16, "metrics[0].cadence")] if code else []
    assert expected == told(text)


@pytest.mark.parametrize(
    ("share", "code"),
    [("-1", "GNG204"), ("0", None), ("100", None), ("100.5", "GNG204")],
)
def test_an_exposure_is_a_share(plan_text, told, share, code):
    """Nobody exposes more than everybody."""
    text = plan_text.replace("    gates:\n", f"    exposure_pct: {share}\n    gates:\n")
    assert ([(code, 11, "stages[0].exposure_pct")] if code else []) == told(text)


NO_PLANS = {
    "nothing": (b"", "GNG501", 1),
    "a comment": (b"# later\n", "GNG501", 1),
    "a list": (b"- a\n- b\n", "GNG501", 1),
    "a text": (b"hello\n", "GNG501", 1),
    "no YAML": (b"title: x\nstages: [\n", "GNG201", 3),
    "no UTF-8": (b"title: x\nservice: \xff\n", "GNG201", 2),
    "too much": (b"a" * (LONGEST + 1), "GNG202", 1),
}


@pytest.mark.parametrize(("data", "code", "line"), NO_PLANS.values(), ids=NO_PLANS)
def test_what_is_no_plan_is_told(data, code, line):
    """No file, however odd, is more than a diagnostic."""
    plan, (found,) = read_plan(data, name="plan.yaml")
    assert (None, code, line) == (plan, found.code, found.line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: x\nstages: []\n", True),
        ('{"title": "x", "stages": []}', True),
        ("# T\n\n- [ ] Do it\n", False),
        ("---\ntitle: x\nstages: 3\n---\n\n# Title\n", False),
        ("title: x\n", False),
        ("", False),
    ],
)
def test_a_plan_file_is_told_from_markdown(text, expected):
    """The report looks at the text that was run, whose name says nothing of it."""
    assert expected is is_plan_file(text)
