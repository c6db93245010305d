"""
The page: HTML of the panels, complete without a script.

Every text that comes from a source goes through `escape`; the property test plants
markup in each of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

from hardening.dashboard import pictures
from hardening.dashboard.panels import Panel
from hardening.dashboard.spans import at_most, span
from hardening.dashboard.style import CSS, JS

_TITLES = MappingProxyType(
    {
        "circuits": "Circuits",
        "queues": "Queues",
        "letters": "Dead letters",
        "pools": "Connection pools",
        "locks": "Lock waits",
    }
)
# A level is told by a sign and a word; colour alone tells some people nothing.
_SIGNS = MappingProxyType({"good": "✓", "warning": "!", "critical": "✕", "error": "?"})
_LEGEND = (
    '<p class="legend"><span>succeeded</span><span class="is-failed">failed</span>'
    '<span class="is-rejected">rejected</span></p>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """
    Who looks.

    Attributes:
        writes: Whether buttons are shown.
        form_key: What forms send along; '' for those who came without a cookie.
        told: What was done just now, or why not; '' is nothing.
        failed: Whether it was not done.
    """

    writes: bool = False
    form_key: str = ""
    told: str = ""
    failed: bool = False


def page(
    title: str, panels: Mapping[str, Panel], viewer: Viewer, *, every_s: float
) -> str:
    """Return the whole page."""
    shown = "".join(
        f'<section class="panel" id="{name}" aria-labelledby="{name}-title">'
        f"{panel_html(name, panel, viewer)}</section>"
        for name, panel in panels.items()
    )
    box = (
        f'<label id="refresh" hidden><input type="checkbox" id="refreshing" checked '
        f'data-every="{every_s:g}"> Refresh every {every_s:g} s</label>'
        '<span id="refreshed" class="quiet"></span>'
    )
    body = (
        f"<header><h1>{escape(title)}</h1>{box}{_logout(viewer)}</header>"
        f"<main>{_told(viewer)}{shown or _NOTHING}</main>"
        "<footer>Times are spans up to now. Trends are this process's own.</footer>"
        f"<script>{JS}</script>"
    )
    meta = f'<noscript><meta http-equiv="refresh" content="{every_s * 4:g}"></noscript>'
    return _document(title, body, meta)


def login_page(title: str, *, told: str = "") -> str:
    """Return the page that asks for a token."""
    words = f'<p class="told critical" role="alert">{escape(told)}</p>' if told else ""
    body = (
        f'<main class="login panel"><h1>{escape(title)}</h1>{words}'
        '<form method="post" action="login">'
        '<label for="token">Token, to look or to change</label>'
        '<input id="token" name="token" type="password" required '
        'autocomplete="current-password" autofocus>'
        "<button>Sign in</button></form></main>"
    )
    return _document(title, body)


def panel_html(name: str, panel: Panel, viewer: Viewer) -> str:
    """Return the inside of a panel."""
    level = panel["level"]
    head = (
        f'<div class="title"><h2 id="{name}-title">{_TITLES[name]}</h2>'
        f"{_level(level, 'not known' if level == 'error' else level)}"
    )
    if "error" in panel:
        return f"{head}</div><p>The source failed: {escape(panel['error'])}</p>"
    summary, inside = _BODIES[name](panel, viewer)
    return f"{head}<p>{summary}</p></div>{inside}"


def _circuits(panel: Panel, viewer: Viewer) -> tuple[str, str]:
    rows = panel["circuits"]
    is_open = sum(row["level"] == "critical" for row in rows)
    lines = (
        (
            _head(row["name"]),
            _cell(_level(row["level"], row["state"].replace("_", " "))),
            _cell(_since(row), "span"),
            _cell(pictures.trend(row["trend"])),
            *([_cell(_reset(row, viewer))] if viewer.writes else []),
        )
        for row in rows
    )
    names = ("Circuit", "State", "For", "Last hour", *(["Change"] * viewer.writes))
    summary = f"{is_open} of {len(rows)} open"
    return summary, _table("Circuits, the worst first", names, lines) + _LEGEND


def _queues(panel: Panel, _: Viewer) -> tuple[str, str]:
    lines = (
        (
            _head(row["name"]),
            _cell(_level(row["level"], row["level"])),
            _number(f"{row['depth']:,}"),
            _number(span(row["latency_s"])),
        )
        for row in panel["queues"]
    )
    summary = f"{panel['total']:,} jobs wait; too many are {panel['total_critical']:,}"
    names = ("Queue", "Level", "#Jobs", "#Oldest waits")
    return summary, _table(_limits(panel["queues"]), names, lines)


def _letters(panel: Panel, viewer: Viewer) -> tuple[str, str]:
    may = viewer.writes and panel["redrivable"]
    lines = (
        (
            _head(str(row["id"])),
            _cell(escape(row["task"])),
            _cell(escape(row["queue"])),
            _cell(escape(row["reason"])),
            _cell(escape(row["error"]), "long"),
            _number(str(row["attempts"])),
            *([_cell(_redrive(row, viewer))] if may else []),
        )
        for row in panel["letters"]
    )
    names = (
        "No.",
        "Task",
        "Queue",
        "Reason",
        "Error",
        "#Attempts",
        *(["Change"] * may),
    )
    search = escape(panel["search"])
    form = (
        '<form method="get" action="./" role="search">'
        '<label for="q">Search</label>'
        f'<input id="q" name="q" type="search" maxlength="200" value="{search}">'
        "<button>Find</button></form>"
    )
    told = f"Newest with “{search}”" if search else "Newest"
    kinds = _kinds("By reason", panel["by_reason"]) + _kinds(
        "By queue", panel["by_queue"]
    )
    summary = f"{panel['waiting']:,} wait, the oldest for {span(panel['oldest_age_s'])}"
    return summary, kinds + form + _table(told, names, lines)


def _pools(panel: Panel, _: Viewer) -> tuple[str, str]:
    lines = (
        (
            _head(row["name"]),
            _cell(_level(row["level"], row["level"])),
            _cell(pictures.share(row["share"], row["threshold"])),
            _number(f"{row['in_use']} of {row['size']}"),
            _number(f"{row['waiting']:,}"),
            _number(f"{row['rejections']:,}"),
        )
        for row in panel["pools"]
    )
    names = ("Pool", "Level", "Use", "#In use", "#Waiting", "#Rejected")
    rejected = sum(row["rejections"] for row in panel["pools"])
    caption = "The mark is where callers are rejected"
    return f"{rejected:,} callers rejected", _table(caption, names, lines)


def _locks(panel: Panel, _: Viewer) -> tuple[str, str]:
    lines = (
        (
            _head(row["table"]),
            _number(f"{row['count']:,}"),
            _number(at_most(row["p50_s"])),
            _number(at_most(row["p95_s"])),
            _number(at_most(row["max_s"])),
            _cell(pictures.histogram(row["buckets"])),
            _number(f"{row['timeouts']:,}"),
            _number(f"{row['deadlocks']:,}"),
        )
        for row in panel["locks"]
    )
    names = ("Table", "#Waits", "#p50", "#p95", "#Longest", "By length")
    total = sum(row["timeouts"] for row in panel["locks"])
    caption = "Bounds are those of the histogram's buckets"
    table = _table(caption, (*names, "#Timeouts", "#Deadlocks"), lines)
    return f"{total:,} timeouts", table


_Body = Callable[[Panel, Viewer], tuple[str, str]]
_BODIES: Mapping[str, _Body] = MappingProxyType(
    {
        "circuits": _circuits,
        "queues": _queues,
        "letters": _letters,
        "pools": _pools,
        "locks": _locks,
    }
)
_NOTHING = '<p class="panel">The dashboard was given no sources.</p>'


def _since(row: Panel) -> str:
    """Return how long a circuit is in its state, and when it tries again."""
    told = escape(span(row["for_s"]))
    if row["retry_in_s"] is None:
        return told
    return f'{told} <span class="quiet">trial in {span(row["retry_in_s"])}</span>'


def _limits(rows: Iterable[Panel]) -> str:
    """Return the limits of a queue, in words."""
    row = next(iter(rows), None)
    if row is None:
        return "No queue holds jobs"
    return (
        f"Warning above {row['depth_warning']:,} jobs or "
        f"{span(row['latency_warning_s'])}, critical above {row['depth_critical']:,}"
    )


def _kinds(title: str, counts: Iterable[Panel]) -> str:
    told = ", ".join(f"{escape(one['name'])} {one['count']:,}" for one in counts)
    return f'<p class="kinds"><span class="quiet">{title}:</span> {told or "none"}</p>'


def _reset(row: Panel, viewer: Viewer) -> str:
    if row["state"] == "closed":
        return ""
    return _button("reset", "Reset", {"circuit": row["name"]}, viewer)


def _redrive(row: Panel, viewer: Viewer) -> str:
    return _button("redrive", "Redrive", {"letter": str(row["id"])}, viewer)


def _button(action: str, label: str, fields: Mapping[str, str], viewer: Viewer) -> str:
    """Return a form of one button; its label says what it is about, to those who listen."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in {**fields, "key": viewer.form_key}.items()
    )
    about = escape(f"{label} {next(iter(fields.values()))}")
    return (
        f'<form method="post" action="{action}">{hidden}'
        f'<button aria-label="{about}">{label}</button></form>'
    )


