"""Open points: what a document leaves open, each with its line and its question."""

import pytest

from gonogo.document.bindings.sources import Beside
from gonogo.document.open_points.answer import AnswerRefused
from gonogo.document.open_points.draft import answered, draft_of
from gonogo.document.open_points.point import FORMS, Kind
from gonogo.document.reader.read import read

DOCUMENT = """\
# Switch the shop

## Approvals

| Approver | Role | Approved |
|----------|------|----------|
| @ada | Dev Lead | ☐ |

## Stage 1: Prepare

- [ ] Deploy the code
- [ ] Wait for the caches to fill
- [ ] Run migration `migrations/1.up.sql`

```bash
./warm.sh --app <your-app>
```

```sql
-- Jobs that were set aside
select count(*) from dlq;
-- Expected: 0
```

## Stage 2: 5% of the users

- [ ] Turn `checkout` on for 5%

| Metric | Threshold |
|--------|-----------|
| Error rate | < 1% |
| Jobs set aside | < 10 |

### Rollback

Turn it off.

## Stage 3: 50% of the users

- [ ] Turn `checkout` on for 50%

| Metric | Threshold |
|--------|-----------|
| Error rate change | < +5% |
"""


def draft(beside="", environment=(), document=DOCUMENT):
    """Return the draft of the document."""
    reading = read(document.encode(), "r.md")
    return draft_of(
        reading, Beside(name="r.bindings.yaml", text=beside), frozenset(environment)
    )


def point(of, kind, subject=""):
    """Return the first point of a kind, and of a subject where there are several."""
    return next(p for p in of.points if p.kind is kind and subject in p.subject)


def test_everything_a_binding_can_settle_is_open_once():
    """Each thing is listed once, in the order of asking, with the line it shows on."""
    found = [(p.kind.value, p.line) for p in draft().points]
    assert [
        ("connections", 19),
        ("values", 16),
        ("people", 7),
        ("metrics", 31),
        ("metrics", 32),
        ("metrics", 44),
        ("waits", 12),
        ("traffic", 27),
        ("traffic", 40),
        ("steps", 11),
        ("steps", 13),
        ("rollbacks", 34),
    ] == found


def test_a_document_with_everything_bound_has_nothing_open():
    """Answering every point leaves nothing to ask."""
    here = draft()
    answers = {
        Kind.CONNECTIONS: "DATABASE_URL",
        Kind.VALUES: "$APP",
        Kind.PEOPLE: "ada",
        Kind.METRICS: "shell: ./m.sh",
        Kind.WAITS: "1h",
        Kind.TRAFFIC: "flag: checkout 5 flags.json",
        Kind.STEPS: "{shell: {run: ./x.sh, undo: ./y.sh}}",
        Kind.ROLLBACKS: "ask",
    }
    while here.points:
        here = answered(here, here.points[0], answers[here.points[0].kind])
    assert () == here.points


SUGGESTED = {
    "the person whom the table names": (Kind.PEOPLE, "", "@ada"),
    "the one variable called like a database": (
        Kind.CONNECTIONS,
        "",
        "QC_DATABASE_URL",
    ),
    "a variable of the placeholder's name": (Kind.VALUES, "", "$YOUR_APP"),
    "the scripts that the line names": (
        Kind.STEPS,
        "Run migration",
        "migrate: migrations/1.up.sql migrations/1.down.sql",
    ),
    "nothing for a metric of another stage's query": (Kind.METRICS, "Jobs", None),
    "nothing where nothing is known": (Kind.STEPS, "Deploy", None),
}


@pytest.mark.parametrize(
    ("kind", "subject", "suggestion"), SUGGESTED.values(), ids=SUGGESTED
)
def test_a_suggestion_comes_from_the_document_or_its_surroundings(
    kind, subject, suggestion
):
    """What the text or the environment says is offered; nothing is invented."""
    here = draft(environment=("QC_DATABASE_URL", "YOUR_APP", "HOME"))
    assert suggestion == point(here, kind, subject).suggestion


def test_two_databases_make_no_suggestion():
    """Between two variables a person chooses."""
    here = draft(environment=("A_DATABASE_URL", "B_DATABASE_URL"))
    assert point(here, Kind.CONNECTIONS).suggestion is None


def test_a_query_in_the_same_stage_is_suggested_for_its_metric():
    """A counting query whose comment is the metric's name measures it."""
    text = DOCUMENT.replace(
        "### Rollback",
        "```sql\n-- Jobs set aside\nselect count(*) from dlq;\n```\n\n### Rollback",
    )
    here = draft(document=text)
    found = point(here, Kind.METRICS, "Jobs set aside")
    assert "select count(*) from dlq" == found.suggestion


