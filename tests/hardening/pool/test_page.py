"""The page about pool: what it shows runs."""

import re
from pathlib import Path

from hardening.pool import EXEMPT, Gate, PoolMiddleware

PAGE = Path(__file__).parents[3] / "docs/hardening/pool.md"


def test_the_examples_run(database_url, capsys):
    """An example that does not run costs somebody an evening."""
    names = {
        "DATABASE_URL": database_url,
        "SQLALCHEMY_URL": database_url.replace("postgresql:", "postgresql+psycopg:"),
        "PoolMiddleware": PoolMiddleware,
        "app": None,
    }
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert 3 == len(examples)
    for example in examples:
        exec(example, names)  # noqa: S102
    assert isinstance(names["gate"], Gate)
    assert isinstance(names["app"], PoolMiddleware)
    assert not capsys.readouterr().out


def test_the_page_names_what_is_exempt():
    """Whoever wonders why a path is not rejected finds it there."""
    for path in EXEMPT:
        assert f"`{path}`" in PAGE.read_text()
