"""
The document explained as one HTML page, for a review before it runs.

On top stand what the document is and what is open; below it the document as the team
wrote it, and beside each passage how it was understood. The page is whole without its
script, which only filters and jumps.
"""

from collections.abc import Iterator, Sequence
from html import escape

from gonogo.analysis.forecast import Forecast
from gonogo.document.compiler.account import Compiled
from gonogo.document.reading import Reading
from gonogo.model.diagnostic import Diagnostic, Severity
from gonogo.report.explained.overview import Overview, StageMark, overview_of
from gonogo.report.explained.passage import passages_of
from gonogo.report.html_escaping import shown
from gonogo.report.html_explained_style import SCRIPT, STYLE
from gonogo.report.html_finding import finding_html
from gonogo.report.html_frame import framed
from gonogo.report.html_passage import passage_html
from gonogo.report.html_power import power_html

_TOOLS = """<div class="tools" id="tools" hidden>
<div role="group" aria-label="Which passages to show">
<button type="button" data-show="" aria-pressed="true">everything</button>
<button type="button" data-show="runs" aria-pressed="false">what runs</button>
<button type="button" data-show="asks" aria-pressed="false">what people are asked</button>
<button type="button" data-show="judges" aria-pressed="false">what is judged</button>
<button type="button" data-show="open" aria-pressed="false">what is open</button>
</div>
<div role="group" aria-label="Go to an open point">
<button type="button" data-step="-1">previous open point</button>
<button type="button" data-step="1">next open point</button>
</div>
<p role="status" id="told"></p>
</div>"""


def html_explained(
    reading: Reading, compiled: Compiled, power: Sequence[Forecast] = ()
) -> str:
    """
    Return the whole page.

    Args:
        reading: Of the document.
        compiled: What it was compiled to; the diagnostics are of the whole way.
        power: What its soaks can show.
    """
    overview = overview_of(reading, compiled)
    passages = passages_of(reading, compiled)
    known = frozenset(line.number for each in passages for line in each.lines)
    body = f"""<a class="skip" href="#document">To the document</a>
<header>
<h1>{shown(overview.title)}</h1>
<dl class="facts">{"".join(_facts(overview))}</dl>
{_counts(overview)}
{_navigation(overview, power)}
</header>
<main>
{_open(overview, known)}
{_stages(overview.stages)}
{power_html(power)}
<section aria-labelledby="document">
<h2 id="document">The document, line by line</h2>
{_TOOLS}
<div class="columns" aria-hidden="true"><p>As it is written</p>
<p>How it was understood</p></div>
{"".join(map(passage_html, passages))}</section>
{_notes(overview, known)}
</main>
<footer>Written by gonogo explain. Nothing was run.</footer>"""
    title = f"{overview.title}: how it was understood"
    return framed(title, body, style=STYLE, script=SCRIPT)


def _facts(overview: Overview) -> Iterator[str]:
    for name, value in overview.facts:
        yield f"<div><dt>{name}</dt><dd>{shown(value)}</dd></div>\n"


def _counts(overview: Overview) -> str:
    if not overview.counts:
        return ""
    items = "".join(
        f"<li><b>{each.number}</b> {escape(each.name)}</li>\n"
        for each in overview.counts
    )
    return f'<ul class="counts" aria-label="What the plan holds">\n{items}</ul>'


def _navigation(overview: Overview, power: Sequence[Forecast]) -> str:
    ways = [("open", "Open points")]
    ways += [("stages", "Stages")] if overview.stages else []
    ways += [("power", "What the soaks can show")] if power else []
    ways += [("document", "Document")]
    ways += [("notes", "Notes")] if overview.notes else []
    items = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in ways)
    return f'<nav aria-label="Parts of the page"><ul>{items}</ul></nav>'


def _open(overview: Overview, known: frozenset[int]) -> str:
    found = overview.pressing
    listed = _listed(found, known) if found else '<p class="none">Nothing is open.</p>'
    return (
        '<section aria-labelledby="open">\n'
        f'<h2 id="open">Open points{_counted(found)}</h2>\n{listed}\n</section>'
    )


def _counted(found: Sequence[Diagnostic]) -> str:
    """Return how many errors and warnings there are: ': 1 error, 2 warnings'."""
    names = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
    counts = ((sum(each.severity is s for each in found), name) for s, name in names)
    said = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in counts if n]
    return f": {', '.join(said)}" if said else ""


def _listed(found: Sequence[Diagnostic], known: frozenset[int]) -> str:
    items = "".join(
        f"<li>{finding_html(each, place=True, known=known)}</li>\n" for each in found
    )
    return f'<ul class="findings">\n{items}</ul>'


def _stages(stages: Sequence[StageMark]) -> str:
    if not stages:
        return ""
    items = "".join(map(_stage, stages))
    return (
        '<nav class="stages" aria-labelledby="stages">\n'
        f'<h2 id="stages">Stages</h2>\n<ol>\n{items}</ol>\n</nav>'
    )


def _stage(stage: StageMark) -> str:
    share = f'<b class="share">{stage.exposure}</b> ' if stage.exposure else ""
    return (
        f'<li><a href="#L{stage.line}">{shown(stage.title)}</a> '
        f"<small>{share}{stage.holds}</small></li>\n"
    )


def _notes(overview: Overview, known: frozenset[int]) -> str:
    found = overview.notes
    if not found:
        return ""
    return (
        f'<section aria-labelledby="notes">\n<h2 id="notes">Notes</h2>\n'
        f"<details><summary>{len(found)} in all; each stands beside its line, too"
        f"</summary>\n{_listed(found, known)}\n</details>\n</section>"
    )
