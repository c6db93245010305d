"""A passage as HTML: its lines as written at the left, how they were read at the right."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from gonogo.document.kinds import Use
from gonogo.report.explained.form import Form, Line
from gonogo.report.explained.passage import Entry, Passage
from gonogo.report.explained.row import Detail, Row
from gonogo.report.html_escaping import shown
from gonogo.report.html_finding import finding_html

# The document stands under a heading of the page's own.
_DEEPER = 2
_MARKS = re.compile(r"(?P<code>`[^`]+`)|(?P<b>\*\*[^*]+\*\*)|(?P<i><!--.*?-->)")
# A line that nobody reads is not searched for marks: that may take its square.
_LONGEST = 2_000
_UNMARKED = re.compile(r"[`*]")
_LEAD = {
    Form.HEADING: re.compile(r" {0,3}#{1,6}(?=\s|$)"),
    Form.BOX: re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[[ xX]\]|[☐☑☒])"),
    Form.ITEM: re.compile(r"\s*(?:[-*+]|\d+[.)])"),
    Form.QUOTE: re.compile(r"\s*>"),
}
NEWLINE = "\n"
_PROSE = {Form.PROSE, Form.HEADING, Form.BOX, Form.ITEM, Form.QUOTE}

ELEMENTS = {
    "approvals": "approval",
    "blank": "blank line",
    "boxes": "checklist item",
    "code": "indented code",
    "commands": "block",
    "comment": "comment",
    "contacts": "contact",
    "deadlines": "incident step",
    "expectations": "expectation",
    "front_matter": "front matter",
    "gates": "limit",
    "group": "head of the items below",
    "heading": "heading",
    "items": "numbered step",
    "label": "label",
    "plan": "plan file",
    "prose": "text",
    "rollbacks": "way back",
    "rule": "rule",
    "stages": "stage",
    "substages": "part of a stage",
    "table": "head of a table",
    "triggers": "trigger",
    "waits": "time",
}
"""What stands on a line, in words, by the element of its account."""

USES = {
    Use.RUN: "to run",
    Use.ASKED: "to ask",
    Use.JUDGED: "to judge",
    Use.STRUCTURE: "structure",
    Use.SHOWN: "shown only",
}
"""What becomes of a line as read, in words."""

_SHOWS = {
    "RUN": "runs",
    "CHECK": "runs",
    "BASELINE": "runs",
    "SOAK": "judges",
    "GATE": "judges",
    "TRIGGER": "judges",
    "ASK": "asks",
    "APPROVE": "asks",
    "ROLLBACK": "back",
}


def passage_html(passage: Passage) -> str:
    """Return a passage."""
    lines = "".join(map(_line, passage.lines))
    entries = "".join(_entry(entry, passage) for entry in passage.entries)
    return (
        f'<div class="passage" data-is="{" ".join(sorted(_kinds(passage)))}">'
        f'<div class="written">\n{lines}</div>'
        f'<div class="understood">{entries}</div></div>\n'
    )


def _kinds(passage: Passage) -> Iterable[str]:
    """Return what the filter knows a passage by."""
    kinds = {_SHOWS.get(row.kind, "") for e in passage.entries for row in e.rows}
    if any(entry.element == "expectations" for entry in passage.entries):
        kinds.add("judges")
    if any(found.severity != "info" for e in passage.entries for found in e.findings):
        kinds.add("open")
    return kinds - {""}


def _line(line: Line) -> str:
    tag = f"h{min(line.level + _DEEPER, 6)}" if line.level else "div"
    return (
        f'<{tag} class="row {line.form.value}" id="L{line.number}">'
        f'<span class="no">{line.number}</span>'
        f'<span class="text">{"".join(_text(line))}</span></{tag}>\n'
    )


def _text(line: Line) -> Iterator[str]:
    """Yield a line's text, every character of it, with its marks set apart."""
    if line.form not in _PROSE or len(line.text) > _LONGEST:
        yield shown(line.text)
        return
    start = 0
    lead = _LEAD[line.form].match(line.text) if line.form in _LEAD else None
    if lead:
        start = lead.end()
        yield f'<span class="lead">{shown(lead[0])}</span>'
    for found in _MARKS.finditer(line.text, start):
        tag = found.lastgroup
        yield shown(line.text[start : found.start()])
        yield f"<{tag}>{shown(found[0])}</{tag}>"
        start = found.end()
    yield shown(line.text[start:])


def _entry(entry: Entry, passage: Passage) -> str:
    rows = "".join(_row(row, entry, passage) for row in entry.rows)
    joins = "".join(
        f'<p class="joins">belongs to <a href="#L{line}">line {line}</a></p>'
        for line in entry.joins
    )
    findings = "".join(map(finding_html, entry.findings))
    return f'<div class="entry">{_label(entry)}{rows}{joins}{findings}</div>\n'


def _label(entry: Entry) -> str:
    element = ELEMENTS.get(entry.element, entry.element.replace("_", " "))
    lack = "; nothing of its own in the plan" if entry.unplanned else ""
    return (
        f'<p class="label">{_spans(entry.spans)}: {shown(element)}, '
        f"{USES[entry.use]}{lack}</p>"
    )


def _spans(spans: Sequence[tuple[int, int]]) -> str:
    said = ", ".join(f"{a}" if a == b else f"{a}\N{EN DASH}{b}" for a, b in spans)
    one = len(spans) == 1 and spans[0][0] == spans[0][1]
    return f"{'line' if one else 'lines'} {said}"


def _row(row: Row, entry: Entry, passage: Passage) -> str:
    # A plan file names the lines of the document that it was compiled from.
    own = row.line == entry.first
    line = "" if own else f" <small>line {row.line}</small>"
    texts = (_UNMARKED.sub("", each.text) for each in passage.lines)
    said = own and any(row.title in text for text in texts)
    title = "" if said else f' <span class="title">{shown(row.title)}</span>'
    details = "".join(_details(row.details))
    listed = f"<dl>{details}</dl>" if details else ""
    kind = f'<b class="kind {_SHOWS.get(row.kind, "calm")}">{row.kind}</b>'
    return f'<div class="part"><p>{kind}{title}{line}</p>{listed}</div>'


def _details(details: Sequence[Detail]) -> Iterator[str]:
    """Yield the details, those without a label with the one that they go on from."""
    for label, group in _labelled(details):
        warns = ' class="warns"' if any(each.warns for each in group) else ""
        sign = "⚠ " if warns else ""
        yield f"<dt>{label}</dt><dd{warns}>{sign}{''.join(_told(group))}</dd>"


def _labelled(details: Sequence[Detail]) -> Iterator[tuple[str, Sequence[Detail]]]:
    group: list[Detail] = []
    for each in details:
        if each.label and group:
            yield group[0].label, group
            group = []
        group.append(each)
    if group:
        yield group[0].label, group


def _told(details: Sequence[Detail]) -> Iterator[str]:
    for verbatim, group in groupby(details, key=lambda each: each.verbatim):
        lines = [shown(each.text) for each in group]
        if not verbatim:
            yield "<br>".join(lines)
        elif len(lines) == 1:
            yield f"<code>{lines[0]}</code><br>"
        else:
            yield f"<pre>{NEWLINE.join(lines)}</pre>"
