"""Findings as GitHub's workflow commands."""

from pathlib import Path

from gonogo.entrypoints.cli.annotations import annotations
from gonogo.entrypoints.cli.linted import Finding
from gonogo.model.diagnostic import Diagnostic, Severity


def finding(severity=Severity.WARNING, code="GNG303", file="rollout.md", **facts):
    """Return a finding in a file."""
    return Finding(
        Path(file),
        Diagnostic(
            line=3,
            column=7,
            severity=severity,
            code=code,
            **{"message": "Bad.", "remedy": "Mend it.", **facts},
        ),
    )


def test_an_annotation_names_the_place_and_the_rule():
    """The title is the rule's; the remedy stands on a line of its own."""
    wanted = (
        "::warning file=rollout.md,line=3,col=7,title=GNG303 Stage without a rollback"
        "::Bad.%0AMend it.\n"
    )
    assert wanted == annotations([finding()])


def test_what_a_command_would_take_for_its_own_is_escaped():
    """A percent sign, a line's end; in properties a colon and a comma, too."""
    told = annotations([finding(file="a,b:c%.md", message="50 %: a,\r\nb")])
    assert "file=a%2Cb%3Ac%25.md,line" in told
    assert told.endswith("::50 %25: a,%0D%0Ab%0AMend it.\n")


def test_the_worst_stands_first():
    """Only ten of each level are shown."""
    severities = [Severity.INFO, Severity.ERROR, Severity.WARNING]
    told = annotations([finding(each) for each in severities])
    words = [line.split(" ")[0] for line in told.splitlines()]
    assert ["::error", "::warning", "::notice"] == words
