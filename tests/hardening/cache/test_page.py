"""The page on the caches: its code runs as it stands."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "hardening" / "cache.md"


def test_the_code_of_the_page_runs(redis_url):
    """Whoever copies it has a working credential cache, and one of results."""
    held = ["first"]
    names = {
        "REDIS_URL": redis_url,
        "read_credential": lambda: held[0],
        "save": lambda new: held.__setitem__(0, new),
        "look_up": lambda: {"carrier": "ACME"},
    }
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for block in blocks:
        quick = block.replace(
            "generations=generations)", "generations=generations, **quick)"
        )
        names["quick"] = {"stale_s": 0.2, "poll_s": 0.05}
        exec(quick, names)  # noqa: S102 - our own page
    assert ("first", {"carrier": "ACME"}) == (names["token"], names["answer"])
    names["rotate"]("second")
    assert "second" == names["credential"].get()
    names["credential"].close()
    names["generations"].close()
    names["results"]._store.close()
