"""The formulas give the golden numbers, computed elsewhere with numpy and scipy."""

import json
import math
import pathlib
from datetime import timedelta

import pytest

from gonogo.analysis.evidence.final import upper_tail
from gonogo.analysis.evidence.learning import learned
from gonogo.analysis.evidence.levels import log_evidence_of_mean, taken
from gonogo.analysis.evidence.looks import Counted
from gonogo.analysis.evidence.mixture import grown
from gonogo.analysis.evidence.predictive import Before
from gonogo.analysis.evidence.sides import chance_of_canary, sides_of, stream_steps
from gonogo.analysis.evidence.trial import Null, Trial
from gonogo.analysis.grid import harm_grid
from gonogo.model.evidence import EvidenceState, Levels, Mixture
from gonogo.model.judging import Noise
from gonogo.model.sample import MetricKind, Tally
from gonogo.testing.clock import NOON

VECTORS = pathlib.Path(__file__).parents[3] / "golden" / "statistics.json"
GOLDEN = json.loads(VECTORS.read_text(encoding="utf-8"))
EXACT = 2e-10
CALM = Noise()


def trial(null, kind=MetricKind.PROPORTION, **changes):
    """Return a trial with the noise and the plan of the golden numbers."""
    known = {"metric": "m", "noise": CALM, "calibrated": True, "information": 216.0}
    return Trial(null=null, kind=kind, **(known | changes))


def arms(row):
    """Return the look that a golden row of four, or two, numbers stands for."""
    tallies = [
        Tally(events=x, exposure=n) for x, n in zip(row[::2], row[1::2], strict=True)
    ]
    return Counted(canary=tallies[0], control=tallies[1] if len(tallies) > 1 else None)


def followed(tested, rows):
    """Yield the state after each golden look."""
    sides = sides_of(tested)
    state = EvidenceState(test=sides.test)
    for at, row in enumerate(rows):
        look = arms(row["in_"])
        state = learned(tested, sides, state, look, NOON + timedelta(minutes=at))
        yield state


def test_the_grid_is_geometric_from_the_smallest_effect_the_soak_can_show():
    """A plan gives the golden grid, equally weighed."""
    grid = harm_grid(216.0)
    golden = GOLDEN["grid_v216"]
    assert golden["delta"] == pytest.approx(grid.effects, abs=EXACT)
    assert golden["log_prior"] == pytest.approx(grid.log_weights, abs=EXACT)


CASES = {
    "ratio_m5_v216_w08_h1440": trial(Null.RATIO, limit=1.05),
    "rate_poisson_limit2": trial(Null.RATE, MetricKind.COUNT, limit=2.0),
    "rate_bernoulli_1pct": trial(Null.FRACTION, limit=0.01),
    "predictive": trial(
        Null.PREDICTIVE, limit=1.05, before=Before(rate=0.005, spread=0.1)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_evidence_of_harm_is_the_golden_one_after_every_look(name):
    """Each look adds what the formula says, also one without any exposure."""
    rows = GOLDEN[name]
    found = [state.harm.now for state in followed(CASES[name], rows)]
    assert [row["logE"] for row in rows] == pytest.approx(found, abs=EXACT)


def test_evidence_of_safety_is_the_golden_one_after_every_look():
    """The mirrored test proves a limit of +25 % as fast as the golden one."""
    rows = GOLDEN["ratio_safe_m25"]
    found = [s.safe.now for s in followed(trial(Null.RATIO, limit=1.25), rows)]
    assert [row["logE"] for row in rows] == pytest.approx(found, abs=EXACT)


def test_evidence_of_a_mean_with_known_noise_is_the_golden_one():
    """A gauge's log ratio against +10 %, with a calibrated long-run variance."""
    tested = trial(
        Null.GAUSS,
        MetricKind.GAUGE,
        limit=1.1,
        noise=Noise(lrv=0.4),
        information=1440 / 0.4,
        concurrent=True,
    )
    side, mixture, found = sides_of(tested).harm, Mixture(), []
    for row in GOLDEN["gauss_m10_lrv04"]:
        steps = stream_steps(side, events=row["in_"][0] - side.limit, exposure=1.0)
        weights = side.grid.weights
        mixture = grown(mixture, steps, weights=weights, onset=side.onset)
        found.append(mixture.now)
    golden = [row["logE"] for row in GOLDEN["gauss_m10_lrv04"]]
    assert golden == pytest.approx(found, abs=EXACT)


def test_evidence_of_a_mean_with_unknown_noise_is_the_golden_one():
    """The test learns the spread of its values as it goes."""
    levels, found = Levels(), []
    for row in GOLDEN["tmean_g1"]:
        levels = taken(levels, row["in_"][0])
        found.append(log_evidence_of_mean(levels, 0.0, 1))
    golden = [row["logE"] for row in GOLDEN["tmean_g1"]]
    assert golden == pytest.approx(found, abs=EXACT)


def test_the_final_look_is_the_golden_one():
    """A ramp of three shares gives the golden tail."""
    golden = GOLDEN["final_look"]
    rows = zip(*(golden[key] for key in ("xc", "nc", "xb", "nb")), strict=True)
    sizes, chances, events = [], [], 0
    for canary, canary_exposure, control, control_exposure in rows:
        events += canary
        sizes.append(canary + control)
        chances.append(
            chance_of_canary(golden["rho0"], canary_exposure, control_exposure)
        )
    assert golden["p"] == pytest.approx(upper_tail(events, sizes, chances), rel=1e-9)


def test_a_single_event_moves_every_golden_case():
    """The golden rows would be missed by a kernel that forgot an event."""
    name = "ratio_m5_v216_w08_h1440"
    rows = [dict(row) for row in GOLDEN[name]]
    rows[0]["in_"] = [1, 60, 1, 60]
    last = list(followed(CASES[name], rows))[-1].harm.now
    assert not math.isclose(GOLDEN[name][-1]["logE"], last, abs_tol=0.01)
