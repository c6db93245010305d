"""The page on observability names everything that is told, and nothing else."""

import re
from pathlib import Path

import pytest

from gonogo.adapters.telemetry import cdevents
from gonogo.adapters.telemetry.metrics import PrometheusMetrics
from gonogo.adapters.telemetry.spans import spans_of
from gonogo.bootstrap.asked import LEVELS
from tests.conformance.played import lived

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "observability.md").read_text("utf-8")
FOLDER = ROOT / "packages/gonogo/src/gonogo/adapters/telemetry/spanning"
SPANS = "".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.py")))


def table(title):
    """Return the first column of the tables under a heading, without its marks."""
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_metric_is_named_with_its_labels():
    """Whoever builds a dashboard finds each metric, as it is served."""
    served = set()
    for family in PrometheusMetrics().registry.collect():
        counter = family.type == "counter"
        served.add(f"{family.name}_total" if counter else family.name)
    assert served == set(table("Metrics"))


def test_every_attribute_of_a_span_is_named():
    """Whoever searches traces finds each attribute."""
    known = re.findall(r'"((?:cicd|deployment|gonogo)\.[a-z_.]+)"', SPANS)
    assert {*known, "error.type"} == set(table("Traces"))


@pytest.mark.parametrize("seed", range(8))
def test_every_attribute_and_moment_that_occurs_is_named(seed):
    """What random rollouts are traced with stands on the page."""
    spans = spans_of(*lived(seed))
    used = {name for span in spans for name in span.attributes}
    used |= {moment.name for span in spans for moment in span.moments}
    assert used
    assert set() == used - set(re.findall(r"`([a-z_.]+)`", PAGE))


def test_every_moment_is_named():
    """The events of spans are listed in the text."""
    known = set(re.findall(r'"((?:[a-z]+)\.[a-z_]+)"[,)]', SPANS))
    listed = set(re.findall(r"`gonogo\.([a-z_]+\.[a-z_]+)`[,.]", PAGE))
    assert known == listed


def test_every_kind_of_cdevent_is_named():
    """With the version that is sent."""
    kinds = [cdevents.STARTED, cdevents.DETECTED, cdevents.FINISHED]
    assert [] == [kind for kind in kinds if f"`{kind}`" not in PAGE]
    assert f"CDEvents](https://cdevents.dev) {cdevents.SPEC}" in PAGE


def test_every_level_of_the_log_is_named():
    """What GONOGO_LOG_LEVEL may say."""
    assert [] == [level for level in LEVELS if f"`{level}`" not in PAGE]