def test_a_change_is_suggested_to_be_the_change_of_its_metric():
    """One series serves two limits."""
    here = draft("metrics:\n  Error rate: {shell: ./e.sh}\n")
    assert "same_as: Error rate" == point(here, Kind.METRICS, "change").suggestion


def test_traffic_is_suggested_as_it_was_answered_before():
    """The next share is shifted as the last one was."""
    here = draft()
    first = point(here, Kind.TRAFFIC)
    here = answered(here, first, "{shell: {run: ./traffic.sh 5, undo: ./traffic.sh 0}}")
    expected = "{shell: {run: ./traffic.sh 50, undo: ./traffic.sh 0}}"
    assert expected == point(here, Kind.TRAFFIC).suggestion


def test_a_database_is_asked_for_each_block_where_there_are_several():
    """Which of two databases is meant only a person knows."""
    here = draft("connections: {a: {env: A}, b: {env: B}}\n")
    asked = point(here, Kind.CONNECTIONS)
    assert ("a", "b") == asked.choices
    here = answered(here, asked, "2")
    assert "line 19: {sql: {connection: b}}" in here.beside.text


def test_an_unknown_value_of_the_bindings_is_asked_for():
    """A name that a binding uses and nothing binds is open."""
    here = draft(
        "metrics:\n  Error rate: {http: $APP_URL/m}\n", environment=("APP_URL",)
    )
    asked = point(here, Kind.VALUES, "APP_URL")
    assert "$APP_URL" == asked.suggestion
    assert not [
        d for d in answered(here, asked, "$APP_URL").wrong if d.severity == "error"
    ]


def test_what_an_answer_needs_is_bound_with_it():
    """A URL's variable and a first database come with the answer that names them."""
    here = draft()
    here = answered(here, point(here, Kind.METRICS), "$APP_URL/m $.e")
    assert "  APP_URL: {env: APP_URL}\n" in here.beside.text
    here = answered(here, point(here, Kind.METRICS), "select 1")
    assert "  database: {env: DATABASE_URL}\n" in here.beside.text


def test_a_title_of_two_lines_is_bound_by_its_line():
    """'Increase to 100%' stands in two stages: each is bound as 'line N'."""
    text = DOCUMENT.replace(
        "- [ ] Wait for the caches to fill", "- [ ] Deploy the code"
    )
    here = draft(document=text)
    here = answered(here, point(here, Kind.STEPS, "Deploy"), "shell: ./deploy.sh")
    assert "  line 11: {shell: ./deploy.sh}\n" in here.beside.text


REFUSED = {
    "no known form": (Kind.STEPS, "just do it", "does not say what kind of thing"),
    "a span without a unit": (Kind.WAITS, "24", "a span of time such as"),
    "a word that no metric has": (Kind.METRICS, "{ask: true}", "There is no key 'ask'"),
    "broken braces": (Kind.METRICS, "{shell: ", "that is no YAML"),
    "a metric of which nothing is known": (
        Kind.METRICS,
        "same_as: Latency",
        "No probe is bound to a metric 'Latency'",
    ),
    "a mapping cut short": (Kind.METRICS, "shell: {run: x", "that is no YAML"),
    "a flag without its file": (Kind.TRAFFIC, "flag: checkout 5", "and its file"),
    "a block that is not there": (Kind.ROLLBACKS, "line 1", "is no way back"),
}


@pytest.mark.parametrize(("kind", "answer", "why"), REFUSED.values(), ids=REFUSED)
def test_a_bad_answer_is_refused_with_the_reason(kind, answer, why):
    """Nothing that the bindings would not take is taken."""
    here = draft("steps:\n  Deploy the code: {shell: ./x.sh}\n")
    with pytest.raises(AnswerRefused, match=why):
        answered(here, point(here, kind), answer)


def test_the_commands_of_another_way_back_become_a_stage_s():
    """'line N' takes the commands of a way back that belongs to no stage."""
    text = DOCUMENT + "\n## Emergency Rollback\n\n```bash\n./off.sh\n```\n"
    here = draft("steps:\n  Deploy the code: {shell: ./x.sh}\n", document=text)
    line = text.split("\n").index("```bash", 40) + 1
    here = answered(here, point(here, Kind.ROLLBACKS), f"line {line}")
    assert "{shell: {run: ./off.sh}}" in here.beside.text


def test_every_kind_has_its_forms():
    """`?` has something to say at each question."""
    assert set(Kind) == set(FORMS)