def _logout(viewer: Viewer) -> str:
    if not viewer.form_key:
        return ""
    return '<form method="post" action="logout"><button>Sign out</button></form>'


def _told(viewer: Viewer) -> str:
    if not viewer.told:
        return ""
    kind, role = ("critical", "alert") if viewer.failed else ("good", "status")
    return f'<p class="told {kind}" role="{role}">{escape(viewer.told)}</p>'


def _level(level: str, word: str) -> str:
    sign = _SIGNS[level]
    return (
        f'<span class="level {level}"><span aria-hidden="true">{sign}</span> '
        f"{escape(word)}</span>"
    )


def _table(caption: str, names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; a name that begins with '#' is that of numbers."""
    heads = "".join(
        f'<th scope="col" class="number">{escape(name[1:])}</th>'
        if name.startswith("#")
        else f'<th scope="col">{escape(name)}</th>'
        for name in names
    )
    lines = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    if not lines:
        return f'<p class="quiet">{caption}: none.</p>'
    # What scrolls can be reached by the keyboard, and has a name.
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}">'
        f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def _head(text: str) -> str:
    return f'<th scope="row">{escape(text)}</th>'


def _cell(inside: str, kind: str = "") -> str:
    return f'<td class="{kind}">{inside}</td>' if kind else f"<td>{inside}</td>"


def _number(text: Any) -> str:  # noqa: ANN401 - shown as it is
    return f'<td class="number">{escape(str(text))}</td>'


def _document(title: str, body: str, meta: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{meta}<title>{escape(title)}</title><style>{CSS}</style></head>"
        f"<body>{body}</body></html>"
    )
