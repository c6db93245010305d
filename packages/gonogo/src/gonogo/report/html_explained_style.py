"""What the page of a document adds: its style sheet, and the script for comfort."""

STYLE = """
main, header, footer { max-width: 100rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem;
  z-index: 1; }
button:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; }
.facts { margin: .8rem 0; }
.facts div { display: flex; gap: .8rem; }
.facts dt { color: var(--soft); flex: 0 0 5.5rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0;
  margin: 1rem 0; }
.counts li { background: var(--card); border: 1px solid var(--rule);
  border-radius: 8px; padding: .3rem .8rem; }
.counts b { font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.findings { list-style: none; padding: 0; margin: .5rem 0; }
.findings li { margin: .35rem 0; }
.finding { border-left: 4px solid var(--rule); padding: .2rem .7rem; }
.finding.error { border-color: var(--bad); background: var(--bad-bg); }
.finding.warning { border-color: var(--warn); background: var(--warn-bg); }
.finding.error .weight { color: var(--bad); }
.finding.warning .weight { color: var(--warn); }
.finding code { background: none; padding: 0; }
.remedy { margin: 0; color: var(--soft); }
.finding.error .remedy, .finding.warning .remedy { color: var(--ink); }
.remedy::before { content: "→ "; }
.none { color: var(--good); }
.stages ol { display: flex; flex-wrap: wrap; gap: .6rem; padding: 0; margin: 0;
  list-style: none; counter-reset: stage; }
.stages li { flex: 1 1 12rem; max-width: 22rem; background: var(--card);
  border: 1px solid var(--rule); border-top: 4px solid var(--bar-edge);
  border-radius: 8px; padding: .4rem .8rem; counter-increment: stage; }
.stages li::before { content: counter(stage) ". "; color: var(--soft); }
.stages small { display: block; color: var(--soft); }
.share { color: var(--ink); }
.share::before { content: "exposure "; font-weight: normal; color: var(--soft); }
.share::after { content: ","; font-weight: normal; }
.tools { position: sticky; top: 0; background: var(--bg); padding: .5rem 0; z-index: 1;
  display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: center;
  border-bottom: 1px solid var(--rule); }
.tools[hidden] { display: none; }
.tools p { margin: 0; color: var(--soft); font-size: .85rem; }
button { font: inherit; font-size: .85rem; color: var(--ink); background: var(--card);
  border: 1px solid var(--soft); border-radius: 6px; padding: .3rem .6rem;
  margin: .1rem 0; cursor: pointer; }
button[aria-pressed="true"] { background: var(--calm-bg); font-weight: 600;
  text-decoration: underline; }
.columns, .passage { display: grid; column-gap: 1.5rem;
  grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
.columns p { margin: .6rem 0 .2rem; color: var(--soft); font-size: .85rem; }
.passage { border-top: 1px solid var(--rule); content-visibility: auto;
  contain-intrinsic-size: auto 3rem; }
.passage[hidden] { display: none; }
html { scroll-padding-top: 8rem; }
.written { background: var(--card); padding: .15rem 0; }
.row { display: flex; margin: 0; font-size: .95rem; font-weight: normal;
  line-height: 1.5; }
.no { flex: 0 0 3.4rem; text-align: right; padding-right: .9rem; color: var(--soft);
  font: .8rem/1.8 ui-monospace, Menlo, Consolas, monospace; user-select: none; }
.text { flex: 1; min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere;
  min-height: 1.5em; padding-right: .6rem; tab-size: 4; }
.row b { font-weight: 650; }
.row i { color: var(--soft); font-style: normal; font-size: .85em; }
.heading { font-weight: 650; }
h3.row { font-size: 1.5rem; } h4.row { font-size: 1.25rem; }
h5.row { font-size: 1.08rem; } h6.row { font-size: 1rem; }
.lead { color: var(--soft); font-weight: normal; }
.box .lead { font: .875rem/1.5 ui-monospace, Menlo, Consolas, monospace;
  color: var(--ink); font-weight: 650; white-space: pre; }
.code .text, .table .text, .comment .text {
  font: .8rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.code .text { background: var(--code); padding-left: .6rem; }
.comment .text, .rule .text { color: var(--soft); }
.quote .text { border-left: 3px solid var(--rule); padding-left: .6rem; }
.unseen { background: var(--bad-bg); color: var(--bad); border: 1px solid;
  border-radius: 3px; font: .75em ui-monospace, Menlo, Consolas, monospace;
  padding: 0 .2em; }
.understood { font-size: .875rem; padding: .15rem 0; line-height: 1.45; }
.entry { margin-bottom: .2rem; }
.label, .joins { margin: 0; color: var(--soft); }
.label { font-size: .8rem; line-height: 1.8; }
.part { padding: .1rem 0 .3rem; }
.part p { margin: 0; }
.label:has(+ .part) { float: right; padding-left: 1rem; }
.part dl, .part pre { clear: right; }
.understood .remedy { display: inline; }
.understood .remedy::before { content: " → "; }
.kind { border: 1px solid; border-radius: 4px; padding: 0 .4em; font-size: .75rem;
  letter-spacing: .04em; background: var(--calm-bg); color: var(--calm); }
.kind.asks { background: var(--warn-bg); color: var(--warn); }
.kind.judges { background: var(--good-bg); color: var(--good); }
.kind.back { background: var(--bad-bg); color: var(--bad); }
.power { margin: .6rem 0; }
.power h3, .power p { margin: 0; }
.part dl, .power dl { display: grid; grid-template-columns: 4.6rem minmax(0, 1fr); gap: 0 .5rem;
  margin: .15rem 0 0; }
.part dt, .power dt { color: var(--soft); grid-column: 1; }
.part dd, .power dd { grid-column: 2; }
.part dd, .power dd { margin: 0; overflow-wrap: anywhere; }
.part pre { margin: .1rem 0; padding: .3rem .6rem; font-size: .78rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.warns { color: var(--warn); font-weight: 600; }
.row:target { box-shadow: none; outline: 2px solid var(--warn); }
@media (max-width: 55rem) {
  .columns { display: none; }
  .passage { grid-template-columns: minmax(0, 1fr); }
  .understood { padding: .2rem .6rem .5rem 2.6rem; }
  .no { flex-basis: 2.6rem; padding-right: .6rem; }
  .tools { position: static; }
  html { scroll-padding-top: 1rem; }
  h1 { font-size: 1.5rem; }
}
@media print {
  .tools, .skip { display: none; }
  .passage { content-visibility: visible; break-inside: auto; }
  .row, .part, .finding { break-inside: avoid; }
  .kind, .finding, .unseen { print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  .written { background: none; }
}
"""

