"""Print docs/reference/diagnostics.md: every code, from the rules and their examples."""

from gonogo.entrypoints.cli.rule_page import reference

print(reference(), end="")
