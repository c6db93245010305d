"""The page on retries: its code runs as it stands."""

import ast
import asyncio
import re
from inspect import CO_COROUTINE
from pathlib import Path

PAGE = Path(__file__).parents[4] / "docs" / "hardening" / "retry.md"


async def fetch_later(path):
    """Answer with the path."""
    return path


def test_the_code_of_the_page_runs():
    """Whoever copies it has a working retrier."""
    names = {"fetch": lambda path: path, "fetch_later": fetch_later}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for block in blocks:
        code = compile(block, str(PAGE), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if code.co_flags & CO_COROUTINE:
            asyncio.run(eval(code, names))  # noqa: S307 - our own page
        else:
            exec(code, names)  # noqa: S102 - our own page
    assert ("orders/17", "orders/17") == (names["answer"], names["order"](17))
    assert 2 == len(names["retries"].rules)
