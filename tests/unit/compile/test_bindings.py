"""Bindings: three sources, one grammar, every mistake with its place."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.document.bindings.bound import Bindings
from gonogo.document.bindings.duration import duration, said
from gonogo.document.bindings.sources import Beside, read_bindings
from gonogo.document.lines import Comment, FrontMatter
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.model.plan import ValueSource

Told = tuple[Diagnostic, ...]


def front(text: str) -> tuple[Bindings, Told]:
    """Read bindings from a front matter that begins in line 1."""
    lines = text.count("\n") + 1
    matter = FrontMatter(line=1, last_line=lines + 2, text=text)
    return read_bindings(Reading(name="r.md", digest="", front_matter=matter))


def beside(text: str) -> tuple[Bindings, Told]:
    """Read bindings from a file beside the document."""
    reading = Reading(name="r.md", digest="")
    return read_bindings(reading, Beside(name="r.bindings.yaml", text=text))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("24h", 86400),
        ("2d", 172800),
        ("1w", 604800),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("0.5s", 0.5),
        ("PT24H", 86400),
        ("P1DT12H", 129600),
        ("P2W", 1209600),
    ],
)
def test_a_duration_is_a_number_with_its_unit_or_iso(text: str, seconds: float):
    """`90s 5m 24h 2d 1w` and ISO 8601 are spans of time."""
    assert timedelta(seconds=seconds) == duration(text)


@pytest.mark.parametrize(
    "text", ["", "24", "h", "five minutes", "P", "PT", "-5m", "5y"]
)
def test_what_names_no_unit_is_no_duration(text: str):
    """A bare number could be seconds or minutes: it is refused."""
    assert duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (60, "1m"), (90, "90s"), (5400, "1h 30m"), (86400, "24h")],
)
def test_a_span_is_said_as_people_write_it(seconds: int, text: str):
    """A message says '24h', not '1 day, 0:00:00'."""
    assert text == said(timedelta(seconds=seconds))


def test_front_matter_binds_under_its_gonogo_key():
    """Other keys of the front matter belong to other tools."""
    bindings, told = front("title: x\ngonogo:\n  service: qc\n  environment: staging\n")
    assert ("qc", "staging", ()) == (bindings.service, bindings.environment, told)


def test_front_matter_without_gonogo_binds_nothing():
    """A document that is not ours is left in peace."""
    assert front("title: x\ntags: [a, b]\n")[1] == ()


@pytest.mark.parametrize("text", ["gonogo:\n  service: qc", "service: qc"])
def test_the_file_beside_binds_with_and_without_the_gonogo_key(text: str):
    """The file is ours by its name, so the key may be left out."""
    assert beside(text)[0].service == "qc"


def test_a_file_counts_more_than_front_matter_and_the_contradiction_is_said():
    """Two sources that differ are rarely meant: the stronger counts, and it is said."""
    matter = FrontMatter(line=1, last_line=4, text="gonogo:\n  service: one")
    reading = Reading(name="r.md", digest="", front_matter=matter)
    file = Beside(name="r.bindings.yaml", text="service: two")
    bindings, told = read_bindings(reading, file)
    assert ("two", "GNG211") == (bindings.service, told[0].code)
    assert "line 3" in told[0].message
    assert Severity.WARNING is told[0].severity


def test_two_sources_that_agree_say_nothing():
    """Saying the same twice is no contradiction."""
    text = "gonogo:\n  values: {APP_URL: {env: APP_URL}}"
    matter = FrontMatter(line=1, last_line=4, text=text)
    reading = Reading(name="r.md", digest="", front_matter=matter)
    assert read_bindings(reading, Beside(name="b", text=text))[1] == ()


def test_a_comment_of_document_keys_binds_for_the_whole_document():
    """A comment with `service:` is no binding of its line."""
    comment = Comment(
        line=3, last_line=3, text="gonogo: {service: qc}", owner_line=4, column=1
    )
    reading = Reading(name="r.md", digest="", comments=(comment,))
    assert read_bindings(reading)[0].service == "qc"


def test_other_comments_are_left_alone():
    """Only what begins with `gonogo` is ours."""
    comment = Comment(line=1, last_line=1, text="TODO: {not yaml", owner_line=2)
    assert read_bindings(Reading(name="r", digest="", comments=(comment,)))[1] == ()


def test_values_and_connections_come_from_the_environment_or_in_clear():
    """A secret comes from the environment; a plain value may stand there."""
    bindings, told = front(
        "gonogo:\n"
        "  values: {APP_URL: {env: APP_URL}, TOKEN: {env: T, secret: true}, REGION: eu-1}\n"
        "  connections: {qc: {env: QC_DATABASE_URL}, local: 'sqlite:///x.db'}\n"
    )
    assert told == ()
    assert ValueSource(env="APP_URL") == bindings.values["APP_URL"].value
    assert ValueSource(env="T", secret=True) == bindings.values["TOKEN"].value
    assert ValueSource(literal="eu-1") == bindings.values["REGION"].value
    assert ValueSource(env="QC_DATABASE_URL", secret=True) == (
        bindings.connections["qc"].value
    )
    assert ValueSource(literal="sqlite:///x.db") == bindings.connections["local"].value


def test_words_that_yaml_takes_for_truths_stay_texts():
    """`environment: on` is the environment 'on', and `no` a person of that name."""
    bindings, told = front("gonogo:\n  environment: on\n  people: {Norway: [no]}\n")
    assert ("on", ("no",), ()) == (bindings.environment, bindings.people[0].value, told)


MISTAKES = {
    "broken yaml": ("gonogo: {a: [", "GNG201", 2),
    "tab": ("gonogo:\n\tservice: x", "GNG201", 3),
    "no character": ("gonogo: \x07", "GNG201", 2),
    "escape out of range": ('gonogo: {service: "\\UFFFFFFFF"}', "GNG201", 2),
    "too deep": ("gonogo: " + "[" * 900 + "]" * 900, "GNG202", 2),
    "alias of itself": ("gonogo: &a {values: *a}", "GNG202", 2),
    "too long": ("gonogo:\n  service: " + "x" * 300_000, "GNG202", 2),
    "a key that is a list": ("gonogo:\n  ? [a, b]\n  : c", "GNG201", 3),
    "unknown key": ("gonogo:\n  metric: {}", "GNG203", 3),
    "gonogo is a list": ("gonogo: [1]", "GNG204", 2),
    "a mapping where a text is wanted": ("gonogo:\n  service: {a: b}", "GNG204", 3),
    "a list of lists of people": ("gonogo:\n  people: {A: [[b]]}", "GNG204", 3),
    "no duration": ("gonogo:\n  defaults: {every: 5}", "GNG204", 3),
    "no truth": ("gonogo:\n  self_approval: maybe", "GNG204", 3),
    "missing url": ("gonogo:\n  metrics: {E: {http: {json: $.a}}}", "GNG205", 3),
    "missing env": ("gonogo:\n  values: {A: {secret: true}}", "GNG205", 3),
    "nobody written": ("gonogo:\n  people: {A: }", "GNG205", 3),
    "key given twice": ("gonogo:\n  service: a\n  service: b", "GNG206", 4),
    "percentage above 100": (
        "gonogo:\n  steps: {S: {flag: {file: f, name: n, percentage: 101}}}",
        "GNG207",
        3,
    ),
    "half a time": (
        "gonogo:\n  metrics: {E: {http: u, consecutive: 1.5}}",
        "GNG207",
        3,
    ),
    "no method": (
        "gonogo:\n  metrics: {E: {http: {url: u, method: PEEK}}}",
        "GNG207",
        3,
    ),
    "no name of a value": ("gonogo:\n  values: {a b: c}", "GNG207", 3),
    "two things to do": ("gonogo:\n  steps: {S: {ask: true, shell: x}}", "GNG208", 3),
    "nothing to do": ("gonogo:\n  steps: {S: {attempts: 3}}", "GNG208", 3),
    "token in clear": ("gonogo:\n  values: {API_TOKEN: abc}", "GNG217", 3),
    "password in clear": ("gonogo:\n  connections: {a: 'pg://u:p@h/d'}", "GNG217", 3),
    "an expectation of nothing": (
        "gonogo:\n  steps: {S: {ask: true, expect: x}}",
        "GNG219",
        3,
    ),
    "a check with an undo": (
        "gonogo:\n  steps: {S: {shell: {run: a, undo: b}, expect: x}}",
        "GNG219",
        3,
    ),
    "same as and a probe": (
        "gonogo:\n  metrics: {E: {same_as: F, http: u}}",
        "GNG219",
        3,
    ),
}


@pytest.mark.parametrize(("text", "code", "line"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_has_its_code_and_its_line(text: str, code: str, line: int):
    """Whatever is wrong is said once, where it stands, with a remedy; nothing raises."""
    told = front(text)[1]
    assert [(code, line)] == [(one.code, one.line) for one in told]
    assert told[0].remedy


def test_a_misspelt_key_is_met_with_the_right_one():
    """'Did you mean' finds the near key, and the path says where."""
    told = front("gonogo:\n  metrics:\n    Error rate: {http: {urll: x, url: y}}\n")[1]
    assert "Did you mean 'url'?" in told[0].message
    assert "metrics.Error rate.http.urll" == told[0].path
    assert (4, 25) == (told[0].line, told[0].column)


def test_all_mistakes_are_said_at_once():
    """A document with many mistakes is corrected in one go."""
    told = front(
        "gonogo:\n"
        "  services: x\n"
        "  self_approval: maybe\n"
        "  metrics: {E: {sql: {query: 1, connections: a}}}\n"
        "  steps: {S: {wait: soon}, T: {}}\n"
    )[1]
    assert ["GNG203", "GNG204", "GNG203", "GNG204", "GNG208"] == [d.code for d in told]


def test_what_is_right_survives_what_is_wrong():
    """One mistake does not take the rest with it."""
    bindings, told = front("gonogo:\n  service: qc\n  environment: {}\n  metrics: 5\n")
    assert ("qc", 2) == (bindings.service, len(told))


def test_a_mistake_in_the_file_beside_names_the_file():
    """The line of another file is not taken for a line of the document."""
    told = beside("services: x")[1]
    assert "r.bindings.yaml" == told[0].file
    assert 1 == told[0].line


def test_aliases_are_written_out():
    """One anchor for the headers of five probes is fine."""
    bindings, told = front(
        "gonogo:\n"
        "  metrics:\n"
        '    A: {http: {url: u, headers: &h {Authorization: "Bearer $TOKEN"}}}\n'
        "    B: {http: {url: v, headers: *h}}\n"
    )
    assert told == ()
    assert bindings.metrics[0].value.probe.headers == (
        bindings.metrics[1].value.probe.headers
    )


def test_a_bomb_of_aliases_is_refused():
    """Nine levels of nine aliases would be 387 million nodes."""
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    for number in range(1, 6):
        aliases = ",".join([f"*a{number - 1}"] * 9)
        levels.append(f"a{number}: &a{number} [{aliases}]")
    told = front("\n".join(levels) + "\ngonogo: {values: *a5}")[1]
    assert ["GNG202"] == [one.code for one in told]


KEYS = st.sampled_from(
    ["gonogo", "metrics", "steps", "shell", "sql", "http", "run", "expect", "json", "x"]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_bindings_raise(text: str):
    """Whatever stands in a file, there are diagnostics, never a traceback."""
    beside(text)
    front(f"gonogo: {text}")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(list("{}[]:,-&*!|>'\"%@`# \n\tag?<")), max_size=60))
def test_no_heap_of_yaml_marks_makes_bindings_raise(marks: list[str]):
    """The marks of YAML in any order are refused in words."""
    front("gonogo:\n" + "".join(marks))


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_no_tree_of_values_makes_bindings_raise(tree: object):
    """Right YAML of the wrong shape gives diagnostics, never a traceback."""
    import yaml  # noqa: PLC0415  # only this test writes YAML

    front(yaml.safe_dump({"gonogo": tree}))
