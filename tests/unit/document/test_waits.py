"""Waits: what the words and the place of a span of time make of it."""

import pytest

from gonogo.document.reader.read import read

MINUTE, HOUR, DAY = 60, 3600, 86_400


def times(text):
    """Return line, kind and seconds of every wait of a document."""
    found = read(text.encode(), "x").waits
    return [(w.line, w.kind.value, w.seconds) for w in found]


def said(sentence):
    """Return kind and seconds of what an item of a stage says."""
    found = times(f"# R\n\n## Step 1: Deploy\n\n- {sentence}\n")
    return [(kind, seconds) for _, kind, seconds in found]


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Monitor error rates for 30 minutes", 30 * MINUTE),
        ("Let it bake for 1 hour", HOUR),
        ("Bake time: 30 min", 30 * MINUTE),
        ("Hold at 10% for 24 hours", DAY),
        ("Keep the canary at 5% for 48h", 2 * DAY),
        ("Run in shadow mode for 1 week", 7 * DAY),
        ("No P1 incidents for 72 hours", 3 * DAY),
        ("Stable for 7+ days in production", 7 * DAY),
        ("24-hour soak test completed", DAY),
        ("After 24 hours of stable operation, go on to 50%", DAY),
        ("Watch the queue over a quiet period (at least 24h)", DAY),
        ("Watch for 15-30 min", (15 * MINUTE, 30 * MINUTE)),
        ("Monitorear durante 24 horas", DAY),
        ("24 Stunden beobachten", DAY),
        ("30分間監視する", 30 * MINUTE),
    ],
)
def test_watching_for_a_time_is_a_soak(sentence, seconds):
    """Time that people watch, or that things stay steady, is held while watching."""
    assert [("soak", seconds)] == said(sentence)


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Wait at least 15 minutes between batches", 15 * MINUTE),
        ("Wait for DNS propagation (up to 48 hours)", 2 * DAY),
        ("A 10-minute pause", 10 * MINUTE),
        ("Give it 10 minutes to settle", 10 * MINUTE),
        ("After 1 hour, increase to 25%", HOUR),
        ("Delete the flag 2 weeks after full rollout", 14 * DAY),
        ("Aguardar 10 minutos", 10 * MINUTE),
        ("Mindestens 30 Minuten warten", 30 * MINUTE),
        ("Attendre PT15M", 15 * MINUTE),
    ],
)
def test_waiting_is_a_wait(sentence, seconds):
    """Time to let pass, before or behind something, holds the procedure."""
    assert [("wait", seconds)] == said(sentence)


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Rollback must complete within 5 minutes", 5 * MINUTE),
        ("Rollback time: < 5 minutes", 5 * MINUTE),
        ("RTO: 15 minutes", 15 * MINUTE),
        ("Response time: 15 minutes", 15 * MINUTE),
        ("If not resolved in 30 minutes, escalate", 30 * MINUTE),
        ("Announce the window 72 hours in advance", 3 * DAY),
        ("Notify customers 48 hours before deployment", 2 * DAY),
        ("Rollback innerhalb von 10 Minuten", 10 * MINUTE),
    ],
)
def test_by_when_is_a_deadline(sentence, seconds):
    """'Within', a limit on going back and notice given are deadlines."""
    assert [("deadline", seconds)] == said(sentence)


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Estimated duration: 45 min", 45 * MINUTE),
        ("ETA: ~20 min", 20 * MINUTE),
        ("The migration takes approximately 2 hours", 2 * HOUR),
        ("Smoke tests (~10 minutes)", 10 * MINUTE),
        ("Total time: < 5 minutes", 5 * MINUTE),
        ("Maintenance window: 2 hours", 2 * HOUR),
        ("Roll out gradually over 2 weeks", 14 * DAY),
        ("Tiempo estimado: 2 horas", 2 * HOUR),
    ],
)
def test_how_long_work_takes_is_an_estimate(sentence, seconds):
    """A label, brackets or 'takes' tell how long; nothing is held for it."""
    assert [("estimate", seconds)] == said(sentence)


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Send status updates every 30 min", 30 * MINUTE),
        ("Check metrics hourly", HOUR),
        ("Review dashboards twice daily", DAY / 2),
        ("Rotate the keys (quarterly)", 90 * DAY),
        ("Daily standup during rollout week", DAY),
        ("Alle 15 Minuten prüfen", 15 * MINUTE),
        ("15分ごとに確認", 15 * MINUTE),
    ],
)
def test_how_often_is_a_cadence(sentence, seconds):
    """'Every' and the words for regular periods are cadences."""
    assert [("cadence", seconds)] == said(sentence)


def test_every_so_often_for_so_long_is_both():
    """'Every 5 minutes for the first hour' is a cadence and a soak."""
    both = [("cadence", 5 * MINUTE), ("soak", HOUR)]
    assert both == said("Check logs every 5 minutes for the first hour")


