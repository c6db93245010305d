"""
SARIF: findings in the form that code-scanning services take in.

Source: OASIS Static Analysis Results Interchange Format 2.1.0; the name of the
fingerprint is the one that GitHub compares.
"""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from gonogo.document.catalogue import RULES
from gonogo.document.rule import Rule
from gonogo.entrypoints.cli.linted import Finding
from gonogo.entrypoints.cli.rule_page import explained, meaning
from gonogo.model.diagnostic import Severity

_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
_INDEX = {code: number for number, code in enumerate(RULES)}


def sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the log of one run, as plain JSON values."""
    seen: Counter[str] = Counter()
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                # Our columns count characters, as Python does.
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, seen) for each in findings],
            }
        ],
    }


def _driver() -> dict[str, Any]:
    return {
        "name": "gonogo",
        "semanticVersion": version("gonogo"),
        "rules": [_rule(code, rule) for code, rule in RULES.items()],
    }


def _rule(code: str, rule: Rule) -> dict[str, Any]:
    page = explained(code)
    return {
        "id": code,
        "name": "".join(map(str.capitalize, re.findall(r"\w+", rule.title))),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": meaning(code)},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    found = finding.diagnostic
    region = {"startLine": found.line, "startColumn": found.column}
    return {
        "ruleId": found.code,
        "ruleIndex": _INDEX[found.code],
        "level": _LEVELS[found.severity],
        "message": {"text": f"{found.message} {found.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.uri)},
                    "region": region,
                }
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": _print(finding, seen)},
    }


def _print(finding: Finding, seen: Counter[str]) -> str:
    """
    Return what stays the same when lines are added above: the code and the line's text.

    Equal ones are counted, so that none hides another.
    """
    text = f"{finding.uri}\n{finding.diagnostic.code}\n{finding.source.strip()}"
    digest = sha256(text.encode()).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
