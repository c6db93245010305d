"""Print docs/reference/plan.schema.json: what may stand in a plan file."""

from gonogo.entrypoints.cli.schema import schema_text

print(schema_text("plan"), end="")
