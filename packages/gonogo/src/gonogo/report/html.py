"""
The report as one HTML file that needs nothing else: no script, no request, no font.

A policy in the file itself forbids both, should a word of the world ever get past the
escaping. It reads from the outcome to the proof: banner, timeline, gates, the document
with its boxes ticked, the evidence, and the journal at the end.
"""

from collections.abc import Sequence
from html import escape

from gonogo.decision.transitions import Phase
from gonogo.document.reading import Reading
from gonogo.report.blocks import Section
from gonogo.report.evidence_outcome import headline
from gonogo.report.history import History
from gonogo.report.html_blocks import block_html, section_html
from gonogo.report.html_document import document_html
from gonogo.report.html_frame import framed
from gonogo.report.html_gates import gates_html
from gonogo.report.html_timeline import timeline_svg
from gonogo.report.plots.style import PLOT_STYLE
from gonogo.report.proof import proof_of
from gonogo.report.story import undo_stories_of
from gonogo.report.wording import instant_text, span_text

_BANNERS = {
    Phase.COMPLETED: ("good", "✓"),
    Phase.ROLLED_BACK: ("bad", "↩"),
    Phase.ROLLING_BACK: ("warn", "↩"),
    Phase.RUNNING: ("calm", "…"),
}


def html_report(
    history: History, reading: Reading, filled: str, sections: Sequence[Section]
) -> str:
    """
    Return the whole page.

    Args:
        history: The indexed journal.
        reading: Of the document as it was before it was filled in.
        filled: The filled document.
        sections: The evidence; the outcome first, the journal last.
    """
    outcome, *rest = sections
    title = f"{history.plan.title}: {headline(history)}"
    document = document_html(filled, reading, proof_of(history))
    evidence = "\n".join(_section(history, section) for section in rest)
    body = f"""<header>
<h1>{escape(history.plan.title)}</h1>
<p class="meta">{_meta(history)}</p>
{_banner(history, outcome)}
{_navigation(rest)}
</header>
<main>
<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
{timeline_svg(history)}
</section>
<section aria-labelledby="document">
<h2 id="document">The document, filled in</h2>
<div class="document">
{document}</div>
</section>
{evidence}
</main>
<footer>{_footer(history)}</footer>"""
    return framed(title, body, style=PLOT_STYLE)


def _meta(history: History) -> str:
    plan = history.plan
    took = span_text(history.last_at - history.started.at)
    return escape(
        f"{plan.service} · {plan.environment} · rollout {history.state.rollout} · "
        f"{instant_text(history.started.at)}, {took} in plan time"
    )


def _banner(history: History, outcome: Section) -> str:
    kind, sign = _BANNERS[history.state.phase]
    if any(story.left_open for story in undo_stories_of(history)):
        kind, sign = "bad", "⚠"
    body = "\n".join(block_html(block) for block in outcome.blocks)
    return (
        f'<section class="banner {kind}" aria-label="Outcome">\n'
        f'<p class="word" id="outcome"><span aria-hidden="true">{sign}</span> '
        f"{escape(headline(history))}</p>\n{body}\n</section>"
    )


def _navigation(sections: Sequence[Section]) -> str:
    ways = [("timeline", "Timeline"), ("document", "Document")]
    ways += [(section.id, section.title) for section in sections]
    items = "".join(
        f'<li><a href="#{escape(name)}">{escape(title)}</a></li>'
        for name, title in ways
    )
    return f'<nav aria-label="Parts of the report"><ul>{items}</ul></nav>'


def _section(history: History, section: Section) -> str:
    body = section_html(section)
    if section.id == "gates":
        return body.replace("</h2>\n", f"</h2>\n{gates_html(history)}\n", 1)
    if section.id == "journal":
        return body.replace("<section ", '<section class="journal" ', 1)
    return body


def _footer(history: History) -> str:
    last = history.records[-1]
    return (
        f"Written by gonogo from {len(history.records)} records of the journal of "
        f"{escape(history.state.rollout)}; its head is <code>{escape(last.link)}</code>. "
        "Times are UTC."
    )
