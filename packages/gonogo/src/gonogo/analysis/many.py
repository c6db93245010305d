"""
Several series where one was asked for: which may be made into one, and which may not.

Counts of several machines are one count, and levels of several machines have a mean.
Buckets, percentiles, and levels of different things have neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gonogo.analysis.stretch import Unreadable
from gonogo.model.series import Series

_MOST_NAMED = 3  # series by name in a sentence

# Labels by which the machines and processes of one service differ, and nothing else.
INSTANCES = frozenset(
    {"instance", "host", "hostname", "machine", "machine_id", "node", "server"}
    | {"pod", "pod_name", "container", "container_id", "container_name", "replica"}
    | {"pid", "process", "worker", "task", "task_id", "shard"}
)


def check_addable(series: Sequence[Series], what: str) -> None:
    """Make sure that series are parts of one sum."""
    for label, remedy in _NOT_ADDABLE.items():
        values = {each.labels[label] for each in series if label in each.labels}
        if len(values) > 1:
            message = (
                f"The {what} gave {len(series)} series that differ by `{label}` "
                f"({_named(sorted(values))}), which cannot be added. {remedy}"
            )
            raise Unreadable(message)


_NOT_ADDABLE: Mapping[str, str] = {
    "le": "Buckets count one observation several times: ask for the `_count`.",
    "quantile": "Percentiles are no counts: ask for the `_count`.",
}


def check_instances(series: Sequence[Series], who: str) -> None:
    """Make sure that several levels are those of several instances."""
    if len(series) <= 1:
        return
    own = {tuple(sorted(_instance(each))) for each in series}
    if len(own) == len(series) and () not in own:
        return
    differing = sorted(
        {
            name
            for each in series
            for name in each.labels
            if len({other.labels.get(name) for other in series}) > 1
        }
    )
    by = ", ".join(f"`{name}`" for name in differing) or "no label"
    message = (
        f"The {who}'s level gave {len(series)} series where one is wanted for each "
        f"instance; they differ by {by} ({_named(map(label_text, series))}). Narrow "
        "the query, or add them up: `sum by (instance) (…)`."
    )
    raise Unreadable(message)


def _instance(series: Series) -> Iterator[tuple[str, str]]:
    return ((k, v) for k, v in series.labels.items() if k.lower() in INSTANCES)


def _named(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def label_text(series: Series) -> str:
    """Return the labels of a series as people write them."""
    inside = ", ".join(f'{name}="{text}"' for name, text in series.labels.items())
    return f"{{{inside}}}"[:120]
