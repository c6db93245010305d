"""
Reports: a rollout as people read it, while it runs and when it is over.

`status.status_of` says where a rollout stands, `report.report_of` proves what it did.
Pure: state and records in, values and text out. Nothing is imported here, so that a
command that only borrows the wording does not load the whole.
"""
