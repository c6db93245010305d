"""Parameters of statements: bound where they stand, and nowhere else."""

import pytest

from gonogo.adapters.sources.binding import for_psycopg, used


@pytest.mark.parametrize(
    ("statement", "names", "expected"),
    [
        ("SELECT 1", set(), "SELECT 1"),
        (
            "x > :since AND x <= :until",
            {"since", "until"},
            "x > %(since)s AND x <= %(until)s",
        ),
        (
            "x > :since_s / :window_s",
            {"since_s", "window_s"},
            "x > %(since_s)s / %(window_s)s",
        ),
        ("x::since", set(), "x::since"),
        ("now()::timestamptz > :since", {"since"}, "now()::timestamptz > %(since)s"),
        ("':since' || \":until\"", set(), "':since' || \":until\""),
        ("'it''s :since'", set(), "'it''s :since'"),
        ("-- :since\n:until", {"until"}, "-- :since\n%(until)s"),
        ("/* :since */ :until", {"until"}, "/* :since */ %(until)s"),
        ("$$ :since $$", set(), "$$ :since $$"),
        ("$a$ :since $a$ :until", {"until"}, "$a$ :since $a$ %(until)s"),
        ("a LIKE '50%' AND b % 2 = 0", set(), "a LIKE '50%%' AND b %% 2 = 0"),
        (":sinceless :other", set(), ":sinceless :other"),
    ],
)
def test_only_parameters_are_replaced(statement, names, expected):
    """Quotes, comments, casts and percent signs stay what they are."""
    assert names == used(statement)
    assert expected == for_psycopg(statement)
