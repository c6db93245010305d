"""Writing a plan file: for people, in a stable order, without what is meant anyway."""

import json

import pytest
import yaml

from gonogo.document.planfile.read import read_plan
from gonogo.document.planfile.write import plan_as_json, plan_as_yaml

WRITTEN = """\
stages:
  - id: enable-for-5
    line: 5
    title: Enable for 5 %
    steps:
      - kind: action
        id: turn-it-on
        line: 7
        title: Turn it on
        apply: {kind: http, url: $APP/on, method: POST}
      - kind: soak
        id: watch
        line: 10
        title: Watch
        duration: 1h
        gates: [error-rate]
    gates:
      - id: error-rate
        line: 12
        metric: Error rate
        condition: {comparator: <, value: 1, unit: '%'}
metrics:
  - name: Error rate
    probe: {kind: sql, query: select 1, connection: main}
values:
  APP: {env: APP_URL}
connections:
  main: {env: DATABASE_URL}
"""


@pytest.fixture
def plan(plan_text):
    """Give the small plan."""
    return read_plan(plan_text.encode(), name="plan.yaml")[0]


def test_what_is_meant_anyway_is_left_out(plan):
    """Defaults are not repeated, spans are written as people write them."""
    assert WRITTEN in plan_as_yaml(plan)


def test_a_script_of_several_lines_is_a_block(plan_text):
    """A script is read as a script, not as one long line."""
    script = 'apply: {kind: shell, run: "set -e\\n./on.sh\\n"}'
    call = 'apply: {kind: http, url: "$APP/on", method: POST}'
    changed = read_plan(plan_text.replace(call, script).encode(), name="p")[0]
    block = "run: |\n            set -e\n            ./on.sh\n"
    assert block in plan_as_yaml(changed)


def test_an_editor_is_told_of_the_schema(plan):
    """The first line is what editors look for; it names a file beside the plan."""
    first, *_ = plan_as_yaml(plan).splitlines()
    assert "# yaml-language-server: $schema=plan.schema.json" == first


def test_json_has_the_keys_and_values_of_yaml(plan):
    """One form, two ways to write it: one schema is enough."""
    loaded = yaml.safe_load(plan_as_yaml(plan))
    assert loaded == json.loads(plan_as_json(plan))


def test_writing_is_repeatable(plan):
    """A file that is written again has not changed."""
    text = plan_as_yaml(plan)
    assert text == plan_as_yaml(read_plan(text.encode(), name="other")[0])