@pytest.mark.parametrize(
    "sentence",
    [
        "Backup retention: 30 days",
        "Keep database backups for 30 days",
        "JWT expires after 15 minutes",
        "Cache TTL 5 minutes",
        "Set the read timeout to 60s",
        "Logs from the last 24 hours",
        "If the error rate exceeds 4% for longer than 3 minutes, go back",
        "CPU > 80% for 10 minutes",
        "More than 3 restarts in 10 minutes",
        "Response time p95 < 8s",
        "Pages load in under 3 seconds",
        "Lock wait > 5 seconds",
        "Uptime 99.9% over 30 days",
        "100 requests per 15 minutes",
        "Backups run daily at 02:00",
        "T+1h: look at errors",
        "The service auto-sleeps after 15 min",
        "Known gap (20-minute outages were seen)",
    ],
)
def test_facts_are_no_waits(sentence):
    """Timeouts, ages, rates, windows and metrics structure nothing."""
    assert [] == said(sentence)


@pytest.mark.parametrize(("seconds", "expected"), [(59, []), (60, [("deadline", 60)])])
def test_a_response_of_seconds_is_a_metric(seconds, expected):
    """Under a minute a response time is a machine's; from a minute on, a person's."""
    assert expected == said(f"Response time: {seconds} seconds")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("## Step 1: Verification (5 minutes)", [(1, "estimate", 5 * MINUTE)]),
        ("## Step 1: Monitoring (24 hours)", [(1, "soak", DAY)]),
        ("## Step 1: Build the monitoring page (30 min)", [(1, "estimate", 1800)]),
        ("## Step 1: Pilot validation (at least 36 hours)", [(1, "soak", 36 * HOUR)]),
        ("## First 15 minutes", [(1, "soak", 15 * MINUTE)]),
        ("## 24 hours before deployment", []),
        ("## Daily reviews", [(1, "cadence", DAY)]),
        ("## Quick rollback (under 10 minutes)", [(1, "deadline", 600)]),
    ],
)
def test_titles_state_times(title, expected):
    """Brackets in a title are an estimate, unless its words say that one watches."""
    assert expected == times(f"{title}\n\n- Do it\n")


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Build", "estimate"), ("Staging environment", "soak"), ("Canary", "soak")],
)
def test_a_duration_is_held_where_people_watch(title, kind):
    """'Duration: 48 hours' of a canary is a soak; of other work, an estimate."""
    assert [(3, kind, 2 * DAY)] == times(f"## {title}\n\n**Duration**: 48 hours\n")


def test_a_title_that_a_duration_repeats_is_said_once():
    """'(48 hours)' in a title and 'Duration: 48 hours' below are one statement."""
    text = "## Phase 1: Staging (48 hours)\n\n**Duration**: 48 hours\n"
    assert [(3, "soak", 2 * DAY)] == times(text)


def test_a_span_stands_on_its_own_line_of_a_paragraph():
    """A wrapped paragraph's span is found on the line that holds it."""
    text = "# R\n\nNothing is hurried here.\nWait 10 minutes and\ngo on.\n"
    assert [(4, "wait", 600)] == times(text)


@pytest.mark.parametrize(
    ("language", "comment", "expected"),
    [
        ("bash", "# Wait 10 minutes", [("wait", 600)]),
        ("sql", "-- run every 5 minutes", [("cadence", 300)]),
        ("bash", "# Takes about 5 minutes", []),
        ("bash", "sleep 600", []),
        ("python", "# Wait 10 minutes", []),
    ],
)
def test_comments_of_a_script_may_ask_to_wait(language, comment, expected):
    """A comment in a script asks a person; its code and other languages do not."""
    text = f"## Step 1\n\n```{language}\n{comment}\nrun\n```\n"
    assert expected == [(kind, seconds) for _, kind, seconds in times(text)]


def test_a_wait_in_a_block_belongs_to_the_block():
    """A wait that a block's comment states names the block, which takes the time."""
    found = read(b"## Step 1\n\n```bash\n# Wait 10 minutes\nrun\n```\n", "x").waits
    assert [3] == [w.command_line for w in found]


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("Duration", "~6h + 36h bake", [("estimate", 21_600), ("soak", 129_600)]),
        ("Duration", "12 weeks (~3 months)", [("estimate", 84 * DAY)]),
        ("Bake time", "10 min", [("soak", 600)]),
        ("Validation period", "12h staging + 3d production", [("soak", 43_200), ("soak", 259_200)]),
        ("Frequency", "Weekly", [("cadence", 604_800)]),
        ("Timeframe", "< 5 min", [("deadline", 300)]),
        ("Response time", "15 min", [("deadline", 900)]),
        ("Response time", "2 s", []),
        ("Measurement window", "5 min", []),
        ("Notes", "done within 1 hour", [("deadline", 3600)]),
    ],
)  # fmt: skip
def test_a_column_tells_what_its_times_are(header, cell, expected):
    """The title of a column decides, unless the words of the cell do."""
    text = f"# R\n\n| Task | {header} |\n|---|---|\n| Build | {cell} |\n"
    assert expected == [(kind, seconds) for _, kind, seconds in times(text)]


