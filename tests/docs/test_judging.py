"""The page on judging: what it shows can be copied, what it names is there."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from gonogo.analysis.shares import most_together
from gonogo.bootstrap.documents import open_document
from gonogo.model.evidence import Finding

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "judging.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "docs/reference/bindings.schema.json").read_text("utf-8"))
(SHOWN,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PLACES = re.findall(r"`(tests/[\w./]+)`", PAGE)
DOCUMENT = """\
# New Checkout

## Stage 1: 5 %

- [ ] Monitor for 24 hours

| Metric | Threshold |
|--------|-----------|
| Error rate | < +10 % vs control |
"""


def test_what_is_shown_fits_the_schema():
    """An editor has nothing to mark in what a reader copies."""
    assert [] == list(Draft202012Validator(SCHEMA).iter_errors(yaml.safe_load(SHOWN)))


def test_what_is_shown_makes_a_gate_by_evidence(tmp_path):
    """Copied beside a document, its limit is compared with the control."""
    (tmp_path / "rollout.md").write_text(DOCUMENT)
    (tmp_path / "rollout.bindings.yaml").write_text(SHOWN)
    plan = open_document(tmp_path / "rollout.md").compiled.plan
    assert 1 == most_together(plan)
    assert 0.05 == plan.alpha
    assert plan.metrics[0].probe.control is not None


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_is_explained(finding):
    """Whatever a verdict says, the page says what becomes of the soak."""
    assert f"| **{finding.value.replace('_', ' ')}** |" in PAGE


@pytest.mark.parametrize("place", PLACES)
def test_every_test_that_is_named_is_there(place):
    """No claim on the page rests on a test that has gone."""
    assert (ROOT / place).exists()
