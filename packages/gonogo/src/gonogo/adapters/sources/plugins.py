"""
Plug-ins: kinds of sources that other packages bring (entry points `gonogo.sources`).

A package names a function that opens a source from what the plan says of it:

    [project.entry-points."gonogo.sources"]
    graphite = "acme_gonogo.graphite:opened"

and has it return an object with the one method of `gonogo.ports.source.Source`:

    class Graphite:
        def __init__(self, opening):
            self.url = opening.wanted_url()
            self.token = opening.options.get("token", "")

        def series(self, query, *, since, until, deadline):
            rows = ask(self.url, self.token, query, since, until, deadline)
            points = [Point(at, value) for at, value in rows if value is not None]
            return [Series(points=points)] if points else []

    def opened(opening):
        return Graphite(opening)

A document's bindings then say `kind: graphite`. What is gonogo's own cannot be replaced.
A plug-in that cannot be loaded, fails, or gives something else than series is named in
an error of that source alone.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from gonogo.adapters.sources.opening import Maker, Opening
from gonogo.ports.source import Point, Series, Source, SourceFailed

GROUP = "gonogo.sources"


def kinds() -> tuple[str, ...]:
    """Return the kinds that plug-ins bring, without loading one."""
    return tuple(sorted(_installed()))


def maker(kind: str) -> Maker | None:
    """
    Return what opens a source of a plug-in's kind; None where none brings it.

    Two packages that bring the same kind are an error when it is opened: which of them
    is meant, nobody knows.
    """
    found = _installed().get(kind)
    if found is None:
        return None

    def opened(opening: Opening) -> Source:
        if len(found) > 1:
            names = ", ".join(sorted(map(_package, found)))
            what = f"the kind {kind} is brought by several packages: {names}"
            message = f"{what}. Uninstall all but one."
            raise opening.failed(message)
        return _Watched(_loaded(found[0], opening), found[0], opening)

    return opened


@lru_cache(maxsize=1)
def _installed() -> dict[str, tuple[EntryPoint, ...]]:
    """Return the entry points by kind; packages do not come and go while we run."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for one in entry_points(group=GROUP):
        found[one.name] = (*found.get(one.name, ()), one)
    return found


def _loaded(entry: EntryPoint, opening: Opening) -> Source:
    """Return what a plug-in opens; whatever it raises becomes an error of its own."""
    try:
        made: Source = entry.load()(opening)
    except SourceFailed:
        raise
    except Exception as error:
        message = f"{_named(entry)} could not open it ({_told(error)}). {_REMEDY}"
        raise opening.failed(message) from error
    if not callable(getattr(made, "series", None)):
        message = f"{_named(entry)} opened something without `series`. {_REMEDY}"
        raise opening.failed(message)
    return made


class _Watched:
    """A plug-in's source, of which nothing comes but series and `SourceFailed`."""

    def __init__(self, inner: Source, entry: EntryPoint, opening: Opening) -> None:
        self._inner, self._entry, self._opening = inner, entry, opening

    def series(
        self, query: str, *, since: datetime, until: datetime, deadline: timedelta
    ) -> Sequence[Series]:
        """Return what the plug-in gives, once it is certain what that is."""
        try:
            given = self._inner.series(
                query, since=since, until=until, deadline=deadline
            )
            found = tuple(map(_checked, given))
        except SourceFailed:
            raise
        except Exception as error:
            message = f"{_named(self._entry)} failed ({_told(error)}). {_REMEDY}"
            raise self._opening.failed(message) from error
        return found

    def close(self) -> None:
        """Let the plug-in let go, if it can."""
        close = getattr(self._inner, "close", None)
        if callable(close):
            with suppress(Exception):  # nothing is asked of it any more
                close()


def _checked(series: Series) -> Series:
    """Return a series made of what the port says, or raise what is wrong with it."""
    points = tuple(Point(_zoned(each.at), float(each.value)) for each in series.points)
    labels = {str(name): str(text) for name, text in series.labels.items()}
    notes = tuple(map(str, series.notes))
    return Series(points=points, labels=labels, resets=int(series.resets), notes=notes)


def _zoned(at: datetime) -> datetime:
    if at.tzinfo is None:
        message = "a point's instant has no time zone"
        raise ValueError(message)
    return at


_REMEDY = "Tell its authors, or leave the source out."


def _named(entry: EntryPoint) -> str:
    return f"the plug-in {entry.value} of the package {_package(entry)}"


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "unknown"


def _told(error: Exception) -> str:
    line = str(error).strip().partition("\n")[0].rstrip(".")
    return f"{type(error).__name__}: {line}" if line else type(error).__name__
