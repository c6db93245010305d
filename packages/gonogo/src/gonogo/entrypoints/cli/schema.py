"""`gonogo schema`: the JSON Schemas, for editors and for programs that write plans."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from gonogo.document.bindings.schema import bindings_schema
from gonogo.document.planfile.schema import plan_schema
from gonogo.entrypoints.cli.delivery import deliver, output_option

SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "plan": plan_schema,
    "bindings": bindings_schema,
}


@click.command("schema")
@click.argument("of", metavar="[plan|bindings]", type=click.Choice([*SCHEMAS]))
@output_option()
def command(of: str, *, output: Path | None) -> None:
    """
    Print the JSON Schema of plan files, or of bindings.

    An editor that is told of it completes the keys, shows what they mean, and marks
    what is wrong while it is typed.

    Examples:
      gonogo schema plan -o plan.schema.json
      gonogo schema bindings -o bindings.schema.json
    """
    deliver(schema_text(of), output)


def schema_text(of: str) -> str:
    """Return a schema as it is published."""
    return f"{json.dumps(SCHEMAS[of](), ensure_ascii=False, indent=2)}\n"
