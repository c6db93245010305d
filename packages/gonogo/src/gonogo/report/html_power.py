"""What the soaks can show, on the page of an explained document."""

from collections.abc import Sequence

from gonogo.analysis.forecast import Forecast
from gonogo.analysis.threshold import limit_text
from gonogo.report.explained.power import told
from gonogo.report.explained.row import Detail
from gonogo.report.html_escaping import shown
from gonogo.report.wording import span_text

_MARKS = {True: "✅", False: "⚠️", None: "❔"}


def power_html(power: Sequence[Forecast]) -> str:
    """Return the section; nothing where nothing is counted."""
    if not power:
        return ""
    items = "".join(map(_forecast, power))
    return (
        '<section aria-labelledby="power">\n'
        f'<h2 id="power">What the soaks can show</h2>\n{items}</section>'
    )


def _forecast(forecast: Forecast) -> str:
    said, gate, soak = told(forecast), forecast.gate, forecast.soak
    limit = shown(f"{gate.metric} {limit_text(gate.condition)}")
    return (
        f'<article class="power">\n<h3>{_MARKS[said.keeps]} {limit}: '
        f"{said.headline}</h3>\n"
        f'<p><a href="#L{gate.line}">line {gate.line}</a>, held for '
        f'{span_text(soak.duration)} (<a href="#L{soak.line}">line {soak.line}</a>)</p>'
        f"\n<dl>{_details(said.details)}</dl>\n</article>\n"
    )


def _details(details: Sequence[Detail]) -> str:
    return "".join(map(_detail, details))


def _detail(detail: Detail) -> str:
    """Return a detail; one without a label goes on with the last."""
    head = f"<dt>{shown(detail.label)}</dt>" if detail.label else ""
    return f"{head}<dd>{shown(detail.text)}</dd>\n"
