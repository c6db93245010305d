"""The page of the logs: its example writes what the page says it writes."""

import io
import json
import re
from pathlib import Path

PAGE = Path(__file__).parents[4] / "docs/hardening/logs.md"


def test_the_pages_example_writes_what_it_says():
    """All but the time, which is another one."""
    text = PAGE.read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (shown,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    stream = io.BytesIO()
    exec(compile(block, PAGE.name, "exec"), {"stream": stream})  # noqa: S102 - our own page
    written, told = map(timeless, (stream.getvalue().decode(), shown))
    assert told == written


def timeless(lines):
    """Return lines as data, without their times."""
    return [json.loads(line) | {"time": None} for line in lines.splitlines()]
