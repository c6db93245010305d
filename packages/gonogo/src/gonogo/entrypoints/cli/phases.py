"""The phases of a rollout as people see them: a mark, a word, and a style."""

from collections.abc import Mapping

PHASES: Mapping[str, tuple[str, str]] = {
    "running": ("▶ RUNNING", "bold green"),
    "rolling_back": ("↩ ROLLING BACK", "bold yellow"),
    "completed": ("✓ COMPLETED", "bold green"),
    "rolled_back": ("↩ ROLLED BACK", "bold yellow"),
}
"""By the name of a phase, as a `Standing` has it."""
