"""
Power: what a soak can show, computed before it starts and again when it is over.

`promise` says it of a trial and the traffic that is expected, `power_seen` of what was
seen. Plain math throughout: whoever asks for an explanation waits for no library.
"""

from gonogo.analysis.power.outlook import Tail, Unknown
from gonogo.analysis.power.promise import Needs, Promise, promise
from gonogo.analysis.power.seen import power_seen
from gonogo.analysis.power.tested import Tested

__all__ = ["Needs", "Promise", "Tail", "Tested", "Unknown", "power_seen", "promise"]
