"""What our JSON Schemas share: their dialect, and how one part names another."""

from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]


def reference(name: str) -> Json:
    """Return what stands for the definition of this name."""
    return {"$ref": f"#/$defs/{name}"}
