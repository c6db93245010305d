"""
The plan file: a plan as YAML or JSON, written for people and read with its places.

`forms` derives from the types of the plan what may stand where; the reader, the writer
and the JSON Schema follow the same forms, so that none of them knows a key of its own.
"""
