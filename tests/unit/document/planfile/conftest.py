"""What the tests of plan files share: a small plan, and a way to read one."""

from textwrap import dedent

import pytest

from gonogo.document.planfile.read import read_plan

PLAN = """\
title: New cart
service: shop
environment: production
stages:
  - title: Enable for 5 %
    steps:
      - kind: action
        title: Turn it on
        apply: {kind: http, url: "$APP/on", method: POST}
      - {kind: soak, title: Watch, duration: 1h, gates: [error-rate]}
    gates:
      - metric: Error rate
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
def plan_text():
    """Give a small plan as a person writes it."""
    return PLAN


@pytest.fixture
def told():
    """Give a function: what is said about a text, as (code, line, path)."""

    def read(text):
        _, found = read_plan(dedent(text).encode(), name="plan.yaml")
        return [(one.code, one.line, one.path) for one in found]

    return read
