"""Values: names are resolved late, and what is missing is named."""

import pytest

from gonogo.adapters.operators.filling import filled, filled_url
from gonogo.adapters.operators.values import UnresolvedValue, Values
from gonogo.model.plan import ValueSource

VALUES = Values(
    {
        "URL": ValueSource(literal="http://h:80"),
        "HOST": ValueSource(literal="h:80"),
        "ODD": ValueSource(literal="a/b?c&d e"),
        "SET": ValueSource(env="SET", literal="default"),
        "DEFAULT": ValueSource(env="NOT_SET", literal="default"),
        "TOKEN": ValueSource(env="TOKEN_VAR", secret=True),
        "MISSING": ValueSource(env="NOT_SET"),
    },
    {"SET": "here", "TOKEN_VAR": "t0ken", "OTHER": "x"},
    connections={
        "qc": ValueSource(literal="postgresql://u:p%40ss@h/db"),
        "short": ValueSource(literal="postgresql://u:pw@h/db"),
        "hidden": ValueSource(literal="sqlite:///x.db", secret=True),
        "gone": ValueSource(env="NO_URL"),
    },
)


def test_a_variable_comes_before_the_literal():
    """A literal is what a value is when its variable is not set."""
    assert ("here", "default") == (VALUES.value("SET"), VALUES.value("DEFAULT"))


@pytest.mark.parametrize(("name", "words"), [("MISSING", "NOT_SET"), ("NO", "Bind it")])
def test_a_missing_value_says_what_to_set(name, words):
    """The error names the value, and the variable or the place to bind it."""
    with pytest.raises(UnresolvedValue, match=words) as caught:
        VALUES.value(name)
    assert name in str(caught.value)


def test_everything_missing_is_told_at_once():
    """Before a start, a person sees all that has to be set."""
    assert ["NOT_SET", "NO_URL"] == [each.variable for each in VALUES.missing()]


def test_secrets_are_marked_values_and_passwords_of_connections():
    """A password is known in its decoded form too; one too short is left out."""
    assert {"t0ken", "p@ss", "sqlite:///x.db"} == set(VALUES.secrets().values())


def test_a_script_gets_the_environment_and_all_values():
    """What is missing is left out, unless the script mentions it."""
    environment = VALUES.environment_for_shell("echo $TOKEN")
    assert ("x", "t0ken") == (environment["OTHER"], environment["TOKEN"])
    assert "MISSING" not in environment
    with pytest.raises(UnresolvedValue):
        VALUES.environment_for_shell("echo ${MISSING}")
    VALUES.environment_for_shell("echo $MISSINGS")


FILLED = {
    "$URL/x/$ODD?q=${ODD}": "http://h:80/x/a%2Fb%3Fc%26d%20e?q=a%2Fb%3Fc%26d%20e",
    "https://$HOST/$SET": "https://h:80/here",
    "$URL$SET": "http://h:80here",
    "http://h/$$SET": "http://h/$SET",
    "http://h/$5": "http://h/$5",
}


@pytest.mark.parametrize(("url", "expected"), FILLED.items())
def test_values_are_encoded_inside_an_address_only(url, expected):
    """At the start and in the host they stand as they are."""
    assert expected == filled_url(url, VALUES)


def test_an_unknown_name_is_an_error_that_names_it():
    """A hole in an address would lead somewhere else; longer names are other names."""
    with pytest.raises(UnresolvedValue, match="URLS"):
        filled("$URLS", VALUES)
    assert "a/b?c&d e" == filled("$ODD", VALUES)
