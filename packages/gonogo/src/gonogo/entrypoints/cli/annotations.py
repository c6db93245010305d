"""Annotations: findings as the workflow commands that GitHub shows beside a change."""

from collections.abc import Iterable

from gonogo.document.catalogue import RULES
from gonogo.entrypoints.cli.findings import ORDER
from gonogo.entrypoints.cli.linted import Finding
from gonogo.model.diagnostic import Severity

_WORDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def annotations(findings: Iterable[Finding]) -> str:
    """
    Return one command a line, the worst first: of each level only ten are shown.

    Source: GitHub's 'Workflow commands', and `escapeData` and `escapeProperty` of its
    toolkit for what has to be escaped where.
    """
    ranked = sorted(findings, key=lambda each: ORDER.index(each.diagnostic.severity))
    return "".join(f"{_command(each)}\n" for each in ranked)


def _command(finding: Finding) -> str:
    found = finding.diagnostic
    title = f"{found.code} {RULES[found.code].title}"
    properties = {
        "file": finding.uri,
        "line": str(found.line),
        "col": str(found.column),
        "title": title,
    }
    listed = ",".join(f"{key}={_property(text)}" for key, text in properties.items())
    message = _data(f"{found.message}\n{found.remedy}")
    return f"::{_WORDS[found.severity]} {listed}::{message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
