"""Start-up: a command loads what it needs, for whoever types it waits for the rest."""

import json
import subprocess
import sys
from pathlib import Path

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


# Only judging needs them, and each takes longer to load than all of gonogo.
NUMBERS = ("numpy", "scipy")
EXAMPLES = Path(__file__).parents[2] / "examples"


def loaded(*arguments, program=LOADED, **options):
    """Return the modules that a command has loaded when it is done."""
    done = subprocess.run(
        [sys.executable, "-c", program.format(arguments=arguments)],
        check=True,
        capture_output=True,
        text=True,
        **options,
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status in {None, 0, 2}, done.stdout
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


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Give a folder with a plain rollout that has run, and what running it loaded."""
    folder = tmp_path_factory.mktemp("plain")
    for name in ("01_first_rollout.md", "flags.json", "error_rate.txt"):
        (folder / name).write_bytes((EXAMPLES / name).read_bytes())
    return folder, loaded("run", "01_first_rollout.md", "--pace", "600", cwd=folder)


def test_a_plain_rollout_runs_without_numbers_of_arrays(ran):
    """A rollout without a counted metric loads neither numpy nor scipy."""
    _, modules = ran
    assert under(modules, "gonogo.runner")
    assert [] == [m for package in NUMBERS for m in under(modules, package)]


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("status",), ("status", "--json"), ("watch",),
     ("report",), ("lint", "01_first_rollout.md"), ("explain", "01_first_rollout.md")],
    ids=" ".join,
)  # fmt: skip
def test_looking_loads_no_numbers_of_arrays(ran, arguments):
    """Who asks where a rollout stands does not wait for what only judging needs."""
    folder, _ = ran
    modules = loaded(*arguments, cwd=folder)
    assert [] == [m for package in NUMBERS for m in under(modules, package)]


def test_what_is_loaded_would_be_seen():
    """The check itself can fail."""
    assert under(loaded("--version", program=f"import scipy\n{LOADED}"), "numpy")
