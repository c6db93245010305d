"""Expectations: a stated result is typed by its form."""

import pytest

from gonogo.document.reader.commands.expectation_comments import behind_code, in_comment
from gonogo.document.reader.commands.expectation_kinds import classify, in_part
from gonogo.document.reader.commands.expectation_leads import Around, in_prose
from gonogo.document.reader.read import read
from gonogo.model.expectation import ExpectationKind as Kind


def said(sentence, **around):
    """Return the result that a sentence states where it stands."""
    return in_prose(sentence, sentence.replace("`", ""), Around(**around))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("0", Kind.NUMBER),
        ("exit 0", Kind.NUMBER),
        ("1 row", Kind.ROWS),
        ("5-6 containers", Kind.ROWS),
        ("> 0", Kind.COMPARATOR),
        ("401 Unauthorized", Kind.HTTP_STATUS),
        ("HTTP 200", Kind.HTTP_STATUS),
        ('{"status": "ok"}', Kind.JSON),
        ("no errors", Kind.ABSENCE),
        ("empty", Kind.ABSENCE),
        ("keine Fehler", Kind.ABSENCE),
        ("24.0+", Kind.COMPARATOR),
        ("at least 86400 (a day)", Kind.COMPARATOR),
        ("sempre 0", Kind.NUMBER),
        ("inactive", Kind.EXACT),
        ("OVERALL: HEALTHY", Kind.CONTAINS),
        ('"ready"', Kind.CONTAINS),
        ("the page is shown with all its parts", Kind.HUMAN),
    ],
)
def test_a_result_is_typed_by_its_form(value, kind):
    """What a machine can compare gets its kind; the rest goes to a person."""
    assert kind is classify(value)


@pytest.mark.parametrize(
    ("command", "kind"),
    [("curl -s http://x", Kind.HTTP_STATUS), ("wc -l f", Kind.NUMBER)],
)
def test_three_digits_are_a_status_only_behind_a_request(command, kind):
    """'200' is a status where something was requested, and else a number."""
    assert kind is classify("200", command)


@pytest.mark.parametrize(
    ("comment", "value"),
    [
        ("Expected: 9", "9"),
        ("✅ Expected output: ready", "ready"),
        ("Expected files:", ""),
        ("Should return 200", "200"),
        ("should be 0", "0"),
        ("Count the failures (should be low)", "should be low"),
        ("Memory should not grow", "should not grow"),
        ("Look for: started", "started"),
        ("→ three files", "three files"),
        ('{"anchored": 0}', '{"anchored": 0}'),
        ('Example: {"anchored": 0}', '{"anchored": 0}'),
        ("Erwarteter Output nach der Migration:", ""),
        ("count debe ser > 0", "> 0"),
        ("Expected time: 5 minutes", None),
        ("Should be run as root", None),
        ("You should now restart the web server", None),
        ("Build the image", None),
    ],
)
def test_a_comment_states_a_result_or_a_duty(comment, value):
    """What comes back is an expectation; what has to be done is none."""
    assert value == in_comment(comment, announces=True)


def test_a_comment_that_announces_the_next_command_states_nothing():
    """'Verify that x shows y' above a command is its title, and else a result."""
    comment = "Verify that the page shows the build"
    assert in_comment(comment, announces=True) is None
    assert "the build" == in_comment(comment, announces=False)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Expected: `OK`", "`OK`"),
        ("Health check: `curl -f $URL` (expect 200)", "200"),
        ("API returns the list of users", "the list of users"),
        ("Rate limiting returns 429", "429"),
        ("`make smoke` exits 0", "exits 0"),
        ("Open `/admin` → the board loads", "the board loads"),
        ("`/health` → 200 OK", "200 OK"),
        ("Settings → Domains", ""),
        ("Open Dashboard → Deployments", ""),
        ("Error rate returns to baseline", ""),
        ("Load test (500 users)", ""),
        ("Verify: `make check`", ""),
        ("Expected downtime: none", ""),
        ("The plan should be reviewed", ""),
    ],
)
def test_a_sentence_states_a_result_where_it_names_one(sentence, value):
    """In prose a result is named by what gives it, or by its form."""
    assert value == said(sentence, item=True)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Visit `/orders` - should load the list", "should load the list"),
        ("Open the console: no red lines", "no red lines"),
        ("Check the log (nothing new)", "nothing new"),
        ("Count the hosts (expected: 3)", "3"),
        ("Submit the form → mail arrives", "mail arrives"),
        ("La respuesta trae `X-Trace`", "`X-Trace`"),
        ("Wait for `phase: done`", "`phase: done`"),
        ("Run `make parity` → [`scripts/parity.sh`](../scripts/parity.sh)", ""),
        ("`make parity` → scripts/parity.ts", ""),
        ("Create a table of names (old -> new)", ""),
        ("Attach the `make parity` output if there is one", ""),
        ("Watch for `ERROR`", ""),
        ("Take over (expected 20 min)", ""),
        ("Go / No-Go: should be clear by noon", ""),
        ("Open Settings → Billing → Plans", ""),
    ],
)
def test_an_item_states_the_result_of_what_it_has_tried(sentence, value):
    """Behind an act comes what it gives; a link, a name or a duty is none."""
    assert value == said(sentence, item=True)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("New rows should continue to appear", "should continue to appear"),
        ("F5 → Header continua igual", "Header continua igual"),
        ("El panel debe mostrar tres nodos", "tres nodos"),
        ("Die Seite sollte leer sein", "leer"),
        ("Latency should remain stable", ""),
        ("You should tell the others", ""),
        ("Find tasks that should happen before", ""),
    ],
)
def test_should_is_a_result_only_among_tests(sentence, value):
    """Under a title of tests it says what happens, anywhere else what has to be done."""
    assert value == said(sentence, item=True, tested=True)
    assert "" == said(sentence, item=True)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Shows both hosts", "both hosts"),
        ("Has a current image? ✅", "a current image? ✅"),
        ("Wait until no job is listed", "no job is listed"),
        ("Has been agreed upon", ""),
        ("Restart the second host", ""),
    ],
)
def test_an_item_below_a_command_may_leave_the_command_out(sentence, value):
    """'Shows both hosts' below `status` is what the status shows."""
    assert value == said(sentence, item=True, below_code=True)
    assert "" == said(sentence, item=True)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        (
            "You should be redirected to the start page.",
            "be redirected to the start page",
        ),
        ("The endpoint returns `ok`.", "`ok`"),
        ("The endpoint returns a link to the log.", ""),
        ("The job reported success (exit code 0), but nothing was written.", ""),
        ("Alle Spalten müssen ebenfalls Zahlen sein.", ""),
    ],
)
def test_a_paragraph_states_a_result_where_its_value_is_crisp(sentence, value):
    """A description, a story and a duty are no results."""
    assert value == said(sentence)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("docker --version  # 24.0+", "24.0+"),
        ("node -v   # >= 18", ">= 18"),
        ("systemctl is-active web # active", "active"),
        ("curl -s $URL # 200 OK", "200 OK"),
        ("KEEP=3  # 5", None),
        ("sleep 5  # a while", None),
        ("HOSTS=2 # 2+", None),
    ],
)
def test_a_bare_value_behind_a_command_is_its_result(line, value):
    """Behind a setting it is a remark."""
    assert value == behind_code(line)


