"""The plan file as a user has it: compiled, changed, checked, run and reported."""

import json
import re
import stat

import pytest


def only(folder, pattern):
    """Return the text of the only file of a pattern."""
    (path,) = folder.glob(pattern)
    return path.read_text("utf-8")


def digest_of(shop, file):
    """Return the digest of a file's plan, as explain gives it."""
    told = json.loads(shop.gonogo("explain", file, "--json", status=0).stdout)
    return told["plan"]["digest"]


@pytest.mark.parametrize("file", ["plan.yaml", "plan.yml", "plan.json"])
def test_a_plan_file_is_the_plan_of_its_document(shop, file):
    """Both ways: what was compiled has the digest of the document's plan."""
    assert "" == shop.gonogo("compile", "rollout.md", "-o", file, status=0).stdout
    assert digest_of(shop, "rollout.md") == digest_of(shop, file)
    again = shop.gonogo("compile", file, "-o", f"again-{file}", status=0)
    assert "" == again.stderr
    texts = [(shop.folder / name).read_text() for name in (file, f"again-{file}")]
    assert texts[0] == texts[1]


def test_a_plan_is_printed_where_no_file_is_named(shop):
    """YAML for people, JSON for programs."""
    text = shop.gonogo("compile", "rollout.md", status=0).stdout
    assert "\ntitle: Switch the shop to the new cart\n" in text
    value = json.loads(shop.gonogo("compile", "rollout.md", "--json", status=0).stdout)
    assert "Switch the shop to the new cart" == value["title"]


def test_a_document_with_errors_leaves_the_old_plan_alone(shop):
    """Nothing is written; every error is told, with its place."""
    (shop.folder / "plan.yaml").write_text("old")
    shop.write(bindings="servicex: x")
    done = shop.gonogo("compile", "rollout.md", "-o", "plan.yaml", status=2)
    assert re.search(r"rollout\.md:5:\d+: error GNG203", done.stderr)
    assert "old" == (shop.folder / "plan.yaml").read_text()
    assert ["plan.yaml"] == [path.name for path in shop.folder.glob("*plan*")]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ((), "plan.md"),
        ((), "plan"),
        ((), "rollout.bindings.yaml"),
        (("--json",), "plan.yaml"),
    ],
)
def test_a_plan_goes_where_it_is_found_to_be_one(shop, words, name):
    """A file is told to be a plan by its suffix: any other name is refused."""
    done = shop.gonogo("compile", "rollout.md", *words, "-o", name, status=2)
    assert "is no name of a plan file" in done.stderr
    assert not (shop.folder / name).exists()


def test_a_written_plan_may_be_read_like_any_other_file(shop):
    """It is no secret file: who may read the folder may read the plan."""
    shop.gonogo("compile", "rollout.md", "-o", "plan.yaml", status=0)
    mode = (shop.folder / "plan.yaml").stat().st_mode
    assert mode & stat.S_IRUSR
    assert not mode & stat.S_IXUSR


def test_a_plan_file_runs_to_its_report(shop):
    """The report has the plan as a checklist, ticked where the journal proves it."""
    shop.gonogo("compile", "rollout.md", "-o", "plan.yaml", status=0)
    (shop.folder / "rollout.md").unlink()
    shop.gonogo("run", "plan.yaml", "--yes", "--pace", "60", status=0)
    report = only(shop.folder, ".gonogo/reports/*/report.md")
    assert "The plan of `rollout.md` as a checklist" in report
    for line in (
        "- [x] Copy the flag",
        "- [x] Verify that the copy is there",
        "- [x] Raise the level",
        "- [x] Monitor for 30s",
        "- [x] Errors < 5 — 1",
    ):
        assert f"\n{line}\n" in report
    page = only(shop.folder, ".gonogo/reports/*/report.html")
    anchors = set(re.findall(r'id="(L\d+)"', page))
    assert set(re.findall(r'href="#(L\d+)"', page)) <= anchors


def test_document_and_plan_file_are_one_rollout(shop, approvals):
    """What was begun from the document goes on from its plan file."""
    shop.write(before=approvals)
    shop.gonogo("compile", "rollout.md", "-o", "plan.yaml", status=0)
    shop.gonogo("run", "rollout.md", "--yes", "--pace", "60", status=3)
    shop.gonogo("approve", "--role", "Dev Lead", "--as", "ada", status=0)
    shop.gonogo("approve", "--role", "Ops On-Call", "--as", "bob", status=0)
    told = shop.gonogo("run", "plan.yaml", "--yes", "--pace", "60", status=0).stdout
    assert "goes on where it was" in told
    assert "Switch the shop" in shop.gonogo("status", status=0).stdout


def test_a_changed_plan_is_refused_until_its_digest_is_taken_out(shop):
    """Nobody runs under an approved digest what was changed after it."""
    shop.gonogo("compile", "rollout.md", "-o", "plan.yaml", status=0)
    file = shop.folder / "plan.yaml"
    changed = file.read_text().replace("echo 5 > flag.txt", "echo 50 > flag.txt")
    file.write_text(changed)
    done = shop.gonogo("run", "plan.yaml", "--yes", status=2)
    assert "error GNG505" in done.stderr
    assert b"off\n" == shop.flag()
    file.write_text(re.sub(r"^digest: .*\n", "", changed, flags=re.MULTILINE))
    shop.gonogo("lint", "plan.yaml", status=0)
    assert digest_of(shop, "rollout.md") != digest_of(shop, "plan.yaml")


def test_bindings_named_by_mistake_lead_to_their_document(shop):
    """The message says what to name instead."""
    (shop.folder / "rollout.bindings.yaml").write_text("service: shop\n")
    done = shop.gonogo("run", "rollout.bindings.yaml", "--yes", status=2)
    assert "Name that document: rollout.md." in done.stderr


def test_a_plan_file_is_explained(shop):
    """The same view as of a document, with the lines that the plan has."""
    shop.gonogo("compile", "rollout.md", "-o", "plan.yaml", status=0)
    views = [
        shop.gonogo("explain", name, status=0).stdout.partition("▶")[2]
        for name in ("rollout.md", "plan.yaml")
    ]
    assert views[0].partition("Notes")[0].strip() == views[1].strip()


@pytest.mark.parametrize("of", ["plan", "bindings"])
def test_a_schema_is_printed_or_written(shop, of):
    """Either way it is the same text."""
    text = shop.gonogo("schema", of, status=0).stdout
    shop.gonogo("schema", of, "-o", "x.schema.json", status=0)
    assert text == (shop.folder / "x.schema.json").read_text("utf-8")
    assert json.loads(text)["title"].endswith("gonogo")


def test_another_schema_is_refused(shop):
    """The message names those that there are."""
    done = shop.gonogo("schema", "document", status=2)
    assert "'plan', 'bindings'" in done.stderr
