"""Placeholders: what a person must fill in, and what only looks like it."""

import pytest

from gonogo.document.reader.read import read


def placeholders(text):
    """Return the texts of a document's placeholders."""
    return [each.text for each in read(text.encode(), "d.md").placeholders]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("gonogo:\n  people:\n    Dev Lead: [alok]", []),
        ("title: Release\nowner: [Name]", ["[Name]"]),
    ],
    ids=["a list in the bindings", "a template's own key"],
)
def test_a_list_in_the_bindings_is_not_there_to_be_filled_in(keys, expected):
    """YAML's brackets are bindings; in a template's front matter they may be blanks."""
    assert expected == placeholders(f"---\n{keys}\n---\n\n# Rollout\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Minimum: <version, e.g., 2.38>", ["<version, e.g., 2.38>"]),
        ("Hash <merge-hash-of-v1.2.0>", ["<merge-hash-of-v1.2.0>"]),
        ("Takes [X] minutes", ["[X]"]),
        ("Ask https://[host]/health", ["[host]"]),
        ("Merge upstream vX.X.X", ["vX.X.X"]),
        ("Key re_YOUR_KEY", ["re_YOUR_KEY"]),
        ("Set `ADDRESS=0x...`", ["0x..."]),
        ("`GET /orders/{orderId}` answers", ["{orderId}"]),
        ("`<pkg>/models/<domain>.py`", ["<pkg>", "<domain>"]),
        ('`git commit -m "..."`', ["..."]),
        ("[Optional] Start a test net", []),
        ("Change `pages/users/[id]/edit.tsx`", []),
        ("See <https://corp.example/x>", []),
        ("A <br> and <details>", []),
    ],
)
def test_a_gap_in_prose_is_known_by_its_form(line, expected):
    """Names in brackets are gaps; routes, remarks, addresses and mark-up are none."""
    found = [text for text in placeholders(f"# R\n\n{line}\n") if "example" not in text]
    assert expected == found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("echo 'PASTE_VALUE_HERE' | store", ["PASTE_VALUE_HERE"]),
        ('set SID "AC..."', ["AC..."]),
        ("restart <>", ["<>"]),
        ("  ...", ["..."]),
        ("TARGET=dev:OLD_DEPLOYMENT_NAME run", ["dev:OLD_DEPLOYMENT_NAME"]),
        ("# [Description]", ["[Description]"]),
        ("# Impact: [describe the impact]", ["[describe the impact]"]),
        ("# ... the same variables as above", ["..."]),
        ("print(f'rows: {count}')", []),
        ("# [INFO] started", []),
        ("ls ..", []),
    ],
)
def test_a_gap_in_code_is_known_by_its_form(line, expected):
    """What a program fills in itself, or prints, is no gap."""
    assert expected == placeholders(f"# R\n\n```bash\n{line}\n```\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "load <input.json> <orgId> [out.json]",
            ["<input.json>", "<orgId>", "[out.json]"],
        ),
        ("PRICE=price_yyy", ["yyy"]),
        ("PRICE=price_zzz", ["zzz"]),
        ("load [out.json]", []),
        ("echo '<input type=text>' [ok]", []),
        ("puzzle=buzzz", []),
    ],
)
def test_a_usage_line_is_filled_in_whole(line, expected):
    """Beside a gap the optional argument is one too; an HTML tag is none."""
    assert expected == placeholders(f"# R\n\n```bash\n{line}\n```\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('back.sh --why="[Alert Name]"', ["[Alert Name]"]),
        ("Stage: [Current Stage]", ["[Current Stage]"]),
        ("./snap.sh [stage]", ["[stage]"]),
        ("db://[user]:[password]@host/[base]", ["[user]", "[password]", "[base]"]),
        ("grep x=[A-Z] file", []),
        ("ls a:[user]", []),
    ],
)
def test_a_field_in_code_is_filled_in(line, expected):
    """Words in brackets behind a label, an option or in an address are gaps."""
    assert expected == placeholders(f"# R\n\n```bash\n{line}\n```\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("_" * 9, []),
        ("_" * 10, ["_" * 10]),
        ('Add `["apps/*"]` to the manifest', []),
        ("[TODO: the manifest](todo.md)", []),
        ("TODO: the manifest", ["TODO"]),
    ],
)
def test_a_long_rule_is_there_to_write_on(line, expected):
    """A list in code, the text of a link and a short rule are no gaps."""
    assert expected == placeholders(f"# R\n\nNotes\n\n{line}\n")
