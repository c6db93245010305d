"""
A small quality-control service for media clips, to try a rollout on.

A clip is posted as a job; a worker checks it. Two features wait behind flags: the
dead-letter table, and the heartbeat of progress with its watchdog.
"""
