"""
A document explained: how each line was understood, and what it becomes in the plan.

`step` and `part` say it row by row, for the terminal and the page alike; `page` walks
the whole document. Pure; nothing is imported here, so that a command loads only what
it prints.
"""
