"""The page about http: what it shows runs."""

import re
from pathlib import Path

from .conftest import reply

PAGE = Path(__file__).parents[3] / "docs/hardening/http.md"


def test_the_examples_run(provider, capsys):
    """An example that does not run costs somebody an evening."""
    provider.answer("/validate", reply(200, {"valid": True}))
    provider.answer("/v1/find", reply(200, {"name": "Acme"}))
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert 2 == len(examples)
    for example in examples:
        names = {"__name__": "page"}
        exec(example.replace("https://api.example.org", provider.url), names)  # noqa: S102
    assert "200 {'name': 'Acme'}\n" == capsys.readouterr().out
    assert ["/validate", "/v1/find"] == [
        request.target.partition("?")[0] for request in provider.received
    ]
