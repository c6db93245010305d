"""Print docs/reference/cli.md: the command line, from the commands themselves."""

from gonogo.entrypoints.cli.reference import reference

print(reference(), end="")
