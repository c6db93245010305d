"""
The style of the plots: light and dark, and legible without telling colours apart.

Blue and amber stay apart in every common kind of colour blindness (Okabe and Ito, 2008),
and no line is told by its colour alone: each has a dash of its own and its name at its
end. The colours of good and bad are the page's.
"""

PLOT_STYLE = """
:root { --canary: #0b57a4; --control: #a85b00; --proof: #5b3a8c; }
@media (prefers-color-scheme: dark) {
  :root { --canary: #8ab8f0; --control: #f2b45a; --proof: #c3a6f0; }
}
.plot { overflow-x: auto; margin: .5rem 0 .2rem; }
.plot svg { width: 100%; min-width: 26rem; height: auto; display: block; }
.plot text { font-size: 12.5px; fill: var(--soft);
  font-variant-numeric: tabular-nums; }
.plot .end { text-anchor: end; } .plot .middle { text-anchor: middle; }
.plot .frame { stroke: var(--rule); stroke-width: 1; fill: none; }
.plot .curve { fill: none; stroke-width: 1.7; stroke-linejoin: round;
  stroke-linecap: round; }
.plot path.canary { stroke: var(--canary); } .plot text.canary { fill: var(--canary); }
.plot path.control { stroke: var(--control); stroke-dasharray: 1 3; }
.plot text.control { fill: var(--control); }
.plot path.single { stroke-width: .8; stroke-dasharray: none; opacity: .4; }
.plot path.against { stroke: var(--proof); } .plot text.against { fill: var(--proof); }
.plot path.cleared { stroke: var(--good); stroke-dasharray: 2 3; }
.plot text.cleared { fill: var(--good); }
.plot path.limit { fill: none; stroke: var(--bad); stroke-width: 1.3;
  stroke-dasharray: 7 4; }
.plot text.limit { fill: var(--bad); }
.plot path.baseline { fill: none; stroke: var(--soft); stroke-dasharray: 1 5;
  stroke-width: 1.6; stroke-linecap: round; }
.plot .cross { stroke: var(--bad); stroke-width: 1.6; fill: none; }
.plot .unread { fill: var(--warn); }
.plot .hold { fill: var(--good-bg); } .plot .edge { stroke: var(--good); }
.plot .moment { stroke: var(--ink); stroke-width: 1.2; }
.plot text.when { fill: var(--ink); font-weight: 600; }
@media print { .plot { overflow: visible; print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } }
"""
