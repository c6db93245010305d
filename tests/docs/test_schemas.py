"""The published JSON Schemas: up to date, and right about every example."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from gonogo.bootstrap.documents import open_document
from gonogo.document.planfile.read import read_plan
from gonogo.document.planfile.write import plan_as_json

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = sorted(
    path for path in (ROOT / "examples").rglob("*.md") if path.name != "README.md"
)
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def validator(name):
    """Return a validator by a published schema."""
    return Draft202012Validator(
        json.loads((REFERENCE / f"{name}.schema.json").read_text("utf-8"))
    )


def blocks(name):
    """Return the blocks of YAML on a page of the reference."""
    return BLOCK.findall((REFERENCE / f"{name}.md").read_text("utf-8"))


@pytest.mark.parametrize(
    "generator",
    sorted((ROOT / "scripts" / "schemas").glob("*.py")),
    ids=lambda p: p.stem,
)
def test_a_schema_is_what_the_types_say(generator):
    """A schema that is out of date is written anew with `make docs`."""
    done = subprocess.run(
        [sys.executable, generator],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    schema = REFERENCE / f"{generator.stem}.schema.json"
    assert done.stdout == schema.read_text("utf-8")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_plan_of_every_example_fits_its_schema(path):
    """An editor has nothing to mark in what `gonogo compile` writes."""
    value = json.loads(plan_as_json(open_document(path).compiled.plan))
    assert [] == list(validator("plan").iter_errors(value))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_broken_plan_of_an_example_does_not_fit(path):
    """The schema is no sieve: one wrong key, and an editor marks it."""
    value = json.loads(plan_as_json(open_document(path).compiled.plan))
    value["stages"][0]["steps"][0]["titlex"] = "x"
    assert not validator("plan").is_valid(value)


def test_the_example_of_the_plan_file_can_be_copied():
    """It is read without a word, and fits the schema."""
    example, _ = blocks("plan")
    plan, found = read_plan(example.encode(), name="plan.yaml")
    assert ((), "New checkout") == (found, plan.title)
    assert [] == list(validator("plan").iter_errors(yaml.safe_load(example)))


def test_the_mistake_on_the_page_is_told_as_it_stands_there(tmp_path):
    """The page shows what lint prints, word for word."""
    file = tmp_path / "plan.yaml"
    example, _ = blocks("plan")
    file.write_text(example.replace("file: flags.json", "fil: flags.json"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gonogo", "lint", file.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    shown = re.findall(
        r"```text\n(plan\.yaml.*?)```",
        (REFERENCE / "plan.md").read_text("utf-8"),
        re.DOTALL,
    )
    assert shown[0] in done.stdout


@pytest.mark.parametrize("example", blocks("bindings"))
def test_every_example_of_bindings_fits_the_schema(example):
    """What the page shows, an editor lets pass; a day is a text to it."""
    value = json.loads(json.dumps(yaml.safe_load(example), default=str))
    if "expect" in value:
        value = {"steps": {"X": {"shell": "x", **value}}}
    assert [] == list(validator("bindings").iter_errors(value))
