"""The catalogue: every ready metric, by name and by the words that mean it."""

from collections.abc import Mapping
from functools import lru_cache

from gonogo.document.ready_metrics import databases, processes, queues, services
from gonogo.document.ready_metrics.definition import Definition, Ready
from gonogo.document.ready_metrics.words import meant, tokens

CATALOGUE: Mapping[str, Definition] = {
    each.name: each
    for module in (services, databases, queues, processes)
    for each in module.definitions()
}
"""Every ready metric by its name, services' first."""

_ALIASES = {"postgres": "sql", "postgresql": "sql"}


def ready(name_or_words: str, source_kind: str) -> Ready | None:
    """
    Return the metric that words mean, with its queries for a kind of source.

    Args:
        name_or_words: A name of the catalogue, or a document's words for it.
        source_kind: As the plan's source has it; `postgres` is `sql`.

    Returns:
        None where the words mean no metric, or more than one, or where there is no
        query for the source.
    """
    found = named(name_or_words)
    if found is None:
        return None
    return found.of(_ALIASES.get(source_kind, source_kind))


def named(name_or_words: str) -> Definition | None:
    """Return the metric that words mean, for any source; None where they mean none."""
    name = meant(name_or_words, _known())
    return None if name is None else CATALOGUE[name]


def source_kinds(definition: Definition) -> tuple[str, ...]:
    """Return the kinds of sources that a metric has queries for."""
    return tuple(definition.forms)


@lru_cache(maxsize=1)
def _known() -> Mapping[str, tuple[frozenset[str], ...]]:
    return {
        name: tuple(map(tokens, (name, *each.words)))
        for name, each in CATALOGUE.items()
    }
