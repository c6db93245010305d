"""Scripts: placeholders filled where that is safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.document.compiler.script import UnsafePlace, filled, heading, variable
from gonogo.document.compiler.units import in_unit
from gonogo.model.condition import Comparator, Condition, Relative

NAMES = {"<app>": "APP"}


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("run <app>", 'run "${APP}"'),
        ('run "on <app> now"', 'run "on ${APP} now"'),
        ('run "it\'s" <app>', 'run "it\'s" "${APP}"'),
        ("run \\' <app>", 'run \\\' "${APP}"'),
        ("run # it's here\nrun <app>", 'run # it\'s here\nrun "${APP}"'),
        ("cat <<< <app>", 'cat <<< "${APP}"'),
        ("run 'a' <app>", "run 'a' \"${APP}\""),
    ],
)
def test_a_placeholder_is_a_quoted_variable(script: str, wanted: str):
    """Outside quotes it brings its own; inside double quotes it has them."""
    assert wanted == filled(script, NAMES)


@pytest.mark.parametrize(
    "script",
    [
        "run '<app>'",
        "bash -c 'x <app>'",
        "cat <<EOF\n<app>\nEOF",
        'run "$(x <app>)"',
        'run "`x <app>`"',
    ],
)
def test_a_placeholder_in_an_unsafe_place_is_refused(script: str):
    """In single quotes nothing is expanded; elsewhere a value could become code."""
    with pytest.raises(UnsafePlace):
        filled(script, NAMES)


@given(st.text())
def test_a_script_without_placeholders_stays_as_it_is(script: str):
    """Nothing but the placeholders is touched."""
    assert script == filled(script.replace("<app>", ""), {}) or "<app>" in script
    bare = script.replace("<app>", "")
    assert bare == filled(bare, NAMES) or "<app>" in bare


@pytest.mark.parametrize(
    ("placeholder", "name"),
    [("<your-app>", "YOUR_APP"), ("[DB host]", "DB_HOST"), ("{{3 apps}}", "_3_APPS")],
)
def test_a_placeholder_has_the_variable_of_its_words(placeholder: str, name: str):
    """The name can be guessed, and is a name to bash."""
    assert name == variable(placeholder)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Check it\n./x", "Check it"),
        ("#!/bin/bash\n./x", ""),
        ("./x\n# after", ""),
        ("# Expected: 1\n./x", ""),
        ("-- The table\nselect 1", "The table"),
    ],
)
def test_a_script_is_called_by_the_comment_above_its_first_command(text, title):
    """A comment that states an expectation is no title."""
    assert title == heading(text.split("\n"))


@pytest.mark.parametrize(
    ("unit", "value", "probe", "wanted"),
    [
        ("ms", 500, "s", (0.5, "s")),
        ("s", 1, "ms", (1000, "ms")),
        ("%", 5, "ratio", (0.05, "ratio")),
        ("count", 10, "jobs", (10, "count")),
        ("ms", 500, None, (500, "ms")),
        ("ms", 500, "MS", (500, "ms")),
    ],
)
def test_a_limit_is_converted_to_the_unit_of_its_probe(unit, value, probe, wanted):
    """A bare count is in whatever the probe counts."""
    condition = Condition(comparator=Comparator.LESS, value=value, unit=unit)
    fitting = in_unit(condition, probe)
    assert wanted == (fitting.value, fitting.unit)


def test_units_of_different_kinds_do_not_fit():
    """Milliseconds are no per cent; a change in per cent fits every probe."""
    condition = Condition(comparator=Comparator.LESS, value=5, unit="%")
    assert in_unit(condition, "ms") is None
    change = Condition(
        comparator=Comparator.LESS, value=5, unit="%", relative=Relative.BASELINE
    )
    assert change == in_unit(change, "ms")
