"""What the pieces share: time, chance, switches and listeners, as arguments."""

from hardening.core.clock import Clock
from hardening.core.entropy import Entropy
from hardening.core.listener import Listener, ignore
from hardening.core.switch import Switch, always_on
from hardening.core.system import SystemClock, SystemEntropy

__all__ = [
    "Clock",
    "Entropy",
    "Listener",
    "Switch",
    "SystemClock",
    "SystemEntropy",
    "always_on",
    "ignore",
]
