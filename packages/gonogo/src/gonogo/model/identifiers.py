"""Identifiers are distinct types, so that one is never taken for another."""

from typing import NewType

RolloutId = NewType("RolloutId", str)
StageId = NewType("StageId", str)
StepId = NewType("StepId", str)
GateId = NewType("GateId", str)
MetricName = NewType("MetricName", str)
QuestionId = NewType("QuestionId", str)

THE_LINE = RolloutId("the line")
"""Under it a journal keeps what stops and releases the line; it is no rollout."""