def test_times_of_a_decision_table_are_deadlines():
    """In a table of what to do when, a plain column of times says how soon."""
    text = (
        "# R\n\n| Severity | Decision | Timeline |\n|---|---|---|\n"
        "| High | Roll back | 10 minutes |\n"
    )
    assert [(5, "deadline", 600)] == times(text)


def test_times_of_a_ladder_are_held():
    """In a ladder of percentages a duration is how long each is held."""
    text = "# R\n\n| Stage | Traffic | Duration |\n|---|---|---|\n| A | 5% | 2 h |\n"
    assert [(5, "soak", 7200)] == times(text)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("No errors 5 minutes", [("soak", 5 * MINUTE)]),
        ("Validar logs sin errores 5 minutos", [("soak", 5 * MINUTE)]),
        ("Canary (1% of traffic, 30 minutes)", [("estimate", 30 * MINUTE)]),
        ("E-mail: daily summary to all", [("cadence", DAY)]),
        ("Restore drill quarterly", [("cadence", 90 * DAY)]),
        ("Backups run nightly by a job", []),
        ("`Dockerfile`: keep `rustup default nightly`", []),
        ("Search returns within 10s", []),
        ("Committed as 239189d", []),
    ],
)
def test_spans_of_other_layouts(sentence, expected):
    """Brackets with a share, words in code and hashes: what is a time, and which."""
    assert expected == said(sentence)


def test_a_first_column_may_name_a_routine():
    """A routine row of a checklist is done so often."""
    table = (
        "| Check | By |\n|-|-|\n| Weekly restore drill | ops |\n| Daily users | ops |"
    )
    assert [(5, "cadence", 7 * DAY)] == times(f"## Checks\n\n{table}\n")


def test_a_table_of_stages_tells_how_long_each_takes():
    """A risk and a decision beside the stages make no deadline of their duration."""
    table = (
        "| Phase | Duration | Risk | Decision |\n|-|-|-|-|\n| One | 1 day | LOW | go |"
    )
    assert [(5, "estimate", DAY)] == times(f"## Plan\n\n{table}\n")


@pytest.mark.parametrize(
    ("title", "cell", "seconds"),
    [
        ("Est.", "30 m", 30 * MINUTE),
        ("Dur.", "~45 m", 45 * MINUTE),
        ("Duration", "5-10 m", (5 * MINUTE, 10 * MINUTE)),
        ("Est.", "1 h 15 m", HOUR + 15 * MINUTE),
        ("Duration (min)", "20", 20 * MINUTE),
        ("Effort (h)", "1.5", 1.5 * HOUR),
        ("Minutes", "15", 15 * MINUTE),
    ],
)
def test_a_column_of_times_may_be_short(title, cell, seconds):
    """A lone number with 'm', or with the unit that the title names, is how long."""
    table = f"| # | Step | Owner | {title} |\n|---|---|---|---|\n| 1 | Copy | Ops | {cell} |\n"
    assert [(7, "estimate", seconds)] == times(f"# R\n\n## Cutover\n\n{table}")


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("Est.", "TBD"),
        ("Est.", "—"),
        ("Est.", "5"),
        ("Rows", "30 m"),
        ("Time (ms)", "40"),
        ("Est.", "Step 5 of 30 m tall racks"),
    ],
)
def test_other_cells_of_a_table_of_steps_are_no_times(title, cell):
    """Without a unit, or outside a column of times, a number is a number."""
    table = f"| # | Step | Owner | {title} |\n|---|---|---|---|\n| 1 | Copy | Ops | {cell} |\n"
    assert not times(f"# R\n\n## Cutover\n\n{table}")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Lower the limit of the zone (to 10), 24h before the switch",
            [("deadline", DAY)],
        ),
        ("Set the limit of the zone to 90s before the switch", []),
        ("Take the snapshot 30 minutes before cutover", [("deadline", 30 * MINUTE)]),
        ("Estimated time: part 1 over 1 week", [("estimate", 7 * DAY)]),
        ("Estimated duration: the copy in 2 days", [("estimate", 2 * DAY)]),
        ("The import starts 60 s after boot", []),
        ("The queue does an auto-retry of failures every 15 min", []),
        ("A failed call retries every 30 seconds", []),
        ("24h before the switch", []),
    ],
)
def test_what_people_do_is_told_from_what_machines_do(sentence, expected):
    """An act that is due ahead holds people to a time; what runs by itself does not."""
    assert expected == said(sentence)


def test_a_duration_among_results_is_judged():
    """Under 'Expected' a bound on a duration is a threshold and holds nothing."""
    bound = "- Duration < 90 seconds\n"
    assert not times(f"# R\n\n## Test\n\n**Expected results:**\n\n{bound}")
    assert times(f"# R\n\n## Deploy\n\n{bound}")
