"""Names in addresses, options and queries, and what they stand for."""

import pytest

from gonogo.adapters.sources.names import Names
from gonogo.model.plan import ValueSource
from gonogo.ports.source import SourceFailed

ENVIRON = {"THE_TOKEN": "s3cret/&", "EVIL": '2"} or vector(0) or x{y="'}
NAMES = Names(
    {
        "TOKEN": ValueSource(env="THE_TOKEN", secret=True),
        "VERSION": ValueSource(literal="2.1"),
        "EVIL": ValueSource(env="EVIL"),
        "UNSET": ValueSource(env="NOT_SET"),
        "USUAL": ValueSource(env="NOT_SET", literal="usual"),
    },
    ENVIRON,
)


def test_an_option_has_the_values_of_its_names():
    """A secret reaches its source from the environment, and stands in no plan."""
    assert "Key s3cret/&:2.1usual" == NAMES.text("Key $TOKEN:${VERSION}$USUAL")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://$VERSION/x", "http://2.1/x"),
        ("http://host/$TOKEN", "http://host/s3cret%2F%26"),
        ("http://host?key=${TOKEN}", "http://host?key=s3cret%2F%26"),
        ("$VERSION/x", "2.1/x"),
    ],
)
def test_behind_the_host_a_value_cannot_change_where_it_goes(url, expected):
    """A value in a path is encoded; in the host it stands as it is."""
    assert expected == NAMES.url(url)


def test_a_query_has_the_plans_values_and_keeps_its_own_names():
    """What the language of a source writes with a dollar sign stays."""
    query = 'x{v="$VERSION"}[$window] $1 =~ "a$" $$ ${__range}'
    assert query.replace("$VERSION", "2.1") == NAMES.query(query)


@pytest.mark.parametrize("sign", ['"', "'", "`", "\\", ";", "\n", "\0"])
def test_a_value_that_would_change_the_query_is_refused(sign):
    """Nobody's version name ends a text and begins another query."""
    names = Names({"V": ValueSource(literal=f"2{sign}")}, {})
    with pytest.raises(SourceFailed, match="value 'V' holds a quote") as refused:
        names.query('x{v="$V"}')
    assert f"2{sign}" not in str(refused.value)


@pytest.mark.parametrize("ask", [NAMES.text, NAMES.url, NAMES.query])
def test_a_value_that_is_not_set_names_its_variable(ask):
    """The remedy is one line in a shell."""
    with pytest.raises(SourceFailed, match="environment variable NOT_SET"):
        ask("$UNSET")


@pytest.mark.parametrize("ask", [NAMES.text, NAMES.url])
def test_an_unknown_name_is_no_empty_text(ask):
    """An address with a hole in it would be somebody else's."""
    with pytest.raises(SourceFailed, match=r"'NOBODY' is not set. Bind it"):
        ask("http://$NOBODY/")
