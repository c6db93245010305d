"""
What each event means for a trace, one function for each type, by subject.

`take` knows a type once its subject is imported: whoever imports this package has all.
"""

from gonogo.adapters.telemetry.spanning import people, rollout, steps, undoing
from gonogo.adapters.telemetry.spanning.dispatch import Seen, concerns, take

__all__ = ["Seen", "concerns", "people", "rollout", "steps", "take", "undoing"]
