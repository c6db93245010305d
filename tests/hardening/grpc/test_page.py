"""The page of the rotation: its examples run, against real servers."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs/hardening/grpc.md"


def test_the_pages_examples_run(backends, capsys):
    """What a tired engineer copies works, with threads and with asyncio."""
    names = {"ADDRESS_A": backends[0].address, "ADDRESS_B": backends[1].address}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)  # noqa: S102 - our own page
    assert ["b'a'", "b'a'"] == capsys.readouterr().out.split()
