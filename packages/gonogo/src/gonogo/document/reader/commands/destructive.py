"""Destructive: phrases of commands whose work no rollback brings back."""

import re
from collections.abc import Sequence

_DESTRUCTIVE = re.compile(
    r"\brm\s+(?:-\w+\s+)*-\w*[rRf]\w*|\bDROP\s+(?:TABLE|DATABASE|SCHEMA|INDEX|COLUMN"
    r"|FUNCTION|VIEW|CONSTRAINT|TYPE|ROLE|USER|TRIGGER|POLICY|EXTENSION|COLLECTION)\b"
    r"|\bTRUNCATE\b|\bDELETE\s+FROM\b|--force\b(?!-with-lease)|\bpush\s+(?:\S+\s+)*-f\b"
    r"|\breset\s+--hard\b|\bFLUSH(?:ALL|DB)\b|\bdropdb\b|\bmkfs\b|\bdd\s+if=|\bshred\b"
    r"|\bkubectl\s+delete\b|\bterraform\s+destroy\b|\bhelm\s+(?:uninstall|delete)\b"
    r"|\bdocker\s+(?:system|volume)\s+(?:prune|rm)\b|\bdown\s+(?:\S+\s+)*(?:-v|--volumes)\b"
    r"|\bgit\s+clean\s+-\w*f|\bbranch\s+-D\b|\bprune\s+-\w*a|\bkill\s+-9\b|--hard\b"
    r"|\bpg_restore\b.*--clean|\bdropDatabase\b|\baws\s+s3\s+(?:rm|rb)\b|--purge\b",
    re.IGNORECASE,
)


def destructive(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the destructive phrases of a block, each once, in order."""
    found = (
        m.group() for line in lines for m in _DESTRUCTIVE.finditer(_uncommented(line))
    )
    return tuple(dict.fromkeys(" ".join(f.split()) for f in found))


def _uncommented(line: str) -> str:
    return "" if line.lstrip().startswith(("#", "-- ")) else line
