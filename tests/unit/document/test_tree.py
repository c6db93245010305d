"""The tree of a YAML text: the same from both loaders, bounded, with its places."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gonogo.document import tree as trees
from gonogo.document.nodes import Items, Leaf, NoTree, Table
from gonogo.document.tree import tree

TEXTS = st.text(st.sampled_from("ab: -[]{}'\"\n,ä😀"), max_size=30)


def slowly(text, monkeypatch):
    """Return the tree that the loader without libyaml gives; None for a broken text."""
    with monkeypatch.context() as patch:
        patch.setattr(trees, "_FAST", yaml.SafeLoader)
        return outcome(text)


def outcome(text):
    """Return a text's tree, or where and why it has none."""
    try:
        return tree(text)
    except NoTree as error:
        return str(error)


@given(text=TEXTS)
@example(text="---")
def test_both_loaders_see_the_same(text):
    """A file means the same on a machine without libyaml, to the line and column."""
    with pytest.MonkeyPatch.context() as patch:
        assert slowly(text, patch) == outcome(text)


def test_a_node_knows_where_it_stands():
    """Lines and columns are 1-based, characters are counted and not bytes."""
    root = tree("ä: 1\n😀:\n  - x\n")
    assert isinstance(root, Table)
    (_, one), (key, items) = root.entries
    assert (1, 4, "1") == (one.line, one.column, one.text)
    assert (2, 1) == (key.line, key.column)
    assert isinstance(items, Items)
    assert Leaf(line=3, column=5, text="x") == items.items[0]


@pytest.mark.parametrize("excess", [-1, 0, 1])
def test_a_text_is_read_up_to_its_length(excess):
    """One character more than the longest is too much, and is told so."""
    text = "a" * (10 + excess)
    if excess > 0:
        with pytest.raises(NoTree, match="longer than 10 characters"):
            tree(text, longest=10)
    else:
        assert tree(text, longest=10) == Leaf(line=1, column=1, text=text)


def test_a_large_list_is_no_excess():
    """Without aliases a text has no more nodes than characters: it is never refused."""
    root = tree("[" + "1," * 30_000 + "]")
    assert isinstance(root, Items)
    assert 30_000 == len(root.items)


def test_an_unfolding_text_is_refused():
    """A few lines of aliases would be a billion values."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 6)}]" for n in range(1, 9)]
    with pytest.raises(NoTree) as told:
        tree("\n".join(lines))
    assert told.value.excess
