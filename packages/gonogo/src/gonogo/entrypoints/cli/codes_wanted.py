"""Codes wanted: which diagnostics the person at the command line wants to be told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import click

from gonogo.document.bindings.fields import hint
from gonogo.document.catalogue import RULES
from gonogo.entrypoints.cli.linted import Linted
from gonogo.model.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class CodesWanted:
    """
    The codes of `--select`, without those of `--ignore`; errors are always told.

    Attributes:
        selected: None: all.
    """

    selected: frozenset[str] | None = None
    ignored: frozenset[str] = frozenset()

    def of(self, linted: Linted) -> Linted:
        """Return a document with the diagnostics that are wanted."""
        kept = tuple(one for one in linted.diagnostics if self._wants(one))
        return replace(linted, diagnostics=kept)

    def _wants(self, one: Diagnostic) -> bool:
        if one.severity is Severity.ERROR:
            return True
        named = self.selected is None or one.code in self.selected
        return named and one.code not in self.ignored


def wanted(select: Iterable[str], ignore: Iterable[str]) -> CodesWanted:
    """
    Return the choice that options state: codes, or how they begin ('GNG4').

    Raises:
        click.BadParameter: No code begins so, or an error is to be ignored.
    """
    selected, ignored = _codes(select), _codes(ignore)
    for word in _words(ignore):
        if word in RULES and RULES[word].severity is Severity.ERROR:
            text = f"'{word}' is an error: it keeps the document from running"
            raise click.BadParameter(text, param_hint="'--ignore'")
    return CodesWanted(selected or None, ignored)


def _codes(options: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for word in _words(options):
        codes = {code for code in RULES if code.startswith(word)}
        if not codes:
            text = f"no code begins with '{word}'.{hint(word, tuple(RULES))}"
            raise click.BadParameter(text)
        found |= codes
    return frozenset(found)


def _words(options: Iterable[str]) -> Iterable[str]:
    words = (word for option in options for word in option.replace(",", " ").split())
    return tuple(word.upper() for word in words)
