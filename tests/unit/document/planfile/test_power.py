"""Power of plan files: a limit that its soak cannot check is told before the start."""

import pytest

from gonogo.document import Beside, compile_document
from gonogo.document.planfile.compiled import compile_plan_file
from gonogo.document.planfile.write import plan_as_json

PLAN = """\
title: New cart
service: shop
environment: production
stages:
  - title: Enable for 5 %
    steps:
      - {{kind: soak, title: Watch, duration: 24h, gates: [error-rate]}}
    gates:
      - metric: Error rate
        condition: {{comparator: <, value: {limit}, unit: '%', relative: control}}
metrics:
  - name: Error rate
    probe:
      kind: query
      source: numbers
      metric_kind: proportion
      canary: {{events: e, exposure: n}}
      control: {{events: f, exposure: m}}
    judging:
      noise: {{phi: 1, tau: 0}}
      {traffic}
sources:
  numbers: {{kind: csv, url: numbers.csv}}
"""
TRAFFIC = "traffic: {rate: 0.005, canary_per_s: 1, control_per_s: 19}"

LITTLE = "traffic: {rate: 0.005, canary_per_s: 0.1, control_per_s: 0.1}"


def advised(limit, traffic=TRAFFIC):
    """What a plan file is told about power: code, line and file."""
    text = PLAN.format(limit=limit, traffic=traffic)
    _, compiled = compile_plan_file(text.encode(), name="plan.yaml")
    assert compiled.plan is not None, compiled.diagnostics
    return [(d.code, d.line, d.file) for d in compiled.diagnostics]


@pytest.mark.parametrize(
    ("limit", "traffic", "code"),
    [
        pytest.param(5, TRAFFIC, "GNG414", id="too weak"),
        pytest.param(0, LITTLE, "GNG414", id="no rise at all"),
        pytest.param(5, "extensions: 0", "GNG419", id="unknown traffic"),
    ],
)
def test_a_plan_file_is_told_what_its_soak_cannot_check(limit, traffic, code):
    """The limit is flagged at its own line, whoever wrote the plan."""
    assert [(code, 9, None)] == advised(limit, traffic)


def test_a_plan_file_whose_soak_is_strong_enough_is_told_nothing():
    """Nothing is remarked where the promise is kept."""
    assert [] == advised(50)


DOCUMENT = """\
# New cart

## Stage 1: Enable

- [ ] Monitor for 24 hours

| Metric | Threshold |
|--------|-----------|
| Error rate | < +5% vs control |
"""
BINDINGS = """\
sources: {numbers: {kind: csv, url: numbers.csv}}
metrics:
  Error rate:
    source: numbers
    kind: proportion
    canary: {events: e, exposure: n}
    control: {events: f, exposure: m}
    noise: {phi: 1, tau: 0}
    traffic: {rate: 0.5%, canary: 1, control: 19}
"""


def test_what_a_plan_file_is_told_is_what_its_document_was_told():
    """A plan that was written out is flagged as before, at the document's line."""
    beside = Beside(name="r.bindings.yaml", text=BINDINGS)
    _, document = compile_document(DOCUMENT.encode(), name="r.md", beside=beside)
    data = plan_as_json(document.plan).encode()
    _, compiled = compile_plan_file(data, name="plan.json")
    (before,) = [d for d in document.diagnostics if d.code == "GNG414"]
    (after,) = [d for d in compiled.diagnostics if d.code == "GNG414"]
    assert (before.line, before.message, "r.md") == (
        after.line,
        after.message,
        after.file,
    )
