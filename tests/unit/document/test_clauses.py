"""Clauses: a sentence is cut where a piece brings a limit of its own."""

import pytest

from gonogo.document.reader.limits.clauses import clauses


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("errors < 1% and p95 < 500ms", ("errors < 1%", "p95 < 500ms")),
        ("CPU < 5%, no crashes", ("CPU < 5%", "no crashes")),
        ("p50 < 1s / p99 < 3s", ("p50 < 1s", "p99 < 3s")),
        (
            "errors > 2% OR errors > stable * 2x",
            ("errors > 2%", "errors > stable * 2x"),
        ),
    ],
)
def test_each_limit_begins_a_piece(text, pieces):
    """Joined limits, and a denial beside a limit, are conditions of their own."""
    assert clauses(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "between 1 and 5%",
        "errors > 10%, login broken, data lost",
        "errors < 1%, for 5 minutes",
        "errors and latency above 2%",
        "no errors, no crashes",
        "load (CPU < 5%, memory < 1 GB)",
    ],
)
def test_words_and_ranges_stay_whole(text):
    """What joins words, or the ends of a range, cuts nothing."""
    assert clauses(text) == (text,)


@pytest.mark.parametrize(("count", "cut"), [(12, 12), (13, 1)])
def test_a_sentence_of_very_many_pieces_is_not_cut(count, cut):
    """Twelve pieces are conditions; what has more is no sentence."""
    assert len(clauses(", ".join(f"m{i} < 1%" for i in range(count)))) == cut
