"""Findings as SARIF 2.1.0."""

from pathlib import Path

import pytest

from gonogo.document.catalogue import RULES
from gonogo.entrypoints.cli.linted import Finding
from gonogo.entrypoints.cli.sarif import sarif
from gonogo.model.diagnostic import Diagnostic, Severity


def finding(*, line=3, severity=Severity.WARNING, source="## Stage 1", file="a b.md"):
    """Return a finding about a line of a file."""
    found = Diagnostic(
        line=line,
        column=7,
        severity=severity,
        code="GNG303",
        message="Bad.",
        remedy="Mend it.",
    )
    return Finding(Path(file), found, source)


def results(*findings):
    """Return the results of the one run."""
    (run,) = sarif(findings)["runs"]
    return run["results"]


def prints(*findings):
    """Return the fingerprints of findings."""
    return [each["partialFingerprints"] for each in results(*findings)]


def test_a_result_points_at_its_rule_and_its_place():
    """Paths are relative and escaped; the rule is found by its index."""
    log = sarif([finding()])
    (run,) = log["runs"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert "2.1.0" == log["version"]
    assert "GNG303" == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
    assert {"startLine": 3, "startColumn": 7} == place["region"]
    assert {"uri": "a%20b.md"} == place["artifactLocation"]
    assert {"text": "Bad. Mend it."} == result["message"]


def test_a_path_is_given_as_seen_from_the_working_folder(tmp_path, monkeypatch):
    """Services look files up from the root of the repository."""
    monkeypatch.chdir(tmp_path)
    (result,) = results(finding(file=tmp_path / "rollouts" / "cart.md"))
    place = result["locations"][0]["physicalLocation"]
    assert "rollouts/cart.md" == place["artifactLocation"]["uri"]


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warning"),
        (Severity.INFO, "note"),
    ],
)
def test_a_severity_is_a_level(severity, level):
    """A note is what gonogo calls information."""
    assert level == results(finding(severity=severity))[0]["level"]


def test_every_rule_is_described_with_help():
    """Whoever sees a finding there sees what it means, without gonogo."""
    rules = sarif([])["runs"][0]["tool"]["driver"]["rules"]
    assert list(RULES) == [rule["id"] for rule in rules]
    bare = [r["id"] for r in rules if not r["help"]["text"] or " " in r["name"]]
    assert [] == bare


def test_a_finding_that_moves_is_the_same_one():
    """Lines added above change no fingerprint; another text does."""
    assert prints(finding()) == prints(finding(line=30))
    assert prints(finding()) != prints(finding(source="## Stage 2"))
    assert prints(finding()) != prints(finding(file="b.md"))


def test_two_findings_alike_are_two():
    """Equal lines are counted."""
    first, second = prints(finding(), finding(line=30))
    assert first != second
