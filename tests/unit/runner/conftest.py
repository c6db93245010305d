"""A fleet for each test."""

import pytest

from tests.unit.runner.fleet import Fleet


@pytest.fixture
def fleet():
    """Give an empty journal, and engines to it."""
    return Fleet()
