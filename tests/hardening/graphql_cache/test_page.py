"""The page on GraphQL answers: its code runs as it stands."""

import re
import sys
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[3] / "docs" / "hardening" / "graphql_cache.md"


def test_the_code_of_the_page_runs(monkeypatch):
    """Whoever copies it has a schema with a cache."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    page = ModuleType("page_of_graphql_cache")  # strawberry looks types up in modules
    monkeypatch.setitem(sys.modules, page.__name__, page)
    exec(block, vars(page))  # noqa: S102 - our own page
    assert {"feed": ["news"], "me": "17"} == page.answer.data
