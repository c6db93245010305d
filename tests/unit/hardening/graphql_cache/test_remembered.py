"""What is remembered by its text: so many, and no more of them than fit."""

from hardening.graphql_cache.remembered import Remembered


def test_the_texts_that_are_remembered_are_few_or_small():
    """Anybody may send texts that take megabytes once they are parsed."""
    remembered = Remembered(3, weight_max=10)
    for key, weight in (("a", 4), ("b", 4), ("c", 2)):
        remembered.keep(key, key.upper(), weight)
    assert "A" == remembered.find("a")
    remembered.keep("d", "D", 1)
    assert [None, "A"] == [remembered.find(key) for key in ("b", "a")]
    remembered.keep("e", "E", 10)
    assert ["E", None] == [remembered.find(key) for key in "ea"]
    remembered.keep("f", "F", 11)
    assert [None, None] == [remembered.find(key) for key in "ef"]
