"""Advice about the way back."""

import pytest

STAGES = """
## Stage 1: Migrate

- [ ] Migrate it

### Rollback

{first}

## Stage 2: Enable

- [ ] Enable it

### Rollback

{second}
"""


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("Undo Stage 1.", "Undo Stage 1 and Stage 2.", []),
        ("Undo Stage 2.", "Undo it.", [("GNG430", 9)]),
        ("Do not proceed to Stage 2.", "Undo it.", []),
        ("Undo Stage 3.", "Undo it.", []),
    ],
    ids=["own and earlier", "later", "held off", "none of the document's"],
)
def test_a_way_back_speaks_of_what_was_reached(advised, first, second, found):
    """Whoever turns back in stage 1 has not been in stage 2."""
    assert found == advised(STAGES.format(first=first, second=second))


REMOVAL = """
## Stage 1: Clean up

{before}
- [ ] Remove it

  ```sql
  {statement};
  ```
"""


@pytest.mark.parametrize(
    ("before", "statement", "codes"),
    [
        ("", "DROP TABLE old", ["GNG431"]),
        ("- [ ] Take a backup", "DROP TABLE old", []),
        ("- [ ] Take a snapshot of the volume", "DELETE FROM old", []),
        ("", "DROP INDEX old", []),
    ],
    ids=["no backup", "a backup", "a snapshot", "no data"],
)
def test_data_is_removed_behind_a_backup(advised, before, statement, codes):
    """An index can be made again; a table that nobody has kept cannot."""
    document = REMOVAL.format(before=before, statement=statement)
    assert codes == [code for code, _ in advised(document)]


def test_a_backup_behind_the_removal_is_too_late(advised):
    """The order of the document is the order of the rollout."""
    document = REMOVAL.format(before="", statement="DROP TABLE old")
    codes = [code for code, _ in advised(document + "\n- [ ] Take a backup\n")]
    assert ["GNG431"] == codes


def test_a_block_may_take_its_backup_itself(advised):
    """'pg_dump … && dropdb …' keeps what it removes."""
    lines = "pg_dump cart > cart.sql\ndropdb cart"
    document = f"## Stage 1: Clean up\n\n```bash\n{lines}\n```\n"
    assert [] == advised(document)
    swapped = "\n".join(reversed(lines.split("\n")))
    document = f"## Stage 1: Clean up\n\n```bash\n{swapped}\n```\n"
    assert [("GNG431", 5)] == advised(document)
