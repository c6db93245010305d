"""What the pieces share: time, chance, switches, events and numbers, as values."""

from hardening.core.clock import Clock, WallClock
from hardening.core.entropy import Entropy
from hardening.core.event import CRITICAL, ERROR, INFO, WARNING, Event
from hardening.core.forks import renew_in_child
from hardening.core.listener import Listener, ignore
from hardening.core.measure import (
    SECONDS,
    Distribution,
    Histogram,
    Kind,
    Measure,
    Measured,
    Sample,
)
from hardening.core.quiet import OncePer
from hardening.core.retry_after import retry_after_s
from hardening.core.setting import (
    InvalidSetting,
    is_number,
    is_whole,
    require,
    require_count,
    require_not_negative,
    require_positive,
)
from hardening.core.switch import Switch, always_on
from hardening.core.system import SecretEntropy, SystemClock, SystemEntropy

__all__ = [
    "CRITICAL",
    "ERROR",
    "INFO",
    "SECONDS",
    "WARNING",
    "Clock",
    "Distribution",
    "Entropy",
    "Event",
    "Histogram",
    "InvalidSetting",
    "Kind",
    "Listener",
    "Measure",
    "Measured",
    "OncePer",
    "Sample",
    "SecretEntropy",
    "Switch",
    "SystemClock",
    "SystemEntropy",
    "WallClock",
    "always_on",
    "ignore",
    "is_number",
    "is_whole",
    "renew_in_child",
    "require",
    "require_count",
    "require_not_negative",
    "require_positive",
    "retry_after_s",
]
