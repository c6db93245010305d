"""Start-up: a command loads what it needs, for whoever types it waits for the rest."""

import json
import subprocess
import sys

import pytest

DOCUMENT = """\
# Rollout of the new orders

## Stage 1: 5%

- [ ] Wait 30 minutes

```bash
curl -s http://localhost:8000/health
```

Expected: `healthy`

| Metric | Threshold |
| --- | --- |
| Error rate | < 0.5% |
"""
LOADED = """
import json, sys
from gonogo.entrypoints.cli import cli
status = cli.main({arguments!r}, standalone_mode=False)
print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)
"""
# What runs rollouts, reads other files, or prints in other forms.
NOT_FOR_EXPLAIN = (
    "asyncio", "email", "gonogo.adapters", "gonogo.decision",
    "gonogo.document.open_points", "gonogo.document.planfile.read",
    "gonogo.document.templates", "gonogo.document.tree",
    "gonogo.entrypoints.cli.console", "gonogo.entrypoints.cli.explained_page",
    "gonogo.entrypoints.cli.lint", "gonogo.entrypoints.cli.rule_page",
    "gonogo.entrypoints.cli.sarif", "gonogo.model.command", "gonogo.model.event",
    "gonogo.report.html_explained", "gonogo.runner", "httpx2", "importlib.metadata",
    "jsonschema", "psycopg", "pydantic", "rich", "sqlite3", "tempfile", "yaml",
)  # fmt: skip


def loaded(*arguments):
    """Return the modules that a command has loaded when it is done."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(arguments=arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status in {0, 2}
    return modules


def under(modules, package):
    """Return which modules are a package, or are in it."""
    return [m for m in modules if m == package or m.startswith(f"{package}.")]


@pytest.fixture
def document(tmp_path):
    """Return the path of a document without bindings."""
    path = tmp_path / "orders.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def test_explain_loads_only_what_it_needs(document):
    """Explaining a document in a pipe loads no runner, report, YAML or terminal."""
    modules = loaded("explain", str(document))
    assert [] == [m for package in NOT_FOR_EXPLAIN for m in under(modules, package)]


def test_bindings_beside_a_document_are_parsed(document):
    """YAML is loaded for whoever has bindings: the list above can name what is."""
    document.with_name("orders.bindings.yaml").write_text("service: orders\n")
    assert under(loaded("explain", str(document)), "yaml")


def test_help_loads_no_command():
    """The list of commands is printed without loading a reader or a runner."""
    modules = loaded("--help")
    packages = ("gonogo.document", "gonogo.runner", "gonogo.report", "rich", "yaml")
    assert [] == [m for package in packages for m in under(modules, package)]
