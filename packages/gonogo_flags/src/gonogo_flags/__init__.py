"""
Percentage flags for services: sticky, monotone, killable, agreed on in any language.

`FlagFile` reads and turns flags in a flagd-form JSON file; `Snapshot` answers whether
a flag is on for a key. This package knows nothing of the engine.
"""

from gonogo_flags.bucketing import bucket
from gonogo_flags.errors import (
    FlagDocumentInvalid,
    FlagError,
    FlagFileLocked,
    FlagFileUnreadable,
    FlagNotFound,
    PercentageInvalid,
    PercentageUnknown,
    Problem,
)
from gonogo_flags.file import FlagFile
from gonogo_flags.snapshot import Flag, Snapshot

__all__ = [
    "Flag",
    "FlagDocumentInvalid",
    "FlagError",
    "FlagFile",
    "FlagFileLocked",
    "FlagFileUnreadable",
    "FlagNotFound",
    "PercentageInvalid",
    "PercentageUnknown",
    "Problem",
    "Snapshot",
    "bucket",
]
