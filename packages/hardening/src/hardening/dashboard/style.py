"""Style: the page's own style sheet and script, and the policy that allows no others."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType

CSS = """
:root {
  color-scheme: light dark;
  --back: #f6f7f9; --paper: #ffffff; --ink: #1b2430; --soft: #556170; --line: #d9dee5;
  --good: #17703a; --good-back: #e2f3e8; --warning: #7a5200; --warning-back: #fdf0cf;
  --critical: #a3182a; --critical-back: #fde4e6; --link: #1756a9; --bar: #8fb0d6;
  --rejected: #d99a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --paper: #1b2129; --ink: #e6ebf1; --soft: #9eabba; --line: #313a45;
    --good: #6fd395; --good-back: #17351f; --warning: #f0c45c; --warning-back: #3a2f10;
    --critical: #ff929c; --critical-back: #44191f; --link: #86b7f7; --bar: #4d7199;
    --rejected: #f0c45c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--back); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem;
  padding-top: 1.25rem; }
h1 { font-size: 1.35rem; margin: 0 auto 0 0; }
h2 { font-size: 1.05rem; margin: 0; }
a { color: var(--link); }
.panel { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem;
  margin: 1.25rem 0; padding: 1rem 1.25rem; }
.scroll { overflow-x: auto; }
.kinds { margin: .2rem 0 .5rem; }
.title { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .8rem;
  margin-bottom: .5rem; }
.title p { margin: 0; color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { text-align: left; padding: .4rem 1rem .4rem 0; border-top: 1px solid var(--line);
  vertical-align: middle; }
thead th { border-top: 0; font-weight: 600; color: var(--soft); font-size: .87rem;
  white-space: nowrap; }
tbody th { font-weight: 600; }
td:last-child, th:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; }
.long { min-width: 16rem; max-width: 30rem; overflow-wrap: anywhere; }
.span { white-space: nowrap; }
.level { display: inline-block; border-radius: 1rem; padding: .05rem .65rem;
  font-weight: 600; font-size: .87rem; white-space: nowrap; }
.good { color: var(--good); background: var(--good-back); }
.warning { color: var(--warning); background: var(--warning-back); }
.critical, .error { color: var(--critical); background: var(--critical-back); }
.told { border-radius: .4rem; padding: .5rem .9rem; margin: 1rem 0 0; }
.quiet { color: var(--soft); }
svg { display: block; }
svg .calls { fill: var(--bar); }
svg .failed { fill: var(--critical); }
svg .rejected { fill: var(--rejected); }
svg .track { fill: var(--line); }
svg .mark { fill: var(--ink); }
form { display: inline-flex; gap: .5rem; align-items: center; margin: 0; }
input, button { font: inherit; color: inherit; border: 1px solid var(--soft);
  border-radius: .4rem; padding: .25rem .7rem; background: var(--paper); }
button { cursor: pointer; font-weight: 600; }
button:hover { border-color: var(--link); color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.login { max-width: 26rem; margin: 4rem auto; }
.login form { display: grid; gap: .75rem; margin-top: 1rem; }
.legend { display: flex; gap: 1rem; color: var(--soft); font-size: .87rem; margin: .5rem 0 0; }
.legend span::before { content: ""; display: inline-block; width: .7rem; height: .7rem;
  margin-right: .35rem; border-radius: .15rem; background: var(--bar); }
.legend .is-failed::before { background: var(--critical); }
.legend .is-rejected::before { background: var(--rejected); }
footer { color: var(--soft); padding-bottom: 2rem; font-size: .87rem; }
@media (max-width: 40rem) { th, td { padding-right: .6rem; } }
"""

# It asks for the panels' JSON and puts them in place; without it the page refreshes as
# a whole. A panel that somebody types in, or has the focus in, is left alone.
JS = """
(() => {
  const box = document.getElementById("refreshing");
  const told = document.getElementById("refreshed");
  if (!box) return;
  document.getElementById("refresh").hidden = false;
  const every = Number(box.dataset.every) * 1000;
  async function refresh() {
    if (!box.checked || document.hidden) return;
    try {
      const answer = await fetch("panels.json" + location.search,
        { headers: { accept: "application/json" }, signal: AbortSignal.timeout(every * 2) });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const panels = await answer.json();
      for (const [name, html] of Object.entries(panels.html)) {
        const panel = document.getElementById(name);
        if (panel && !panel.contains(document.activeElement)) panel.innerHTML = html;
      }
      told.textContent = "Updated " + new Date().toLocaleTimeString();
      told.className = "quiet";
    } catch (error) {
      told.textContent = "Not updated: the service does not answer";
      told.className = "level critical";
    }
  }
  setInterval(refresh, every);
})();
"""


def _hash(text: str) -> str:
    """Return a text's hash, as a content security policy names what it allows."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "content-security-policy": (
            f"default-src 'none'; style-src {_hash(CSS)}; script-src {_hash(JS)}; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        # 'no-referrer' would make the origin of our own forms 'null'.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
)
"""On every answer, errors too."""
