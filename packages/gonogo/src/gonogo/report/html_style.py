"""The style sheet of the report: light and dark, screen and paper, nothing fetched."""

STYLE = """
:root {
  color-scheme: light dark;
  --bg: #fbfbf9; --card: #ffffff; --ink: #1c2024; --soft: #565d66; --rule: #dcdfe3;
  --link: #0b57a4; --good: #1a6b3c; --bad: #b3261e; --warn: #8a5300; --calm: #41566d;
  --good-bg: #e6f4ea; --bad-bg: #fceae8; --warn-bg: #fdf2dc; --calm-bg: #e9eef4;
  --code: #f1f2f0; --bar: #9fb4cc; --bar-edge: #41566d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #14171a; --card: #1c2024; --ink: #e6e8ea; --soft: #a5adb6; --rule: #343a41;
    --link: #8ab8f0; --good: #7fd29c; --bad: #ff9d94; --warn: #f2c063; --calm: #a9c0d8;
    --good-bg: #173323; --bad-bg: #3d1d1b; --warn-bg: #3a2c12; --calm-bg: #222c37;
    --code: #23282d; --bar: #3f5873; --bar-edge: #a9c0d8;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--bg); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main, header, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
a { color: var(--link); text-underline-offset: 2px; }
a:focus-visible, summary:focus-visible, .wide:focus-visible,
.plot:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px;
}
h1, h2, h3, h4 { line-height: 1.25; }
h1 { font-size: 1.9rem; margin: 2.2rem 0 .3rem; }
h2 { font-size: 1.35rem; margin: 2.6rem 0 .8rem; }
code, pre { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 3px; padding: .1em .3em;
  overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 6px; padding: .8rem 1rem;
  overflow-x: auto; }
pre code { background: none; padding: 0; font-size: inherit;
  overflow-wrap: normal; }
.meta { color: var(--soft); margin: 0 0 1.4rem; }
.banner { border: 1px solid; border-left-width: 8px; border-radius: 8px;
  padding: 1rem 1.3rem; margin: 1rem 0 1.6rem; }
.banner .word { font-size: 1.3rem; font-weight: 650; margin: 0 0 .2rem; }
.banner p { margin: .35rem 0; }
.banner.good { background: var(--good-bg); border-color: var(--good); }
.banner.bad { background: var(--bad-bg); border-color: var(--bad); }
.banner.warn { background: var(--warn-bg); border-color: var(--warn); }
.banner.calm { background: var(--calm-bg); border-color: var(--calm); }
.loud { background: var(--warn-bg); border-left: 5px solid var(--warn);
  border-radius: 4px; padding: .6rem .9rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; padding: 0; margin: 0;
  list-style: none; font-size: .95rem; }
.timeline { width: 100%; height: auto; display: block; }
.timeline text { font-size: 13px; fill: var(--ink); }
.timeline .name { text-anchor: end; }
.timeline .label { text-anchor: middle; fill: var(--soft); font-size: 11.5px; }
.timeline .tick, .timeline .track { stroke: var(--rule); stroke-width: 1; }
.bar { stroke: var(--bar-edge); stroke-width: 1; }
.bar.stage { fill: var(--bar); }
.bar.people { fill: url(#p-people); stroke: var(--warn); }
.bar.soak { fill: url(#p-soak); stroke: var(--good); }
.bar.rollback { fill: url(#p-rollback); stroke: var(--bad); }
.p-people-bg { fill: var(--warn-bg); } .p-people-fg { fill: var(--warn); }
.p-soak-bg { fill: var(--good-bg); } .p-soak-fg { fill: var(--good); }
.p-rollback-bg { fill: var(--bad-bg); }
.p-rollback-fg { stroke: var(--bad); stroke-width: 1.3; fill: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; color: var(--soft);
  font-size: .85rem; margin: .3rem 0 0; }
.legend svg { vertical-align: -2px; }
.gates { display: grid; gap: 1rem; margin: 1rem 0 1.4rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); }
.gate { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  border-top: 4px solid var(--calm); padding: .7rem 1rem .8rem; break-inside: avoid; }
.gate.pass { border-top-color: var(--good); }
.gate.fail { border-top-color: var(--bad); }
.gate.error, .gate.inconclusive { border-top-color: var(--warn); }
.gate h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
.gate p { margin: .3rem 0; }
.gate .value { font-size: 1.05rem; }
.gate p.limit { color: var(--soft); font-size: .85rem; }
.trip { color: var(--bad); }
.mark { border-radius: 4px; padding: .05em .45em; font-size: .82rem; font-weight: 600;
  white-space: nowrap; }
.mark.pass { background: var(--good-bg); color: var(--good); }
.mark.fail { background: var(--bad-bg); color: var(--bad); }
.mark.error, .mark.inconclusive { background: var(--warn-bg); color: var(--warn); }
.wide { overflow-x: auto; margin: .8rem 0 1.2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0;
  border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
td { min-width: 4.5rem; } td:first-child { min-width: 2rem; }
td { font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.ref, .line { font-size: .85em; white-space: nowrap; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; }
.refs { font-size: .85rem; color: var(--soft); }
details { margin: .6rem 0; }
summary { cursor: pointer; }
.document { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  padding: .4rem 1.6rem 1.4rem; overflow-wrap: break-word; }
.document h3 { font-size: 1.6rem; margin-top: 1.2rem; }
.document h4 { font-size: 1.3rem; border-top: 1px solid var(--rule); padding-top: 1.2rem;
  margin-top: 1.8rem; }
.document h5 { font-size: 1.08rem; margin: 1.5rem 0 .5rem; }
.document h6 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.document hr { display: none; }
.document table { margin: .8rem 0 1.2rem; }
.document li.task { list-style: none; margin-left: -1.3rem; }
.box { font-size: 1.1em; }
.box.done { color: var(--good); } .box.open { color: var(--soft); }
.image { color: var(--soft); }
:target { background: var(--warn-bg); box-shadow: 0 0 0 4px var(--warn-bg);
  border-radius: 2px; }
.journal td:nth-child(-n+3) { white-space: nowrap; }
footer { color: var(--soft); font-size: .85rem; padding-top: 2rem; padding-bottom: 3rem; }
@media (max-width: 40rem) {
  main, header, footer { padding: 0 1rem; }
  .document { padding: .2rem 1rem 1rem; }
}
@media print {
  body { font-size: 10pt; background: none; }
  main, header, footer { max-width: none; padding: 0; }
  nav { display: none; }
  .document { border: 0; padding: 0; }
  .wide, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
  details::details-content { content-visibility: visible; display: block; }
  .banner, .gate, .mark, .bar, .loud { print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  a { color: inherit; }
}
"""