SCRIPT = """
'use strict';
const tools = document.getElementById('tools');
const told = document.getElementById('told');
const passages = [...document.querySelectorAll('.passage')];
const shows = [...tools.querySelectorAll('[data-show]')];
const has = (passage, kind) => !kind || passage.dataset.is.split(' ').includes(kind);
let at = -1;
function show(kind) {
  let seen = 0;
  for (const passage of passages) {
    passage.hidden = !has(passage, kind);
    seen += passage.hidden ? 0 : 1;
  }
  for (const one of shows) one.setAttribute('aria-pressed', one.dataset.show === kind);
  told.textContent = seen + ' of ' + passages.length + ' passages';
}
function step(by) {
  const open = passages.filter((one) => has(one, 'open'));
  if (!open.length) { told.textContent = 'Nothing is open.'; return; }
  at = at < 0 && by < 0 ? open.length - 1 : (at + by + open.length) % open.length;
  const place = open[at];
  place.hidden = false;
  place.tabIndex = -1;
  place.focus({preventScroll: true});
  place.scrollIntoView({block: 'center'});
  told.textContent = 'Open point ' + (at + 1) + ' of ' + open.length;
}
tools.addEventListener('click', (event) => {
  const {show: kind, step: by} = event.target.dataset;
  if (kind !== undefined) show(kind);
  if (by !== undefined) step(Number(by));
});
addEventListener('hashchange', () => {
  const line = document.getElementById(location.hash.slice(1));
  const passage = line && line.closest('.passage');
  if (passage && passage.hidden) { show(''); line.scrollIntoView(); }
});
tools.hidden = false;
"""
