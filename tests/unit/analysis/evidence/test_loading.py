"""Judging is quick to start: heavy libraries are loaded when a soak ends, not before."""

import subprocess
import sys

LOOK = """
import sys
from datetime import UTC, datetime
from gonogo.analysis.evidence import Null, Trial, judge
from gonogo.model.judging import Noise
from gonogo.model.sample import MetricKind, Sample, Tally

at = datetime(2026, 1, 1, tzinfo=UTC)
known = {{"metric": "m", "limit": 1.5, "noise": Noise()}}
trial = Trial(kind=MetricKind.PROPORTION, null=Null.RATIO, **known)
arm = Tally(events=1, exposure=60)
sample = Sample(since=at, canary=arm, control=arm)
judge(trial, None, sample, at=at, final={final})
print(sorted({{"numpy", "scipy"}} & sys.modules.keys()))
"""


def loaded(*, final):
    """Return which heavy libraries one look loads."""
    script = LOOK.format(final=final)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_look_loads_neither_numpy_nor_scipy():
    """Every command that reads a rollout stays as quick as it was."""
    assert "[]" == loaded(final=False)


def test_a_final_look_may_load_them():
    """Exact tails come from scipy; once a soak that is no matter."""
    assert "scipy" in loaded(final=True)
