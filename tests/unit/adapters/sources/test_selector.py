"""Which of the pushed series a query means."""

import pytest

from gonogo.adapters.sources.selector import NoSelector, parsed

LABELS = {"version": "2", "code": "503", "service.name": "shop"}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("shop.requests", True),
        ("shop.request", False),
        ("shop.requests{}", True),
        ('shop.requests{version="2"}', True),
        ('shop.requests{version="1"}', False),
        ('shop.requests{version!="1"}', True),
        ('shop.requests{code=~"5.."}', True),
        ('shop.requests{code=~"5"}', False),
        ('shop.requests{code!~"5.."}', False),
        ('shop.requests{version="2", code=~"5..",}', True),
        ('shop.requests{service.name="shop"}', True),
        ('shop.requests{absent=""}', True),
        ('shop.requests{absent!=""}', False),
    ],
)
def test_matchers_are_those_of_prometheus(text, matches):
    """A selector means a series when its name and all its matchers fit."""
    assert matches is parsed(text).matches("shop.requests", LABELS)


def test_text_may_hold_quotes():
    """A quote in a label's text is written behind a backslash."""
    assert parsed(r'a{b="say \"hi\""}').matches("a", {"b": 'say "hi"'})


def test_a_pattern_may_name_a_dot():
    """A backslash in a pattern is written twice, as in Prometheus, or once."""
    for text in (r'a{b=~"1\\.5"}', r'a{b=~"1\.5"}'):
        assert parsed(text).matches("a", {"b": "1.5"})
        assert not parsed(text).matches("a", {"b": "1x5"})


def test_count_and_or_are_read():
    """`count(…)` and `or 0 * …` are parts of a selector."""
    found = parsed('count(a{b="c"}) or 0 * d')
    assert found.count
    assert found.name == "a"
    assert found.otherwise.name == "d"
    assert not found.otherwise.count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "a{b}",
        'a{b="c}',
        "a{b='c'}",
        "count(a",
        "a)",
        "sum(a)",
        'a{b=~"("}',
        "a or 0 * b or 0 * c",
        "a b",
    ],
)
def test_what_is_no_selector_is_refused(text):
    """A query that does not read is an error that shows it."""
    with pytest.raises(NoSelector):
        parsed(text)
