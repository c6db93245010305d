"""
The benchmarks: what gonogo costs, as ratios against peers and floors in one run.

A benchmark is a module of this folder with a docstring, whose first line titles its
table, and a function `measure` that returns rows. `make bench-NAME` runs one, and
`make bench` runs all and writes docs/benchmarks.md.
"""
