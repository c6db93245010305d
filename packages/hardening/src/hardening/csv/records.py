"""
Records: lines of text to rows of cells, so that one bad row costs no good one.

The standard library's reader does the work. What it cannot know is what to do when a
quote is never closed: it would take the rest of the file for one cell. Here a record
that ends wrong is rejected by its first line alone, and reading goes on at the next
line. It ends wrong when something follows a closing quote; when it runs over its limits
or into the end of the file; and when it took several lines and yet has not the header's
number of cells.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from hardening.core import require
from hardening.csv.reject import Fault, Reason

_BLANK = Fault(Reason.BLANK, "blank line")
_QUOTE = Fault(Reason.QUOTE, "a quote is not closed, or something follows it")
_CELL = Fault(Reason.TOO_LONG, "a cell is longer than csv.field_size_limit allows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What one record may take.

    Attributes:
        characters: Of a line, and of a record of several.
        lines: Of a record, its quoted line ends included. The end of each quote that
            is not closed is looked for over so many lines, so that a file of nothing
            but such quotes takes that much longer.
    """

    characters: int = 1 << 20
    lines: int = 200

    def __post_init__(self) -> None:
        for name in ("characters", "lines"):
            value = getattr(self, name)
            require(f"Limits.{name}", value, "1 or more", holds=value >= 1)


@dataclass(frozen=True, slots=True)
class Form:
    """
    What a row has to look like.

    Attributes:
        delimiter: One character.
        width: How many cells.
        limits: What one record may take.
    """

    delimiter: str
    width: int
    limits: Limits


@dataclass(slots=True)
class Records:
    """
    What was made of some lines.

    Attributes:
        rows: Each of the header's width; what is in them was not looked at.
        starts: The line at which each row begins, counted from 0.
        faults: What is wrong with other rows, by the line at which they begin.
        taken: How many lines were used; a record may go on after the others.
    """

    rows: list[list[str]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)
    taken: int = 0


def split(lines: Sequence[str], form: Form, *, last: bool) -> Records:
    """
    Turn lines into rows.

    Args:
        lines: With their line ends.
        form: What a row has to look like.
        last: Whether nothing follows them.
    """
    done = Records()
    # Where all lines together are within the limit, no record needs to be measured.
    long = sum(map(len, lines)) > form.limits.characters
    while done.taken < len(lines):
        fault = _until_fault(done, lines, form, last=last, long=long)
        if fault is None:
            break
        done.faults[done.taken] = fault
        done.taken += 1
    return done


def _until_fault(
    done: Records, lines: Sequence[str], form: Form, *, last: bool, long: bool
) -> Fault | None:
    """
    Add rows up to one that ends wrong.

    Returns:
        What is wrong with it; None when the lines ended first.
    """
    rows, starts = done.rows, done.starts
    width, most = form.width, 0 if long else form.limits.lines
    first = start = done.taken
    rest = islice(lines, first, None) if first else lines
    reader = csv.reader(rest, delimiter=form.delimiter, strict=True)
    fault = None
    try:
        for row in reader:
            end = first + reader.line_num
            if len(row) != width or end - start > most:
                doubt = _doubt(row, lines[start:end], form)
                if doubt is not None and end - start > 1:
                    fault = doubt
                    break
                if doubt is not None:
                    done.faults[start] = doubt
                    start = end
                    continue
            rows.append(row)
            starts.append(start)
            start = end
    except csv.Error as error:
        read = lines[start : first + reader.line_num]
        ended = first + reader.line_num == len(lines)
        if last or not ended or _over(read, form.limits):
            fault = _CELL if str(error).startswith("field larger") else _QUOTE
    done.taken = start
    return fault


def _doubt(row: list[str], lines: Sequence[str], form: Form) -> Fault | None:
    """Return what is wrong with a record; None where it is only long or tall."""
    over = _over(lines, form.limits)
    if over is not None or len(row) == form.width:
        return over
    count, width = f"{len(row):,}", f"{form.width:,}"
    if len(lines) > 1:
        return Fault(
            Reason.QUOTE, f"a quote opened here leaves {count} of {width} cells"
        )
    if not row:
        return _BLANK
    return Fault(Reason.COLUMNS, f"{count} cells instead of {width}")


def _over(lines: Sequence[str], limits: Limits) -> Fault | None:
    """Return which limit a record is over."""
    if len(lines) > limits.lines:
        return Fault(Reason.TOO_LONG, f"a row of more than {limits.lines:,} lines")
    if sum(map(len, lines)) > limits.characters:
        return overlong(limits)
    return None


def overlong(limits: Limits) -> Fault:
    """Return what is wrong with a line that has no end."""
    words = f"a row of more than {limits.characters:,} characters"
    return Fault(Reason.TOO_LONG, words)
