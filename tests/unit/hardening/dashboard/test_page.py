"""The page of the dashboard: its example makes one that answers, with the kit's pieces."""

import re
from pathlib import Path

import pytest

testclient = pytest.importorskip("starlette.testclient")

PAGE = Path(__file__).parents[4] / "docs/hardening/dashboard.md"


def test_the_pages_example_answers():
    """The kit's own circuits and locks have the shapes that are asked for."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names = {"READ_TOKEN": "r" * 16, "WRITE_TOKEN": "w" * 16}
    exec(compile(block, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    names["circuits"].get("crm").force_open()
    client = testclient.TestClient(names["app"], base_url="https://shop.example")
    header = {"authorization": f"Bearer {'w' * 16}"}
    (crm,) = client.get("/data.json", headers=header).json()["circuits"]["circuits"]
    assert ("crm", "forced_open", 60) == (crm["name"], crm["state"], len(crm["trend"]))
    client.post("/reset", headers=header, data={"circuit": "crm"})
    assert "closed" == names["circuits"].get("crm").state
