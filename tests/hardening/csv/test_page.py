"""The page about CSV: its code runs."""

import re
from pathlib import Path

import hardening.csv

PAGE = Path(__file__).parents[3] / "docs" / "hardening" / "csv.md"


def test_the_example_of_the_page_runs(connection, tmp_path, monkeypatch):
    """What the page shows first imports a file, and exports what was imported."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("Mobile,Name\n(415) 555-2671,=Equal Rights Org\n?,x\n")
    connection.autocommit = False
    scope = {"connection": connection}
    exec(example, scope)  # noqa: S102 - it is our own page
    connection.commit()
    assert (1, 1) == (scope["report"].imported, scope["report"].rejected)
    assert "+14155552671,'=Equal Rights Org\n" in Path("out.csv").read_text("utf-8-sig")


def test_the_page_names_all_that_can_be_seen():
    """A reason, an event or a metric that the page does not name helps nobody at night."""
    page = PAGE.read_text("utf-8")
    events = [
        kind.event for kind in vars(hardening.csv).values() if hasattr(kind, "event")
    ]
    reasons = [reason.value for reason in hardening.csv.Reason]
    assert [] == [name for name in (*events, *reasons) if name not in page]
