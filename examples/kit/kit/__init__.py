"""
A small service under a steady load, in which one piece of the kit is rolled out.

`python -m kit breaker` starts it in a folder of its own, runs the piece's rollout
document against it, live, and ends with the exit status of that.
"""
