"""The plain form of a plan, and its digest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gonogo.model.plan import Plan
from gonogo.model.sealing import (
    NoPartOfAPlan,
    canonical,
    encode_plan,
    iso_duration,
    sealed,
)
from gonogo.testing.plans import Dice, draw_plan
from gonogo.testing.strategies import plans


@given(plans())
def test_a_plan_is_written_as_the_codec_writes_it(plan):
    """Two writers, one form: else a digest would depend on who wrote it."""
    codec = TypeAdapter(Plan).dump_python(plan, mode="json")
    assert canonical(codec) == canonical(encode_plan(plan))


@given(st.timedeltas())
def test_a_span_is_written_as_the_codec_writes_it(span):
    """Years of 365 days, fractions of seconds, and a sign in front."""
    assert TypeAdapter(timedelta).dump_python(span, mode="json") == iso_duration(span)


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(seconds=59), "PT59S"),
        (timedelta(seconds=60), "PT1M"),
        (timedelta(hours=25), "P1DT1H"),
        (timedelta(days=364), "P364D"),
        (timedelta(days=365), "P1Y"),
        (timedelta(seconds=1.5), "PT1.5S"),
        (timedelta(seconds=-5), "-PT5S"),
    ],
)
def test_a_span_is_written_in_iso_8601(span, written):
    """The boundaries where a unit begins."""
    assert iso_duration(span) == written


def test_the_seal_covers_everything_but_itself():
    """Sealed again, a plan keeps its digest; changed, it gets another."""
    plan = draw_plan(Dice(1))
    assert sealed(sealed(plan)) == sealed(plan)


def test_a_value_without_a_place_in_a_plan_is_refused():
    """A set has no order: its digest would change from run to run."""
    with pytest.raises(NoPartOfAPlan, match="no part of a plan"):
        encode_plan({1, 2})
