"""The laws of `gonogo bind`: what an answer settles, and what it leaves alone."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.document.bindings.sources import Beside
from gonogo.document.open_points.additions import Addition, NoPlaceForIt, added
from gonogo.document.open_points.answer import AnswerRefused, flow
from gonogo.document.open_points.draft import answered, draft_of, errors_in
from gonogo.document.open_points.point import Kind
from gonogo.document.reader.read import read
from gonogo.document.tree import tree

WORDS = st.sampled_from(
    ["alpha", "`beta`", "error: rate", "50%", "it's", '"q"', "#x", "é", "the"]
)
TITLES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
BOXES = st.lists(
    st.tuples(st.sampled_from(["Deploy", "Verify", "Wait for", "Enable 5% of"]), TITLES)
)
METRICS = st.lists(TITLES, max_size=3)
ROLES = st.lists(st.sampled_from(["Dev Lead", "Ops: On-Call", "Owner"]), unique=True)
BLOCKS = st.lists(
    st.sampled_from(
        [
            "```bash\n./deploy.sh <your-app> --to <target>\n```",
            "```sql\nselect count(*) from t;\n-- Expected: 0\n```",
            "```bash\nmake release\n```",
        ]
    ),
    max_size=2,
)
BESIDE = st.sampled_from(
    [
        "",
        "# kept\n\nservice: shop  # kept too\n",
        "gonogo:\n    people:  # who\n        Dev Lead: [ada]\n\n# end\n",
        "{service: shop, people: {Dev Lead: [ada]}}\n",
        "people: {Dev Lead: [ada]}\nvalues:\nsteps:\n  # none yet\n",
    ]
)


@st.composite
def documents(draw):
    """Draw a document with all kinds of things left open."""
    lines = ["# A change", "", "## Approvals", "", "| Role | Approved |", "|---|---|"]
    lines += [f"| {role} | ☐ |" for role in draw(ROLES)]
    for number in range(draw(st.integers(1, 2))):
        lines += ["", f"## Stage {number + 1}: {draw(TITLES)}", ""]
        lines += [f"- [ ] {verb} {title}" for verb, title in draw(BOXES)]
        lines += ["", *(f"{block}\n" for block in draw(BLOCKS))]
        lines += ["", "| Metric | Threshold |", "|---|---|"]
        lines += [f"| {metric} | < {number + 5} |" for metric in draw(METRICS)]
        if draw(st.booleans()):
            lines += ["", "### Rollback", "", "Undo it by hand."]
    return "\n".join(lines) + "\n"


ANSWERS = {
    Kind.CONNECTIONS: ["DATABASE_URL", "sqlite:///x.db"],
    Kind.VALUES: ["$APP", "eu-1", "a: b"],
    Kind.PEOPLE: ["ada", "ada, bob"],
    Kind.METRICS: ["$APP_URL/metrics $.errors", "select 1", "shell: ./e.sh 'a: b'"],
    Kind.WAITS: ["24h", "1h30m"],
    Kind.TRAFFIC: ["flag: checkout 5 $FLAGS", "ask"],
    Kind.STEPS: ["shell: ./x.sh # y", "ask", "{http: $APP_URL/health, expect: ok}"],
    Kind.ROLLBACKS: ["covered", "ask", "shell: ./back.sh"],
}


def drafted(text, beside=""):
    """Return the draft of a document."""
    file = Beside(name="r.bindings.yaml", text=beside)
    return draft_of(read(text.encode(), "r.md"), file)


@settings(max_examples=30)
@given(documents(), BESIDE, st.data())
def test_what_was_answered_is_open_no_more_and_the_rest_is_as_before(
    text, beside, data
):
    """
    "Every point that was answered is open no more, and the file compiles": the law.

    A sound answer is always taken and closes its point. What was not answered is as it
    was, or settled by the same answer; the file, read again, leaves the same open.
    """
    draft = drafted(text, beside)
    errors = len(errors_in(draft.wrong))
    for _ in range(4):
        if not draft.points:
            break
        point = data.draw(st.sampled_from(draft.points))
        answer = point.choices[0] if point.choices else ANSWERS[point.kind][0]
        if not point.choices:
            answer = data.draw(st.sampled_from(ANSWERS[point.kind]))
        after = answered(draft, point, answer)
        assert point.key not in {p.key for p in after.points}
        assert errors >= len(errors_in(after.wrong))
        assert left_alone(draft, after)
        draft = after
    again = drafted(text, draft.beside.text)
    assert {p.key for p in draft.points} == {p.key for p in again.points}


def left_alone(before, after):
    """Tell whether the points that are still open are what they were."""
    known = {p.key: replace(p, suggestion=None) for p in before.points}
    left = (replace(p, suggestion=None) for p in after.points)
    return all(known.get(p.key, p) == p for p in left)


@settings(max_examples=30)
@given(documents(), BESIDE, st.text(max_size=30))
def test_no_answer_breaks_the_bindings(text, beside, answer):
    """Whatever is typed, it is taken without an error, or refused and nothing changes."""
    draft = drafted(text, beside)
    for point in draft.points[:3]:
        try:
            after = answered(draft, point, answer)
        except (AnswerRefused, NoPlaceForIt):
            continue
        assert len(errors_in(after.wrong)) <= len(errors_in(draft.wrong))


SCALARS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
)
SECTIONS = st.sampled_from(["people", "values", "metrics", "new"])


@given(BESIDE, st.lists(st.tuples(SECTIONS, SCALARS, SCALARS), max_size=5))
def test_an_addition_keeps_every_line_that_stood_there(beside, entries):
    """What is there keeps "its comments, order and everything else"."""
    text = beside
    for section, name, value in entries:
        before = text
        addition = Addition(section=section, name=name, value=flow([value]))
        try:
            text = added(text, addition)
        except NoPlaceForIt:
            continue
        assert tree(text) is not None
        kept = iter(text)
        assert all(character in kept for character in before)