@pytest.mark.parametrize(
    ("said_text", "value", "kind"),
    [
        ("should show legacy", "legacy", Kind.CONTAINS),
        ("includes `X-Trace`", "`X-Trace`", Kind.CONTAINS),
        ("expect legacy", "legacy", Kind.EXACT),
    ],
)
def test_what_is_shown_is_not_all_that_comes(said_text, value, kind):
    """Of what shows or includes a word, the word is a part."""
    assert kind is in_part(classify(value), said_text, value)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("PASS: 401", "401"),
        ("**Pass if:** the list is empty", "the list is empty"),
        ("PASS: 200, body holds `role`", "200, body holds `role"),
        ("Pass when the queue is drained", "the queue is drained"),
        ("FAIL: the token is seen", ""),
        ("Pass: 12 / 14", ""),
        ("Pass: 12, Fail: 2", ""),
        ("Pass the salt", ""),
    ],
)
def test_what_counts_as_passed_is_a_result(sentence, value):
    """A line headed by PASS states the result; a tally and a FAIL line do not."""
    assert value == said(sentence, item=True).rstrip("`")


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Upload an image; it renders", "it renders"),
        (
            "With two browsers: the message appears in both",
            "the message appears in both",
        ),
        ("Log in, the start page loads", "the start page loads"),
        ("Verify that `GET /up` reports `ok`", "`ok"),
        (
            "Confirm it is off (the log should stop growing)",
            "the log should stop growing",
        ),
        ("Upload an image", ""),
        ("Open the page, then load the data", ""),
        ("The page that shows orders was rewritten", ""),
        ("Confirm the plan (see the page)", ""),
        ("Any test fails → do not continue", ""),
        ("`053` → safe to drop", ""),
    ],
)
def test_an_act_is_told_from_what_is_seen_of_it(sentence, value):
    """Behind an act stands what is then seen; a decision behind an arrow is none."""
    assert value == said(sentence, item=True, tested=True).rstrip("`")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("\\d accounts  -- table exists with 8 columns", "table exists with 8 columns"),
        ("ls dist  # bundle is present", "bundle is present"),
        ("curl localhost/metrics  # if endpoint exists", None),
        ("drop table x;  -- old copy of accounts", None),
    ],
)
def test_a_state_behind_a_command_is_its_result(line, value):
    """'table exists' behind a command is what it shows; a condition is not."""
    assert value == behind_code(line)


def stated(text):
    """Return the lines on which a document states results."""
    return [e.line for e in read(text.encode(), "x").expectations]


@pytest.mark.parametrize(
    ("item", "count"),
    [
        ("The list shows the visit", 1),
        ("Row: status Confirmed", 1),
        ("The customer got the mail", 1),
        ("Check the logs", 0),
        ("Orders page", 0),
        ("Is the queue empty?", 0),
    ],
)
def test_items_below_then_check_say_what_is_then_the_case(item, count):
    """A list that 'then check:' opens holds results, where its items are sentences."""
    book = f"# R\n\n## Verify\n\nBook a visit, then check:\n\n- {item}\n"
    plan = f"# R\n\n## Plan\n\nWe talk about:\n\n- {item}\n"
    assert [7] * count == stated(book)
    assert not stated(plan)


def test_a_table_may_be_the_expected_result():
    """Below 'Expected results:' the whole table is what should come back."""
    table = "| name | count |\n|---|---|\n| a | 0 |\n"
    assert [5] == stated(f"# R\n\n## Verify\n\n**Expected results:**\n{table}")
    assert not stated(f"# R\n\n## Verify\n\n**Earlier runs:**\n{table}")
