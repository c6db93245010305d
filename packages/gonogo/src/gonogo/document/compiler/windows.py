"""Change windows in the plan: their holidays as days, and each one able to open."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from gonogo.analysis.window import NoWindow, check, opens_at
from gonogo.document.bindings.bound import Bound, StageBinding, WindowBinding
from gonogo.document.bindings.fields import Problems
from gonogo.document.calendar import NoCalendar, days_of
from gonogo.document.codes import Code
from gonogo.model.window import ChangeWindow

Calendars = Callable[[str], bytes | str]
"""Gives the calendar file of a name, or why it cannot be had as a text."""


def no_calendars(name: str) -> bytes | str:
    """Give no calendar at all: for whoever compiles without a folder."""
    return f"nobody looked for {name}"


class Windows:
    """Makes the windows of bindings those of a plan."""

    def __init__(
        self,
        bound: Sequence[WindowBinding],
        stages: Mapping[int, Bound[StageBinding]],
        problems: Problems,
        calendars: Calendars,
    ) -> None:
        """Take the windows of the plan, and those of stages by their line."""
        self._stages, self._problems, self._calendars = stages, problems, calendars
        self.plan = tuple(self._made(bound))

    def of_stage(self, line: int) -> tuple[ChangeWindow, ...]:
        """Return the windows of the stage on a line; they have to meet the plan's."""
        bound = self._stages.get(line)
        if bound is None:
            return ()
        found = tuple(self._made(bound.value.windows))
        if (
            found
            and self.plan
            and opens_at((self.plan, found), _midnight(found)) is None
        ):
            self._wrong(bound.value.windows[0], "together with those of the plan never")
        return tuple(replace(window, line=line) for window in found)

    def _made(self, bound: Sequence[WindowBinding]) -> Iterator[ChangeWindow]:
        for one in bound:
            closed = {*one.window.closed, *self._holidays(one)}
            window = replace(one.window, closed=tuple(sorted(closed)))
            try:
                check(window)
            except NoWindow as error:
                self._wrong(one, str(error))
            else:
                yield window

    def _holidays(self, bound: WindowBinding) -> Iterator[date]:
        for name in bound.holidays:
            data = self._calendars(name)
            try:
                yield from _read(data)
            except NoCalendar as error:
                self._problems.add(
                    Code.BAD_VALUE,
                    bound.at,
                    value=name,
                    wanted=f"calendar of holidays ({error})",
                    example="holidays: holidays.ics",
                )

    def _wrong(self, bound: WindowBinding, why: str) -> None:
        self._problems.add(
            Code.BAD_VALUE,
            bound.at,
            value=bound.window.rule,
            wanted=f"change window that opens ({why})",
            example="{rule: FREQ=DAILY;BYHOUR=9, for: 8h, zone: Europe/Berlin}",
        )


def _read(data: bytes | str) -> tuple[date, ...]:
    if isinstance(data, str):
        raise NoCalendar(data)
    return days_of(data)


def _midnight(windows: Sequence[ChangeWindow]) -> datetime:
    return datetime.combine(max(window.start for window in windows), time(), UTC)
