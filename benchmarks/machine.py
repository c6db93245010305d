"""The machine: what the figures were taken on."""

import os
import platform
from pathlib import Path


def describe() -> str:
    """Return the processor, its cores, and Python, in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{_processor()}, {_cores()} cores, {platform.system()}, {python}"


def _processor() -> str:
    """Return the processor's model, or its architecture where nothing says more."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    models = (line.split(":")[1].strip() for line in lines if "model name" in line)
    return next(models, platform.machine())


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
