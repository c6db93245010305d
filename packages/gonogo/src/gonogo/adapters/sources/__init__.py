"""Sources: where measurements come from, one kind a module."""

from gonogo.adapters.sources.operator import QueryOperator
from gonogo.adapters.sources.registry import Sources, kinds, opened

__all__ = ["QueryOperator", "Sources", "kinds", "opened"]
