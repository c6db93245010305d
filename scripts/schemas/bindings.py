"""Print docs/reference/bindings.schema.json: what may stand in bindings."""

from gonogo.entrypoints.cli.schema import schema_text

print(schema_text("bindings"), end="")
