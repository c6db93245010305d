"""SQL taken apart: semicolons end statements, except where they do not."""

import pytest

from gonogo.adapters.operators.statements import refuses_transaction, split

SPLIT = {
    "": (),
    ";;": (),
    "-- nothing; here\n": (),
    "SELECT 1": ("SELECT 1",),
    "SELECT 1; SELECT 2;": ("SELECT 1;", "SELECT 2;"),
    "SELECT ';'; b": ("SELECT ';';", "b"),
    "SELECT 'it''s;'; b": ("SELECT 'it''s;';", "b"),
    r"SELECT E'\';'; b": (r"SELECT E'\';';", "b"),
    'SELECT ";"";"; b': ('SELECT ";"";";', "b"),
    "SELECT $$;$$; b": ("SELECT $$;$$;", "b"),
    "SELECT $a$;$b$;$$;$a$; b": ("SELECT $a$;$b$;$$;$a$;", "b"),
    "a -- ; '\n; b": ("a -- ; '\n;", "b"),
    "/* ; /* ; */ ' ; */ a; b": ("a;", "b"),
    "-- one\n/* two */ a; b": ("a;", "b"),
    "a /* open ; b": ("a /* open ; b",),
}


@pytest.mark.parametrize(("script", "statements"), SPLIT.items())
def test_a_script_is_split_by_the_rules_of_the_database(script, statements):
    """Quotes, dollar quotes and comments hide semicolons."""
    assert statements == split(script)


ALONE = {
    "CREATE INDEX CONCURRENTLY i ON t (a)": True,
    "-- why\ncreate unique index\n concurrently i ON t (a)": True,
    "SELECT 1; DROP INDEX CONCURRENTLY i": True,
    "REINDEX INDEX CONCURRENTLY i": True,
    "VACUUM t": True,
    "CREATE DATABASE d": True,
    "CREATE INDEX i ON t (a)": False,
    "SELECT 'CREATE INDEX CONCURRENTLY i'": False,
    "-- CREATE INDEX CONCURRENTLY i\nSELECT 1": False,
    "SELECT vacuum FROM t": False,
}


@pytest.mark.parametrize(("script", "alone"), ALONE.items())
def test_statements_that_refuse_a_transaction_are_known(script, alone):
    """Only as a statement, never inside a text or a comment."""
    assert alone == refuses_transaction(script)
