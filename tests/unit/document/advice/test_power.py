"""Power, before the start: a limit that its soak cannot check is told once."""

import pytest

from gonogo.document import Beside, compile_document

DOCUMENT = """\
# The cart

## Stage 1: Enable

- [ ] Monitor for {time}
- [ ] Monitor for {time}

| Metric | Threshold |
|--------|-----------|
| Error rate | {limit} |
"""
BINDINGS = """\
sources:
  numbers: {{kind: csv, url: numbers.csv}}
metrics:
  Error rate:
    source: numbers
    kind: proportion
    canary: {{events: e, exposure: n}}
    control: {{events: f, exposure: m}}
    noise: {{phi: {phi}, tau: {tau}}}
    traffic: {{rate: 0.5%, canary: {canary}, control: {control}}}
"""


def advised(limit, *, time="24 hours", canary=1, control=19, phi=1, tau=0):
    """The codes about power that a document gets."""
    bindings = BINDINGS.format(canary=canary, control=control, phi=phi, tau=tau)
    _, compiled = compile_document(
        DOCUMENT.format(limit=limit, time=time).encode(),
        name="rollout.md",
        beside=Beside(name="rollout.bindings.yaml", text=bindings),
    )
    codes = [each.code for each in compiled.diagnostics]
    return [code for code in codes if "GNG414" <= code <= "GNG419"]


CASES = {
    "too weak": ({"limit": "< +5% vs control"}, ["GNG414"]),
    "strong enough": ({"limit": "< +50% vs control"}, []),
    "a fixed limit": ({"limit": "< 1%"}, []),
    "a fixed limit, in minutes": ({"limit": "< 1%", "time": "5 minutes"}, ["GNG414"]),
    # Never proven, but passed: half as much again would be seen (STATISTICS 6).
    "usual is just below the limit": ({"limit": "< 0.51%"}, []),
    "usual is the limit": ({"limit": "< 0.5%"}, []),
    "usual is beyond the limit": ({"limit": "< 0.49%"}, ["GNG417"]),
    "bursts": ({"limit": "< +50% vs control", "phi": 30}, ["GNG414"]),
    "the limit is in the noise": (
        {"limit": "< +12% vs control", "canary": 100, "control": 1900, "tau": 0.05},
        ["GNG415"],
    ),
    "the limit is widened": (
        {"limit": "< +15% vs control", "canary": 100, "control": 1900, "tau": 0.05},
        ["GNG416"],
    ),
    "the limit is widened a little": (
        {"limit": "< +50% vs control", "canary": 100, "control": 1900, "tau": 0.05},
        [],
    ),
}


def told(bindings, limit):
    """What a document is told about power: code and remedy."""
    _, compiled = compile_document(
        DOCUMENT.format(limit=limit, time="24 hours").encode(),
        name="rollout.md",
        beside=Beside(name="rollout.bindings.yaml", text=bindings),
    )
    found = compiled.diagnostics
    return [(d.code, d.remedy) for d in found if "GNG414" <= d.code <= "GNG419"]


def test_who_has_a_control_is_told_to_calibrate_and_not_to_add_one():
    """Noise that is only assumed is what hides the harm: it can be measured."""
    bindings = BINDINGS.format(canary=1, control=19, phi=1, tau=0)
    uncalibrated = bindings.replace("    noise: {phi: 1, tau: 0}\n", "")
    ((code, remedy),) = told(uncalibrated, "< +13% vs control")[:1]
    assert ("GNG414", True) == (code, "gonogo calibrate" in remedy), remedy
    ((code, remedy),) = told(bindings, "< +5% vs control")
    assert ("GNG414", False) == (code, "calibrate" in remedy), remedy


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_what_a_soak_cannot_check_is_said_before_the_start(given, expected):
    """Each gate is told of once, however many soaks hold it; sound ones are not."""
    assert expected == advised(**given)
