"""The bindings that pages show are bindings, and those on control can be copied."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from gonogo.bootstrap.documents import open_document

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/reference/bindings.schema.json").read_text("utf-8"))
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall((ROOT / "docs" / "control.md").read_text("utf-8"))
DOCUMENT = """\
# New Checkout

## Stage 1: Warm up

- [ ] Warm the cache

## Full rollout

- [ ] Raise the level
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261225
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_shown_fits_the_schema(block):
    """An editor, to which a day is a text, has nothing to mark."""
    value = json.loads(json.dumps(yaml.safe_load(block), default=str))
    assert [] == list(Draft202012Validator(SCHEMA).iter_errors(value))


def test_what_is_shown_binds_a_document(tmp_path):
    """Its windows, its holidays and its steps end up in the plan."""
    (tmp_path / "de.ics").write_text(CALENDAR)
    (tmp_path / "rollout.md").write_text(DOCUMENT)
    shown = "service: shop\nenvironment: production\n" + "".join(BLOCKS)
    (tmp_path / "rollout.bindings.yaml").write_text(shown)
    compiled = open_document(tmp_path / "rollout.md").compiled
    assert compiled.plan is not None, compiled.diagnostics
    days = {day.isoformat() for day in compiled.plan.windows[0].closed}
    assert {"2026-12-24", "2026-12-25", "2026-12-31"} == days
    assert [0, 1] == [len(stage.windows) for stage in compiled.plan.stages]
    assert "ask" == compiled.plan.on_failure
