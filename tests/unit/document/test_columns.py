"""Columns: what a header says beside the others of its table."""

import pytest

from gonogo.document.reader.read import read

MUST = "must_hold"


def gates(header, row):
    """Return metric, comparator, value and context of the gates of a table of one row."""
    dashes = "|---" * (header.count("|") - 1)
    text = f"# T\n\n## Stage 1\n\n{header}\n{dashes}|\n{row}\n"
    found = read(text.encode(), "x")
    assert () == found.triggers
    return [
        (g.metric, g.condition.comparator.value, g.condition.value, g.context.value)
        for g in found.gates
    ]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Check | Criterion", "Orders | Same sum on both sides", "words"),
        ("Check | Criterion | Verified by", "Orders | Exact | Ann", "words"),
        ("Area | Must be true", "Login | People get in", "words"),
        ("Domain | What must pass", "Login | The whole suite", "words"),
        ("Item | Acceptance", "Refund | Money is back", "words"),
        ("Gate | Condition | Owner", "Rows | Counts equal | Bo", "words"),
        ("# | Scenario | Owner | Pass criterion", "1 | Refund | Bo | Paid", "words"),
        ("Use case | Pass criterion", "Refund | Money is back", "words"),
        ("Prüfung | Kriterium", "Login | Anmeldung klappt", "words"),
        ("Área | Criterio", "Login | Se puede entrar", "words"),
        ("Check | Criterion", "Lost orders | Zero", "=="),
        ("Check | Criterion", "Lag | < 5 s", "<"),
        ("# | Criterion | Met?", "1 | Every order replayed | ", "words"),
    ],
)
def test_what_a_check_has_to_show_is_a_gate_a_row(header, row, expected):
    """A criterion behind what is checked is wanted; a scenario beside it is no trigger."""
    found = gates(f"| {header} |", f"| {row} |")
    assert [(expected, MUST)] == [(g[1], g[3]) for g in found]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Variable | Required | Purpose", "`PORT` | Yes | Where it listens"),
        ("Setting | Value | Required", "pool | 20 | Optional"),
        ("Env var | Required? | Default", "`PORT` | No | 3000"),
        ("Parameter | Required | Description", "size | Yes (always) | Rows"),
        ("Key | Target", "region | north"),
        ("Feature flag | Target", "new_cart | 50%"),
        ("Service | Required | Owner", "cache | yes | Ann"),
        ("Field | Required | Validation", "mail | Yes | valid address"),
        ("Criterion | Weight | Score", "Cost | 3 | 4"),
        ("Risk | Impact | Mitigation", "Rows get lost | High | Copy first"),
    ],
)
def test_a_table_of_settings_judges_nothing(header, row):
    """That a setting is required tells that there is one."""
    assert [] == gates(f"| {header} |", f"| {row} |")


def test_a_required_state_is_judged():
    """A number under 'Required' is a limit, as 'Yes' is none."""
    assert [("lag", "<", 5.0, MUST)] == gates(
        "| Metric | Required |", "| lag | < 5 s |"
    )


@pytest.mark.parametrize("header", ["Failing test", "Failed check", "Broken probe"])
def test_a_check_that_fails_is_what_has_happened(header):
    """'Failing test | Severity | Action' lists triggers, row by row."""
    text = (
        f"# T\n\n## Rollback\n\n| {header} | Severity | Action |\n|---|---|---|\n"
        "| A1 | High | Roll back |\n"
    )
    assert [7] == [t.line for t in read(text.encode(), "x").triggers]
